import Kernel
import Operations
import TypedFields

extension OperationContext {
  /// Which of the attributes that a gate asks for are there. What nobody could tell of such a ticket any more is not asked for: a retired one.
  /// - Parameter customer: whose ticket it is; nil: nobody's in particular.
  package func attributesThere(
    _ asked: Set<String>, in held: HeldAttributes, of process: AttributeProcess, customer: TenantId?
  ) async throws -> Set<String> {
    let told = asked.intersection(held.keys)
    let rest = asked.subtracting(told)
    guard !rest.isEmpty else { return told }
    let untellable = try await untellable(rest, of: process, customer: customer)
    return told.union(untellable)
  }

  /// Those of some keys that nobody could tell of a customer's tickets now. The category has no say: it may be changed just before a step.
  private func untellable(_ keys: Set<String>, of process: AttributeProcess, customer: TenantId?) async throws -> Set<String> {
    let found = try await transaction.query(DefinitionsByKey(process: process, keys: keys.sorted()))
    return keys.subtracting(found.filter { $0.isActive && $0.isFor(customer) }.map(\.key))
  }

  /// Refuses keys of which there is no attribute in use for all tickets, of whatever category, of a customer, or of all customers.
  package func requireTellable(_ keys: [String], of process: AttributeProcess, for customer: TenantId?, at path: String = "attributes") async throws {
    guard !keys.isEmpty else { return }
    let found = try await transaction.query(DefinitionsByKey(process: process, keys: keys))
    let known = found.filter { $0.isActive && $0.isFor(customer) }
    let usable = Set(known.filter(\.content.categories.isEmpty).map(\.key))
    guard let index = keys.firstIndex(where: { !usable.contains($0) }) else { return }
    if let narrow = known.first(where: { $0.key == keys[index] }) {
      throw Failure.invalid(
        "\(path)[\(index)]", AttributeMessages.ofCategories, ["key": narrow.key, "categories": narrow.content.categories.shown])
    }
    let allowed = try await transaction.query(KeysInUse(process: process, customer: customer, ofAllCategories: true))
    throw Failure.invalid("\(path)[\(index)]", AttributeMessages.unknown, ["keys": keys[index].shown, "allowed": allowed.isEmpty ? "-" : allowed.shown])
  }
}
