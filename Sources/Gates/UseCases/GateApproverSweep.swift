import Approvals
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Looks again at approvals at gates that were given to somebody else: he may have left since, or lost the right, or agreed in another's place. Such a
/// one waits for who is asked alone, who hears so; each round in a transaction of its own.
package struct GateApproverSweep: Sweep {
  package static let kind = "gates.approvers"
  package static let everySeconds: Int64 = 3600

  private let batch: Int64

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await OneByOne.run(of: provider.id, tenancy, limit: batch) { behind in
      DelegatedGateApprovals(provider: provider.id, now: now, after: behind, limit: batch)
    } number: {
      $0.id
    } name: {
      "the delegation of approval \($0.id) at a gate"
    } work: { one, transaction in
      try await end(one.publicId, of: provider, at: now, in: transaction)
    }
  }

  /// Ends what was given in vain of all who were asked with one, by the random bits of its public id.
  private func end(_ approval: [UInt8], of provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    let id = provider.id(IdKind.gateApproval.prefix, approval)
    let all = try await transaction.query(HoldRoundOfApproval(provider: provider.id, publicId: id))
    guard let first = all.first, let gate = try await transaction.first(GatesByIds(provider: provider.id, ids: [first.gate])) else { return }
    // What is asked about something that is over ends with it.
    guard try await transaction.first(OpenStays(tenants: [first.stayTenant], stays: [first.stay])) != nil else { return }
    let before = all.map(\.row.approval)
    let there = try await transaction.query(
      ApproversThere(
        provider: provider.id, tenant: first.stayTenant, subject: first.subject, accounts: before.compactMap(\.delegate?.id).sorted(), now: now))
    let vain = try await VacancyRule.givenInVain(before) { delegate in there.contains { $0.account == delegate.id } }
    var round = ApprovalRound(before)
    // Whose time is over decides no more.
    for one in vain where one.dueAt.map({ now < $0 }) ?? true { try round.endDelegation(of: one.publicId, at: now) }
    round.countVersions(since: before)
    for (row, after) in zip(all, round.approvals) where row.row.approval != after {
      transaction.enqueue(DelegateGateApproval(provider: provider.id, id: row.id, delegate: nil, version: after.version))
      GateNews.asked.tell(of: row.id, after, gate, of: provider, by: GateNews.time, at: now, in: transaction)
    }
  }
}
