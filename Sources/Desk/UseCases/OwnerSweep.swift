import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// What somebody answered for whose login is disabled is answered for by the provider's rule from then on, until somebody takes it: each open ticket
/// in a transaction of its own, with an event. What is resolved or closed keeps its owner; one that is reopened is found then.
package struct OwnerSweep: Sweep {
  package static let kind = "desk.owners"
  package static let everySeconds: Int64 = 15

  private let batch: Int64
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await OneByOne.run(limit: batch) { behind in
      let look = TicketsOfTheGone(after: behind, limit: batch)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } number: {
      $0.id
    } name: {
      "the owner of ticket \($0.id) of tenant \($0.tenant)"
    } work: { one in
      let bound = Set([one.tenant, provider.id]).sorted()
      try await tenancy.transaction(binding: bound, side: .staff) { try await release(one, provider, at: tenancy.clock.now(), in: $0) }
    }
  }

  private func release(_ one: TicketsOfTheGone.Found, _ provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    try await TicketNews.hold([one.id], of: one.tenant, in: transaction)
    guard let gone = try await transaction.first(GoneStaff(provider: provider.id, account: one.owner)) else { return }
    guard try await transaction.first(LoseTicketOwner(tenant: one.tenant, ticket: one.id, owner: one.owner, now: now)) != nil else { return }
    // What he offered nobody accepts from whoever takes it next.
    transaction.enqueue(WithdrawOffers(tenant: one.tenant, ticket: one.id, answerer: Self.actor, answererName: "Steward", now: now))
    transaction.enqueue(
      TicketNote(
        TicketEventType.ownerChanged, OwnerEvents.gone(provider.id(IdKind.staff.prefix, gone)), on: one.id, of: one.tenant, by: Self.actor, at: now))
  }
}

/// What events of owners hold.
package enum OwnerEvents {
  /// He has left; the rule says who answers.
  package static func gone(_ staff: PublicId) -> Value { .object(["owner": .null, "from": .id(staff), "left": .bool(true)]) }
}
