import Approvals
import Kernel
import Operations
import Postgres
import Tenancy

/// What is told of approvals at gates to whoever is concerned.
package enum GateNews: String, Sendable {
  /// To who is asked, or may decide in his place.
  case asked = "gate_approval.asked"
  /// To who asked, once it is settled.
  case decided = "gate_approval.decided"

  /// The kind of its subject: an approval, by its row.
  package static let subjectKind = "gate_approval"

  /// By whom it is told where nobody acted.
  static let time = Actor(kind: .system, id: 0, via: .job)
}

extension GateNews {
  /// Leaves it to be told; the provider's tenant is bound.
  /// - Parameters:
  ///   - id: of the approval's row.
  ///   - approval: as it is by now: each of its versions is told of once at the most.
  ///   - more: what was decided, or whom else it was given to.
  ///   - instant: when it happened; nil: now.
  func tell(
    of id: Int64, _ approval: Approval, _ gate: Gate, _ more: [Value.Member] = [], of provider: TenantEntry, by actor: Actor, since instant: Instant? = nil,
    at now: Instant, in transaction: Transaction
  ) {
    transaction.record(
      Event(
        subjectKind: Self.subjectKind, subject: id, seq: approval.version, type: rawValue,
        payload: .object(
          [
            Value.Member("approval", .id(provider.id(IdKind.gateApproval.prefix, approval.publicId))),
            Value.Member("gate", .id(provider.id(IdKind.gate.prefix, gate.publicId))), Value.Member("step", .text(gate.step.rawValue)),
          ] + more), occurredAt: instant ?? now),
      for: ["notifications"], tenant: provider.id, actor: actor, at: now)
  }
}

extension OperationContext {
  /// Leaves it to be told as of the caller.
  func tell(_ news: GateNews, of id: Int64, _ approval: Approval, _ gate: Gate, _ more: [Value.Member] = [], in transaction: Transaction) {
    news.tell(of: id, approval, gate, more, of: provider, by: actor, at: now, in: transaction)
  }
}
