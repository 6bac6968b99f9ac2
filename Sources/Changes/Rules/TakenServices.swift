import Kernel

/// What taking over the services that a walk has found changes of those that a change has.
struct TakenServices: Equatable {
  struct Service: Hashable, Sendable {
    /// Whose CIs it was found by.
    let owner: TenantId
    let id: Int64
    let code: String
  }

  /// Of those that were found by the CIs of one tenant.
  struct Part: Equatable {
    let owner: TenantId
    let added: [Service]
    let removed: [Service]

    /// As the history has it.
    var payload: [Value.Member] {
      [("added", added), ("removed", removed)].map { name, services in Value.Member(name, .array(services.map { .text($0.code) })) }
    }
  }

  /// Where nothing differs there is none.
  let parts: [Part]

  /// - Parameters:
  ///   - before: what it has, as far as the caller sees it: the rest is not his to take off.
  ///   - found: what the walk has found for him.
  init(before: [Service], found: [Service]) {
    let now = Set(found)
    parts = Dictionary(grouping: now.symmetricDifference(before), by: \.owner).sorted { $0.key < $1.key }.map { owner, services in
      let services = services.sorted { $0.code < $1.code }
      return Part(owner: owner, added: services.filter { now.contains($0) }, removed: services.filter { !now.contains($0) })
    }
  }
}
