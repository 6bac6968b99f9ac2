import Kernel
import Operations
import ServiceLevels
import Suppliers

/// A turn of a team or supplier and how each of its promises was judged: which agreement, version and target, and why.
package struct AgreementExplanation: OperationOutput {
  let team: TeamTurn?
  let teamId: PublicId?
  let dispatch: SupplierTurn?
  let dispatchRecord: DispatchRecord?
  let targets: [SupplierTargetRecord]
  let clocks: [ClockExplanation]

  /// Why there are these clocks, or none.
  private var reason: String {
    if let dispatch {
      return !dispatch.agreement.hasCoverage ? "no_coverage" : clocks.isEmpty ? "no_target" : dispatch.choice.rawValue
    }
    return team?.isBackfilled == true ? "not_counted" : team?.terms == nil ? "no_agreement" : clocks.isEmpty ? "no_target" : "team"
  }

  package static let fields: [OutputField<AgreementExplanation>] = [
    OutputField("kind", .text, "ola: a team's turn; uc: a supplier's.", "类型：ola（团队处理段）或 uc（供应商处理段）。") { .text($0.team == nil ? "uc" : "ola") },
    OutputField("team", .id, "The team.", "团队。") { .id($0.teamId) },
    OutputField("teamName", .text, "The team's name.", "团队名称。") { .text($0.team?.teamName) },
    OutputField("turn", .integer, "The place of the team's turn.", "团队处理段序号。") { .integer($0.team?.seq) },
    OutputField("startedAt", .instant, "When the turn began.", "处理段开始时间。") { .instant($0.team?.startedAt ?? $0.dispatch?.dispatchedAt) },
    OutputField("respondedAt", .instant, "When the team took it on, or the supplier answered.", "团队接手或供应商响应的时间。") {
      .instant($0.team == nil ? $0.dispatch?.respondedAt : $0.team?.acceptedAt)
    },
    OutputField("endedAt", .instant, "When the turn was over.", "处理段结束时间。") { .instant($0.team == nil ? $0.dispatch?.returnedAt : $0.team?.endedAt) },
    OutputField(
      "end", .text, "How it ended: handed_over, unassigned, resolved or merged; done, refused, recalled, resolved or merged.",
      "结束方式：团队 handed_over、unassigned、resolved、merged；供应商 done、refused、recalled、resolved、merged。"
    ) { .text($0.team == nil ? $0.dispatch?.outcome?.rawValue : $0.team?.end?.rawValue) },
    OutputField(
      "reason", .text,
      "Why these clocks: team, by the team's OLA; linked or named, by the underpinning contract; no_agreement, no_coverage or no_target: there are none; not_counted: the turn began before turns were counted.",
      "时钟的依据：team（团队 OLA）、linked 或 named（支撑合同）；no_agreement、no_coverage、no_target 表示没有时钟；not_counted 表示处理段开始时尚未计时。"
    ) { .text($0.reason) },
    OutputField("dispatch", record: DispatchRecord.self, "The dispatch to the supplier.", "对供应商的派单。") { $0.dispatchRecord },
    OutputField("supplierTargets", listOf: SupplierTargetRecord.self, "The targets of the underpinning contract that were chosen.", "所选用的支撑合同目标。") {
      $0.targets
    },
    OutputField("clocks", listOf: ClockExplanation.self, "Each promise and how it was judged.", "每项承诺及其判定过程。") { $0.clocks },
  ]
}

/// A target of an underpinning contract that a clock is measured against.
package struct SupplierTargetRecord: OperationOutput {
  let service: PublicId?
  let row: SupplierTargetsOfIds.Found

  package static let fields: [OutputField<SupplierTargetRecord>] = [
    OutputField("metric", .text, "What is promised.", "指标。") { .text($0.row.metric) },
    OutputField("priority", .integer, "Our priority that it is for; null: any.", "适用的我方优先级；null 表示任意。") { .integer($0.row.priority) },
    OutputField("supplierPriority", .text, "What the supplier calls it.", "供应商对该优先级的称呼。") { .text($0.row.supplierPriority) },
    OutputField("service", .id, "The service that it is for; null: all.", "适用的服务；null 表示全部。") { .id($0.service) },
  ]
}

package enum ExplainAgreements: Operation {
  package typealias Input = IncidentReference

  package struct Output: OperationOutput {
    let incident: IncidentView
    let agreements: [AgreementExplanation]

    package static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "The incident.", "事件编号。") { .id($0.incident.id) },
      OutputField("number", .text, "Its number.", "工单号。") { .text($0.incident.number) },
      OutputField("agreements", listOf: AgreementExplanation.self, "Its turns, those of teams first.", "各处理段，团队在前。") { $0.agreements },
    ]
  }

  /// Its own permission, which no role of a customer's has: neither teams nor suppliers are the customer's affair.
  package static let declaration = Declaration(
    "incident.agreements", "Explain the OLA and UC clocks of an incident's turns.", zh: "解释事件各处理段的 OLA 与 UC 时钟。", permission: DispatchFields.read,
    roles: DispatchFields.readers, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let tenant = context.tenant.id
    let (tickets, turns, dispatches) = try await context.transaction.query(
      TicketByPublicId(tenant: tenant, publicId: input.id, scope: context.access.rows), TurnsOfTicket(tenant: tenant, ticket: input.id),
      DispatchesOfTicket(tenant: tenant, ticket: input.id, afterId: 0, limit: 10_000))
    guard let ticket = tickets.first else { throw Failure.notFound }
    let explained = try await ClockExplanation.of(turns.map(\.clocks.subject) + dispatches.map(\.clocks.subject), in: context)
    let targetIds = dispatches.flatMap { explained[$0.clocks.subject] ?? [] }.compactMap(\.supplierTarget)
    let targets = targetIds.isEmpty ? [] : try await context.transaction.query(SupplierTargetsOfIds(ids: targetIds))
    let ofTeams = turns.map { turn in
      AgreementExplanation(
        team: turn, teamId: context.id(.team, turn.team.publicId), dispatch: nil, dispatchRecord: nil, targets: [],
        clocks: explained[turn.clocks.subject] ?? [])
    }
    let clocks = try await SubjectClocks.read(dispatches.map(\.clocks.subject), tenant: tenant, in: context.transaction)
    let ofSuppliers = dispatches.map { dispatch in
      let own = explained[dispatch.clocks.subject] ?? []
      let chosen = Set(own.compactMap(\.supplierTarget))
      return AgreementExplanation(
        team: nil, teamId: nil, dispatch: dispatch, dispatchRecord: DispatchRecord(dispatch.with(clocks), in: context),
        targets: targets.filter { chosen.contains($0.id) }.map { row in
          SupplierTargetRecord(service: row.service.map { context.id(.supplierService, $0) }, row: row)
        }, clocks: own)
    }
    return Output(incident: IncidentView(ticket, in: context), agreements: ofTeams + ofSuppliers)
  }
}
