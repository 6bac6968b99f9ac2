import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Looks again at approvals that wait: who could decide one may have left since he was asked, or lost the right, and so may he to whom it was
/// delegated. What he was let decide waits for who is asked alone, who hears so; what nobody can decide goes to a stand-in, as when it is asked.
package struct ApproverSweep: Sweep {
  package static let kind = "requests.approvers"
  package static let everySeconds: Int64 = 3600

  private let batch: Int64

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  /// One that is at fault holds up no other, and is looked at again by the next run.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var rest = LeftUndone()
    var after: WaitingApprovals.Found?
    repeat {
      try Task.checkCancellation()
      let statement = AskedApprovals(tenants: nil, after: after, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(statement) }
      for one in found {
        do {
          try await tenancy.transaction(binding: [one.tenant], side: .staff) { try await look(at: one, now, tenancy.random, in: $0) }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("approval \(one.id) of tenant \(one.tenant)", error)
        }
      }
      after = found.count < Int(batch) ? nil : found.last
    } while after != nil
    if !rest.isEmpty { throw rest }
  }

  private func look(at found: WaitingApprovals.Found, _ now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    guard let tenant = try await transaction.first(TenantById(tenant: found.tenant)),
      let request = try await transaction.first(RequestOfAsked(tenant: found.tenant, approval: found.id)),
      var work = try await RequestWork.load(request, of: tenant, at: now, random, in: transaction)
    else { return }
    try await work.lookForApprovers()
    try await work.save()
  }
}
