import Jobs
import Kernel
import Postgres
import Tenancy

/// Makes the proofs again that rest on something that has changed: a contract, an SLA or OLA, a calendar, an underpinning
/// contract, a link, a chain, the list of priorities. Found by the counters that each proof keeps of its inputs; also once a week, as the horizon
/// moves on, and when an acceptance ends.
package struct ProofSweep: LongSweep {
  package static let kind = "assurance.proof"
  package static let everySeconds: Int64 = 60

  private static let actor = Actor(kind: .system, id: 0, via: .job)

  private let batch: Int32

  package init(batch: Int32 = 500) { self.batch = batch }

  /// Each line once in a round: what is found again after it was done (a row that it rests on is gone) waits for the next one.
  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    while true {
      try Task.checkCancellation()
      let look = ProofsToRun(now: now, after: turn.place, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for due in found {
        try Task.checkCancellation()
        turn.place = [due.tenant.rawValue, due.line]
        // A line that cannot be proven holds up no other.
        do {
          try await prove(due, at: now, tenancy)
        } catch let error as PostgresError where error.isOfDatabase {
          // No other fares better.
          throw error
        } catch  where !Task.isCancelled {
          turn.undone.add("line \(due.line) of tenant \(due.tenant)", error)
        }
        FaultPoint.sweepStep.reach()
        if turn.isOver { return }
      }
      guard found.count >= Int(batch) else { break }
    }
    turn.place = nil
  }

  private func prove(_ due: ProofsToRun.Found, at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
      guard let contract = try await transaction.first(ProvenContract(tenant: due.tenant, line: due.line)) else { return }
      let proof = ContractProof(tenant: due.tenant, transaction: transaction, actor: Self.actor, random: tenancy.random, now: now)
      _ = try await proof.run(contract, only: due.line, cause: due.isChanged ? .changed : .due)
    }
  }
}
