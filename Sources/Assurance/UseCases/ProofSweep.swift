import Jobs
import Kernel
import Postgres
import Tenancy

/// Makes the proofs again that rest on something that has changed: a contract, an SLA or OLA, a calendar, an underpinning
/// contract, a link, a chain. Found by the counters that each proof keeps of its inputs; also once a week, as the horizon
/// moves on, and when an acceptance ends.
package struct ProofSweep: Sweep {
  package static let kind = "assurance.proof"
  package static let everySeconds: Int64 = 60

  private static let batch: Int32 = 500
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var done: Set<ProofsToRun.Found> = []
    // A line that cannot be proven holds up no other; the sweep tells of the first such in the end.
    var failure: (any Error)?
    while true {
      try Task.checkCancellation()
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(ProofsToRun(now: now, limit: Self.batch)) }
      // What is found again after it was done (a row that it rests on is gone) waits for the next sweep.
      let new = Set(found).subtracting(done)
      for due in new.sorted(by: { ($0.tenant, $0.line) < ($1.tenant, $1.line) }) {
        try Task.checkCancellation()
        do {
          try await prove(due, at: now, tenancy)
        } catch let error as CancellationError {
          throw error
        } catch {
          failure = failure ?? error
        }
      }
      done.formUnion(new)
      guard found.count >= Int(Self.batch), !new.isEmpty else { break }
    }
    if let failure { throw failure }
  }

  private func prove(_ due: ProofsToRun.Found, at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
      guard let contract = try await transaction.first(ProvenContract(tenant: due.tenant, line: due.line)) else { return }
      let proof = ContractProof(tenant: due.tenant, transaction: transaction, actor: Self.actor, random: tenancy.random, now: now)
      _ = try await proof.run(contract, only: due.line, cause: due.isChanged ? .changed : .due)
    }
  }
}
