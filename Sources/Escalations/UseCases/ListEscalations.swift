import Desk
import Kernel
import Operations

package struct EscalationRecord: OperationOutput {
  let row: EscalationRow
  let id: PublicId
  let subject: PublicId
  let rule: PublicId
  let fromTeam: PublicId?
  let toTeam: PublicId?

  private func told(_ process: EscalationProcess) -> Value { .id(row.process == process ? subject : nil) }

  package static let fields: [OutputField<EscalationRecord>] = [
    OutputField("id", .id, "The escalation.", "升级记录编号。") { .id($0.id) },
    OutputField("incident", .id, "The incident; null: something else.", "事件编号；null 表示其他事项。") { $0.told(.incident) },
    OutputField("request", .id, "Or the request.", "或请求编号。") { $0.told(.request) },
    OutputField("problem", .id, "Or the problem.", "或问题编号。") { $0.told(.problem) },
    OutputField("change", .id, "Or the change.", "或变更编号。") { $0.told(.change) },
    OutputField("release", .id, "Or the release.", "或发布编号。") { $0.told(.release) },
    OutputField("majorIncident", .id, "Or the major incident.", "或重大事件编号。") { $0.told(.majorIncident) },
    OutputField("rule", .id, "The rule.", "规则编号。") { .id($0.rule) },
    OutputField("ruleName", .text, "What the rule was called.", "当时的规则名称。") { .text($0.row.ruleName) },
    OutputField("metric", .text, "The promise of which a share had passed; null: it was its age.", "已消耗时限的承诺指标；null 表示因打开时长。") {
      .text($0.row.metric)
    },
    OutputField("percent", .integer, "The share that had passed, in percent; 100: the promise was broken.", "已消耗的时限百分比；100 表示违约。") { .integer($0.row.percent) },
    OutputField(
      "agreement", .text, "Whose promise: sla (to the customer), ola (of the team's turn) or uc (of a supplier's); null: it was its age.",
      "承诺所属协议：sla（对客户）、ola（团队处理段）或 uc（供应商处理段）；null 表示因打开时长。"
    ) { .text($0.row.percent == nil ? nil : $0.row.agreement.rawValue) },
    OutputField("ageMinutes", .integer, "The age to which it had come.", "达到的打开分钟数。") { .integer($0.row.ageMinutes) },
    OutputField("occurredAt", .instant, "When that was.", "触发时间。") { .instant($0.row.occurredAt) },
    OutputField("dueAt", .instant, "When its calendar lets it go out.", "日历允许执行的时间。") { .instant($0.row.dueAt) },
    OutputField(
      "state", .text, "waiting (for its calendar, or for the next try), done, or dropped: it was over by then, or the rule no longer meant it.",
      "状态：waiting（等待日历或重试）、done（已执行）或 dropped（届时已解决或规则不再适用）。"
    ) { .text($0.row.state.rawValue) },
    OutputField("fromTeam", .id, "The team that had it.", "原团队。") { .id($0.fromTeam) },
    OutputField("toTeam", .id, "The team that got it; null: it stayed.", "接手的团队；null 表示未转派。") { .id($0.toTeam) },
    OutputField("tasksGiven", .integer, "How many tasks of a request or a change it got.", "转派的请求或变更任务数。") { .integer($0.row.tasksGiven) },
    OutputField("attempts", .integer, "How often it could not be carried out.", "执行失败次数。") { .integer($0.row.attempts) },
    OutputField("fault", .text, "Why not, as a code; after three times people are told without the team.", "失败原因代码；失败三次后不再转派，仅通知人员。") { .text($0.row.fault) },
    OutputField("settledAt", .instant, "When it was carried out or dropped.", "执行或放弃的时间。") { .instant($0.row.settledAt) },
  ]

  init(_ row: EscalationRow, in context: OperationContext) {
    self.row = row
    id = context.id(.escalation, row.publicId)
    subject = context.id(row.process.idKind, row.ticketPublicId)
    rule = context.id(.escalationRule, row.rulePublicId)
    fromTeam = row.fromTeam.map { context.id(.team, $0) }
    toTeam = row.toTeam.map { context.id(.team, $0) }
  }
}

package enum ListEscalations: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let incident: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let incident = Field.id("incident", .incident, "Only those of this incident.", "仅列出此事件的升级。").optional
    private static let customer = Field.id(
      "customer", .customer,
      "Of this customer's incidents and requests; absent: of problems, changes, releases and major incidents, for who serves all customers.",
      "该客户的事件与请求；不填则为问题、变更、发布与重大事件（须服务全部客户）。"
    ).optional
    package static let fields: [any InputField] = [customer, incident, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      incident = try values[Self.incident]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "escalation.list", "List what was escalated of a customer, or of the provider's problems, changes, releases and major incidents, the newest first.",
    zh: "列出客户的（或问题、变更、发布与重大事件的）升级记录，最新的在前。",
    permission: "escalation.read", roles: EscalationRights.readers, reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<EscalationRecord> {
    if input.customer == nil, context.reachableCustomers != nil { throw Failure.invalid("customer", InputMessages.requiredHere) }
    let filter = "\(input.customer?.description ?? "-")/\(input.incident?.description ?? "-")"
    let (limit, before) = try context.page(input.limit, input.cursor, filter: filter)
    var ticket: Int64?
    if let incident = input.incident {
      ticket = try await context.transaction.first(TicketByPublicId(tenant: context.tenant.id, publicId: incident.random))
      guard ticket != nil else { throw context.unknownReference("incident") }
    }
    let rows = try await context.transaction.query(
      EscalationsPage(
        tenant: context.tenant.id, ticket: ticket, before: try before?.integer(0) ?? Int64.max, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { EscalationRecord($0, in: context) }
  }
}
