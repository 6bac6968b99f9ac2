import Kernel
import Operations
import Postgres
import Tenancy

/// What is told of approvals at gates to whoever is concerned.
package enum GateNews: String, Sendable {
  /// To who is asked.
  case asked = "gate_approval.asked"
  /// To who asked, once it is settled.
  case decided = "gate_approval.decided"

  /// The kind of its subject: an approval, by its row.
  package static let subjectKind = "gate_approval"
}

extension OperationContext {
  /// Leaves it to be told; the provider's tenant is bound.
  /// - Parameter answer: what was decided.
  func tell(_ news: GateNews, of id: Int64, _ publicId: [UInt8], _ gate: Gate, answer: String? = nil, in transaction: Transaction) {
    let answer = answer.map { [Value.Member("answer", .text($0))] } ?? []
    transaction.record(
      Event(
        subjectKind: GateNews.subjectKind, subject: id, seq: news == .asked ? 1 : 2, type: news.rawValue,
        payload: .object(
          [
            Value.Member("approval", .id(self.id(.gateApproval, publicId))), Value.Member("gate", .id(self.id(.gate, gate.publicId))),
            Value.Member("step", .text(gate.step.rawValue)),
          ] + answer), occurredAt: now),
      for: ["notifications"], tenant: provider.id, actor: actor, at: now)
  }
}
