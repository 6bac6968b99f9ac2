import Kernel

/// What taking over the services that a walk has found changes of those that an incident has.
struct ServicesTaken: Equatable {
  let added: [String]
  let removed: [String]

  /// - Parameters:
  ///   - before: what it has.
  ///   - own: what the customer's own CIs, and what rests on them, belong to.
  ///   - shared: the same of those that the provider shares.
  ///   - seesShared: whether the caller may see what rests on shared ones; what came of it is not his to take off.
  init(before: [AffectedServices.Found], own: [String], shared: [String], seesShared: Bool) {
    let found = Set(own).union(shared)
    added = found.subtracting(before.map(\.code)).sorted()
    removed = before.filter { (!$0.isShared || seesShared) && !found.contains($0.code) }.map(\.code).sorted()
  }

  var isEmpty: Bool { added.isEmpty && removed.isEmpty }

  /// As the history has it.
  var payload: Value {
    .object([Value.Member("added", .array(added.map { .text($0) })), Value.Member("removed", .array(removed.map { .text($0) }))])
  }
}
