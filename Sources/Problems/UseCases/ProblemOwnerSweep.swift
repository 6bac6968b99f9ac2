import Desk
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// What somebody answered for whose login is disabled is answered for by the provider's rule from then on, until somebody takes it: each open problem
/// in a transaction of its own, with an event.
package struct ProblemOwnerSweep: Sweep {
  package static let kind = "problems.owners"
  package static let everySeconds: Int64 = 15

  private let batch: Int64
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let bound = [provider.id]
    try await OneByOne.run(limit: batch) { behind in
      let look = ProblemsOfTheGone(provider: provider.id, after: behind, limit: batch)
      return try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) { try await $0.query(look) }
    } number: {
      $0.id
    } name: {
      "the owner of problem \($0.id)"
    } work: { one in
      try await tenancy.transaction(binding: bound, side: .staff) { try await release(one, provider, at: tenancy.clock.now(), in: $0) }
    }
  }

  private func release(_ one: ProblemsOfTheGone.Found, _ provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    guard try await transaction.first(LoseProblemOwner(provider: provider.id, problem: one.id, owner: one.owner, now: now)) != nil else { return }
    // What he offered nobody accepts from whoever takes it next.
    transaction.enqueue(EndOffers(provider: provider.id, subject: .problem(one.id), now: now))
    let told = OwnerEvents.gone(provider.id(IdKind.staff.prefix, one.staff))
    transaction.enqueue(ProblemNote("problem.owner_changed", told, on: one.id, of: provider.id, by: Self.actor, at: now))
  }
}
