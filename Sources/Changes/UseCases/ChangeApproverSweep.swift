import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Looks again at approvals of changes that wait: whoever could decide one may have left since he was asked, or lost the right. What nobody can decide
/// goes to a stand-in, as when it is asked; each change in a transaction of its own.
package struct ChangeApproverSweep: Sweep {
  package static let kind = "changes.approvers"
  package static let everySeconds: Int64 = 3600

  private let batch: Int64

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await OneByOne.run(of: provider.id, tenancy, limit: batch) { behind in
      ChangesAsked(provider: provider.id, after: behind, limit: batch)
    } number: {
      $0.id
    } name: {
      "the approvers of change \($0.id)"
    } work: { one, transaction in
      try await look(at: one, provider, now, in: transaction)
    }
  }

  private func look(at found: ChangesOverdue.Found, _ provider: TenantEntry, _ now: Instant, in transaction: Transaction) async throws {
    let id = provider.id(IdKind.change.prefix, found.publicId)
    guard var work = try await ChangeWork.load(id, of: provider, for: nil, at: now, in: transaction) else { return }
    try await work.askStandIns(again: true)
    // There is somebody, or nobody at all: whoever read it need not read it again.
    guard !work.row.process.events.isEmpty else { return }
    try await work.save()
  }
}
