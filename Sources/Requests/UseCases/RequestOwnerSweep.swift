import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// What somebody answered for whose login is disabled is answered for by the provider's rule from then on, until somebody takes it: each request that
/// goes on in a transaction of its own, with an event. And ends the offers of requests that are over: a customer who takes his request back sees none.
package struct RequestOwnerSweep: Sweep {
  package static let kind = "requests.owners"
  package static let everySeconds: Int64 = 15

  private let batch: Int64
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    var rest = LeftUndone()
    try await releaseAll(provider, tenancy, &rest)
    try await endAll(tenancy, &rest)
    if !rest.isEmpty { throw rest }
  }

  private func releaseAll(_ provider: TenantEntry, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    var after: Int64 = 0
    while true {
      let look = RequestsOfTheGone(after: after, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for one in found {
        try Task.checkCancellation()
        do {
          let bound = Set([one.tenant, provider.id]).sorted()
          try await tenancy.transaction(binding: bound, side: .staff) { try await release(one, provider, at: tenancy.clock.now(), in: $0) }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("the owner of request \(one.id) of tenant \(one.tenant)", error)
        }
      }
      guard found.count == Int(batch), let last = found.last else { return }
      after = last.id
    }
  }

  private func release(_ one: RequestsOfTheGone.Found, _ provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    guard try await transaction.first(HoldRequest(tenant: one.tenant, id: one.id)) != nil,
      let gone = try await transaction.first(GoneOwner(provider: provider.id, account: one.owner)),
      try await transaction.first(LoseRequestOwner(tenant: one.tenant, request: one.id, owner: one.owner)) != nil
    else { return }
    // What he offered nobody accepts from whoever takes it next.
    transaction.enqueue(EndRequestHandovers(tenant: one.tenant, request: one.id, now: now))
    let told = Value.object(["owner": .null, "from": .id(provider.id(IdKind.staff.prefix, gone)), "left": .bool(true)])
    transaction.enqueue(RequestNote("request.owner_changed", told, on: one.id, of: one.tenant, by: Self.actor, at: now))
  }

  private func endAll(_ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    var after: Int64 = 0
    while true {
      let look = DeadRequestHandovers(after: after, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for one in found {
        try Task.checkCancellation()
        do {
          let end = EndRequestHandovers(tenant: one.tenant, request: one.request, now: tenancy.clock.now())
          try await tenancy.transaction(binding: [one.tenant], side: .staff) { $0.enqueue(end) }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("the offer of request \(one.request) of tenant \(one.tenant)", error)
        }
      }
      guard found.count == Int(batch), let last = found.last else { return }
      after = last.id
    }
  }
}
