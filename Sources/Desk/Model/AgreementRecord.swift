import Kernel
import Operations
import ServiceLevels

/// A turn that goes on, of a team by its OLA or of a supplier by its contract, and where its promises stand. Staff only.
package struct AgreementRecord: OperationOutput {
  enum Turn: Sendable {
    case team(TeamTurn, PublicId)
    case supplier(SupplierTurn, PublicId)
  }

  let turn: Turn

  /// Of those that go on; none to a customer.
  static func list(_ turn: TeamTurn?, _ dispatches: [SupplierTurn], in context: OperationContext) -> [AgreementRecord] {
    guard context.principal.side == .staff else { return [] }
    let team = turn.map { AgreementRecord(turn: .team($0, context.id(.team, $0.team.publicId))) }
    return (team.map { [$0] } ?? [])
      + dispatches.filter(\.isOpen).map { AgreementRecord(turn: .supplier($0, context.id(.dispatch, $0.publicId))) }
  }

  private var kind: String {
    switch turn {
    case .team: "ola"
    case .supplier: "uc"
    }
  }

  private var team: PublicId? { if case .team(_, let id) = turn { id } else { nil } }
  private var dispatch: PublicId? { if case .supplier(_, let id) = turn { id } else { nil } }
  private var supplierCode: String? { if case .supplier(let dispatch, _) = turn { dispatch.agreement.supplierCode } else { nil } }

  private var startedAt: Instant {
    switch turn {
    case .team(let turn, _): turn.startedAt
    case .supplier(let dispatch, _): dispatch.dispatchedAt
    }
  }

  private var respondedAt: Instant? {
    switch turn {
    case .team(let turn, _): turn.acceptedAt
    case .supplier(let dispatch, _): dispatch.respondedAt
    }
  }

  private var clocks: [ClockRecord] {
    switch turn {
    case .team(let turn, _): turn.clocks.records
    case .supplier(let dispatch, _): dispatch.clocks.records
    }
  }

  package static let fields: [OutputField<AgreementRecord>] = [
    OutputField("kind", .text, "ola: the team's turn; uc: a supplier's.", "类型：ola（团队处理段）或 uc（供应商处理段）。") { .text($0.kind) },
    OutputField("team", .id, "The team.", "团队。") { .id($0.team) },
    OutputField("dispatch", .id, "The dispatch to the supplier.", "对供应商的派单。") { .id($0.dispatch) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.supplierCode) },
    OutputField("startedAt", .instant, "When the turn began.", "处理段开始时间。") { .instant($0.startedAt) },
    OutputField("respondedAt", .instant, "When the team took it on, or the supplier answered.", "团队接手或供应商响应的时间。") { .instant($0.respondedAt) },
    OutputField("clocks", listOf: ClockRecord.self, "Where each of its promises stands.", "各项承诺的当前状态。") { $0.clocks },
  ]
}
