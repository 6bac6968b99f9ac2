import Kernel
import Operations
import TypedFields

extension OperationContext {
  /// Those of some keys that nobody could tell of such a ticket now.
  package func untellable(_ keys: Set<String>, of process: AttributeProcess, customer: TenantId?, category: String?) async throws -> Set<String> {
    let found = try await transaction.query(DefinitionsByKey(process: process, keys: keys.sorted()))
    return keys.subtracting(found.filter { $0.isActive && $0.isFor(customer) && $0.isFor(category: category) }.map(\.key))
  }

  /// Refuses keys of which there is no attribute in use for all tickets of a customer, or of all customers.
  package func requireTellable(_ keys: [String], of process: AttributeProcess, for customer: TenantId?, at path: String = "attributes") async throws {
    guard !keys.isEmpty else { return }
    let found = try await transaction.query(DefinitionsByKey(process: process, keys: keys))
    let usable = Set(found.filter { $0.isActive && $0.isFor(customer) }.map(\.key))
    guard let index = keys.firstIndex(where: { !usable.contains($0) }) else { return }
    let allowed = try await transaction.query(KeysInUse(process: process, customer: customer))
    throw Failure.invalid("\(path)[\(index)]", AttributeMessages.unknown, ["keys": keys[index].shown, "allowed": allowed.isEmpty ? "-" : allowed.shown])
  }
}
