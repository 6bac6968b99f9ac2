import Approvals
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Decides approvals at gates whose time is over, at the instant at which it was, and tells whoever asked: each round in a transaction of its own.
package struct GateApprovalSweep: Sweep {
  package static let kind = "gates.expire"
  package static let everySeconds: Int64 = 10

  private let batch: Int64

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await OneByOne.run(of: provider.id, tenancy, limit: batch) { behind in
      OverdueGateApprovals(provider: provider.id, now: now, after: behind, limit: batch)
    } number: {
      $0.id
    } name: {
      "approval \($0.id) at a gate"
    } work: { one, transaction in
      try await OverdueRound.settle(one.publicId, of: provider, at: now, in: transaction)
    }
  }
}

/// Those who are asked with one whose time is over.
enum OverdueRound {
  /// Writes down what time has decided of them, and tells whoever asked once that ends it. What somebody has decided meanwhile stays.
  /// - Parameter approval: one of them, by the random bits of its public id.
  static func settle(_ approval: [UInt8], of provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    let id = provider.id(IdKind.gateApproval.prefix, approval)
    let all = try await transaction.query(HoldRoundOfApproval(provider: provider.id, publicId: id))
    guard let first = all.first, let gate = try await transaction.first(GatesByIds(provider: provider.id, ids: [first.gate])) else { return }
    // Of what is over nobody is told: what is asked about it ends with it.
    guard try await transaction.first(OpenStays(tenants: [first.stayTenant], stays: [first.stay])) != nil else { return }
    let before = all.map(\.row.approval)
    var round = ApprovalRound(before)
    try round.expire(at: now)
    round.countVersions(since: before)
    let standing = try round.settle(at: now)
    let changed = zip(all, round.approvals).filter { $0.row.approval != $1 }
    for (row, after) in changed { transaction.enqueue(UpdateGateApproval(provider: provider.id, id: row.id, approval: after)) }
    guard standing == .rejected, let (row, last) = changed.last(where: { $1.state == .rejected }) else { return }
    GateNews.decided.tell(
      of: row.id, last, gate, [Value.Member("answer", .text("rejected"))], of: provider, by: GateNews.time, since: last.decidedAt, at: now, in: transaction)
  }
}
