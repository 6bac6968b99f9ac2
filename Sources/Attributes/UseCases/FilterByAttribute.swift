import Kernel
import Operations
import TypedFields

/// A value of an attribute by which a list is narrowed.
package struct AttributeFilter: Sendable {
  package let key: String
  package let code: String
  package let isInternal: Bool
}

extension OperationContext {
  /// What `KEY:VALUE` narrows a list to. An attribute of which the caller may not know is one that there is not.
  /// - Parameter customer: whose tickets are listed; nil: those of all that the caller reaches.
  package func attributeFilter(
    _ text: String?, of process: AttributeProcess, customer: TenantId? = nil, at path: String = "attribute"
  ) async throws -> AttributeFilter? {
    guard let text else { return nil }
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, let key = parts.first, let code = parts.last else {
      throw Failure.invalid(path, AttributeMessages.filterForm, ["value": text.shown])
    }
    let found = try await transaction.first(DefinitionsByKey(process: process, keys: [key]))
    let reach = customer.map { [$0.rawValue] } ?? reachableCustomers
    guard let found, found.onlyTenants.map({ only in reach.map { !Set(only).isDisjoint(with: $0) } ?? true }) ?? true else {
      let keys = try await transaction.query(KeysInUse(process: process, customer: customer))
      throw Failure.invalid(path, AttributeMessages.unknown, ["keys": key.shown, "allowed": keys.isEmpty ? "-" : keys.shown])
    }
    guard found.isFilter else { throw Failure.invalid(path, AttributeMessages.notAFilter, ["key": key, "type": found.type.rawValue]) }
    let codes = found.type == .boolean ? ["true", "false"] : (found.content.choices + found.content.formerChoices).map(\.value)
    guard let known = codes.first(where: { $0 == code }) else {
      throw Failure.invalid(path, AttributeMessages.notAChoice, ["key": key, "allowed": codes.shown, "value": code.shown])
    }
    return AttributeFilter(key: found.key, code: known, isInternal: found.isInternal)
  }

  /// What `KEY:VALUE` narrows a list of several processes to, of each that has such an attribute and takes the value. Where none does, it is refused as
  /// of the first, and rather for the value than for the key.
  package func attributeFilters(
    _ text: String?, of processes: [AttributeProcess], at path: String = "attribute"
  ) async throws -> [AttributeProcess: AttributeFilter]? {
    guard let text else { return nil }
    var found: [AttributeProcess: AttributeFilter] = [:]
    var refusals: [Failure] = []
    for process in processes {
      do {
        found[process] = try await attributeFilter(text, of: process, at: path)
      } catch let failure as Failure where failure.kind == .invalid {
        refusals.append(failure)
      }
    }
    let known = refusals.first { failure in !failure.violations.contains { $0.message.key == AttributeMessages.unknown.key } }
    if found.isEmpty, let refusal = known ?? refusals.first { throw refusal }
    return found
  }
}
