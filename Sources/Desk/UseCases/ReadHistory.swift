import Attributes
import Contracts
import Kernel
import Operations
import ServiceLevels

/// An event of an incident's history.
package struct HistoryRecord: OperationOutput {
  let row: TicketEventRow
  let payload: Value
  let actor: PublicId?
  let actorName: String?

  package static let fields: [OutputField<HistoryRecord>] = [
    OutputField("seq", .integer, "Its place in the history.", "序号。") { .integer($0.row.seq) },
    OutputField("type", .text, "What happened: incident.opened, ...", "事件类型。") { .text($0.row.type) },
    OutputField(
      "activity", .text, "The activity of the incident process that it belongs to: IM1 to IM5; null: it may happen in any.",
      "所属的事件流程活动：IM1 至 IM5；null 表示可发生于任一活动。"
    ) { .text(IncidentActivity.of(event: $0.row.type)?.rawValue) },
    OutputField("payload", .document, "Its details, as codes and ids.", "详细信息（代码与编号）。") { $0.payload },
    OutputField("occurredAt", .instant, "When it happened.", "发生时间。") { .instant($0.row.occurredAt) },
    OutputField("recordedAt", .instant, "When it was recorded.", "记录时间。") { .instant($0.row.recordedAt) },
    OutputField("actorKind", .text, "staff, customer, service, operator or system.", "执行者类别。") { .text($0.row.actorKind) },
    OutputField("actor", .id, "The member of the staff; staff only.", "执行人员（仅服务商人员可见）。") { .id($0.actor) },
    OutputField(
      "actorName", .text, "Who did it, by name; to a customer's people those of the provider are the provider, unless the policy shows names.",
      "执行人员姓名；对客户人员，服务商人员显示为服务商名称，规则允许时显示姓名。"
    ) { .text($0.actorName) },
    OutputField("via", .text, "The way in: http, admin, cli, job, import, webhook.", "操作途径。") { .text($0.row.via) },
  ]

  /// What names CIs.
  private static let ofCis: Set<String> = ["added", "removed", "primary", "tierFrom", "serviceFrom"]

  /// A customer's people see that somebody was assigned, not who; and that the provider waits for a supplier, not by what. Which CIs it was
  /// about see those who see all of the customer's.
  static func payload(_ row: TicketEventRow, for side: Side, seesCis: Bool) -> Value {
    guard side == .customer else { return row.payload }
    switch row.type {
    case TicketEventType.assigned: return .object([])
    case TicketEventType.held where PendingReason(toldBy: row.payload)?.waitedFor == .supplier:
      return .object((row.payload.members ?? []).filter { $0.name != "dispatch" && $0.name != "evidence" })
    case TicketEventType.resumed:
      // Nor by what a supplier showed that it was done. A comment of theirs they know.
      return .object((row.payload.members ?? []).filter { $0.name != "evidence" || isComment($0.value) })
    case TicketEventType.cisChanged where !seesCis, TicketEventType.opened where !seesCis, TicketEventType.classified where !seesCis:
      // A category, which is no CI, everybody sees on the ticket.
      return .object((row.payload.members ?? []).filter { !ofCis.contains($0.name) || $0.value.text?.hasPrefix("category:") ?? false })
    default: return row.payload
    }
  }

  private static func isComment(_ value: Value) -> Bool { value.text.flatMap { PublicId($0) }?.kind == IdKind.comment.prefix }
}

package enum ReadHistory: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.history", "Read what happened to an incident, in order.", zh: "按顺序查看事件的历史。", permission: "incident.read",
    roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HistoryRecord> {
    let filter = input.id.description
    let side = context.principal.side
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      EventsOfTicket(
        tenant: context.tenant.id, ticket: ticket.id, afterSeq: try after?.integer(0) ?? 0, includesInternal: side == .staff,
        recordedFrom: ticket.openedAt, limit: limit + 1))
    let seesCis = context.visibleCis.everything
    let names = try await ActorNames.of(rows, in: context)
    let told = rows.filter { AttributeEvents.isOne($0.type) }.map(\.seq)
    let changes = try await context.attributeChanges(of: .incident, ticket.id, in: context.tenant.id, at: told)
    let changed = rows.filter { $0.type == TicketEventType.changed }.map(\.seq)
    let texts = try await context.textChanges(of: "ticket", ticket.id, in: context.tenant.id, at: changed)
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.seq)]) }) { row in
      HistoryRecord(
        row: row,
        payload: HistoryRecord.payload(row, for: side, seesCis: seesCis).with(attributeChanges: changes[row.seq]).with(textChanges: texts[row.seq]),
        actor: side == .staff ? names.staff(of: row).map { context.id(.staff, $0) } : nil, actorName: names.name(of: row))
    }
  }
}

/// Why an incident is judged as it is: the whole chain behind each of its clocks.
package enum ExplainIncident: Operation {
  package typealias Input = IncidentReference

  package struct Output: OperationOutput {
    let incident: IncidentView
    let clocks: [ClockExplanation]
    let tier: FactBasis
    let service: FactBasis
    let resolution: TargetResolution
    let lock: TargetLockRecord?

    package static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "The incident.", "事件编号。") { .id($0.incident.id) },
      OutputField("number", .text, "Its number.", "工单号。") { .text($0.incident.number) },
      OutputField("priority", .integer, "Its priority.", "优先级。") { .integer($0.incident.ticket.priority) },
      OutputField(
        "activity", .text,
        "The activity of the incident process that it is in: IM2 until somebody works on it, IM3, or IM5 when it is resolved; null: it is closed.",
        "所处的事件流程活动：开始处理前为 IM2，处理中为 IM3，已解决为 IM5；已关闭为 null。"
      ) { .text(IncidentActivity.of($0.incident.ticket.state)?.rawValue) },
      OutputField("lineReason", .text, "Why the contract line was chosen; none_in_force: nothing is promised.", "选择合同行的原因；none_in_force 表示无承诺。") {
        .text($0.incident.ticket.lineReason)
      },
      OutputField("clocks", listOf: ClockExplanation.self, "Each promise and how it was judged.", "每项承诺及其判定过程。") { $0.clocks },
      OutputField("tier", record: FactBasis.self, "Its CI tier, and what it comes from.", "配置项等级及其来源。") { $0.tier },
      OutputField("service", record: FactBasis.self, "Its service, and what it comes from.", "服务及其来源。") { $0.service },
      OutputField(
        "resolution", record: TargetResolution.self,
        "Which targets would be chosen now for the ticket as it is, under its contract line: of the SLAs and calendars in force when it was opened. A line that would be chosen instead by what was recorded since is told as preferred.",
        "按工单当前信息、在其合同行下以其创建时生效的 SLA 与日历重新选择的目标。按其后登记的内容会改选的合同行标为 preferred。"
      ) { $0.resolution },
      OutputField("lock", record: TargetLockRecord.self, "Who locked its targets, and why; null: they are not locked.", "锁定目标的人员及原因；null 表示未锁定。") { $0.lock },
    ]
  }

  package static let declaration = Declaration(
    "incident.explain", "Explain an incident's due times and verdicts.", zh: "解释事件的到期时间与判定。", permission: "incident.read",
    roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let ticket = try await context.ticket(input.id)
    let clocks = try await ClockExplanation.of(.ticket(ticket.id), in: context)
    let basis = try await context.basis(of: ticket)
    // A ticket keeps its line, as it does when it is classified: what was recorded since takes no place of it.
    let reason = LineReason(rawValue: ticket.lineReason) ?? .noneInForce
    let line: LineChoice = if reason == .explicit, let named = ticket.line?.id { .named(named) } else { .kept(ticket.line?.id, reason) }
    let covering = try await context.transaction.query(CoveringLines(tenant: context.tenant.id, ticket: ticket.id, day: ticket.openedAt.utcDay))
    let resolution = try await context.resolution(
      person: ticket.requester?.id, unit: ticket.unit?.id, covering: covering, line: line, facts: ticket.facts, at: ticket.openedAt, start: ticket.openedAt)
    let readsContracts = context.principal.access("contract.read", honouring: [.tenant, .listed, .all], at: context.now)?.reaches(context.tenant.id) ?? false
    return Output(
      incident: IncidentView(ticket, in: context),
      clocks: try await told(clocks, in: context), tier: basis.tier, service: basis.service,
      resolution: readsContracts ? resolution : resolution.onlyChosen, lock: try await context.targetLock(of: ticket))
  }

  /// What shows that a supplier was asked is the provider's own affair.
  private static func told(_ clocks: [ClockExplanation], in context: OperationContext) async throws -> [ClockExplanation] {
    guard context.principal.side == .customer else { return clocks }
    let reasons = try await context.transaction.query(SupplierReasons())
    return clocks.map { clock in reasons.reduce(clock) { $0.withoutEvidence(of: $1) } }
  }
}
