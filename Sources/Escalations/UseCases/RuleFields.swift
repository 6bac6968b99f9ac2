import Contracts
import Desk
import Kernel
import Operations
import ServiceLevels

enum EscalationRights {
  static let keep = "escalation_rule.manage"
  static let keepers: Set<StockRole> = [.administrator, .accountManager]
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]
  static let forAll: Set<Grant.ScopeKind> = [.all]
}

/// What a rule consists of, as it is given.
struct RuleInput: Sendable {
  let percent: Change<Int64>
  let metric: Change<String>
  let agreement: Change<String>
  let ageMinutes: Change<Int64>
  let customer: Change<PublicId>
  let priorityTo: Change<Int64>
  let team: Change<PublicId>
  let toTeam: Change<PublicId>
  let staff: [PublicId]?
  let leads: Bool?
  let calendar: Change<PublicId>

  static let name = Field.text("name", 1...100, "What the rule is called.", "规则名称。")
  static let process = Field.oneOf(
    "process", EscalationProcess.allCases.map(\.rawValue), "Of which process (default incident); but for incidents and requests by age alone.",
    "所属流程（默认 incident）；事件与请求以外仅按打开时长触发。"
  ).optional
  private static let percent = Field.integer(
    "percent", 1...100,
    "When this share of a promise's budget has passed, in percent; 100: when it is broken. Whatever the agreement warns of.",
    "承诺时限消耗达到此百分比时触发；100 表示违约时。与协议的预警比例无关。"
  ).clearable
  private static let metric = Field.oneOf(
    "metric", ServiceLevels.Metric.allCases.map(\.rawValue), "Only of this promise: response, update or resolution (default: any).",
    "仅限该指标的承诺：response、update 或 resolution（默认任一）。"
  ).clearable
  private static let agreement = Field.oneOf(
    "agreement", EscalationAgreement.allCases.map(\.rawValue),
    "Whose promise: sla, to the customer (default); ola, of the team that has the ticket, for its turn; uc, of a supplier that it is with, for its turn.",
    "承诺所属协议：sla（对客户，默认）、ola（持有工单的团队的处理段）或 uc（受派供应商的处理段）。"
  ).clearable
  private static let ageMinutes = Field.integer(
    "ageMinutes", 5...525_600, "Or when a ticket is still open so many minutes after it was recorded.", "或者：工单登记后经过多少分钟仍未解决时触发。"
  ).clearable
  private static let customer = Field.id("customer", .customer, "Only of this customer's tickets (default: all).", "仅限该客户的工单（默认全部）。").clearable
  private static let priorityTo = Field.integer(
    "priorityTo", Rating.numbers, "Only of tickets up to this priority, 1 being the highest (default: all).", "仅限不低于此优先级的工单，1 为最高（默认全部）。"
  ).clearable
  private static let team = Field.id("team", .team, "Only of this team's tickets (default: all).", "仅限该团队的工单（默认全部）。").clearable
  private static let toTeam = Field.id("toTeam", .team, "The team that gets the ticket: the next line.", "接手的团队（下一级）。").clearable
  private static let staff = Field.list(
    "staff", of: Field.id("staff", .staff, "A member of the staff.", "服务商人员。"), count: 0...50, "Who is told.", "被通知的服务商人员。"
  ).optional
  private static let leads = Field.boolean(
    "leads", "Whether the leads of the team that has it are told as well (default: no).", "是否同时通知持有工单（或其待办任务）的团队的负责人（默认否）。"
  ).optional
  private static let calendar = Field.id(
    "calendar", .calendar, "Only while this calendar is open, and ages count by it (default: at any time).", "仅在此日历的服务时间内触发，打开时长按其计算（默认不限时间）。"
  ).clearable

  static let fields: [any InputField] = [percent, metric, agreement, ageMinutes, customer, priorityTo, team, toTeam, staff, leads, calendar]

  init(_ values: InputValues) throws(FieldError) {
    percent = try values[Self.percent]
    metric = try values[Self.metric]
    agreement = try values[Self.agreement]
    ageMinutes = try values[Self.ageMinutes]
    customer = try values[Self.customer]
    priorityTo = try values[Self.priorityTo]
    team = try values[Self.team]
    toTeam = try values[Self.toTeam]
    staff = try values[Self.staff]
    leads = try values[Self.leads]
    calendar = try values[Self.calendar]
  }
}

/// A rule as the API shows it.
package struct EscalationRuleRecord: OperationOutput {
  let row: RuleRow
  let id: PublicId
  let team: PublicId?
  let toTeam: PublicId?
  let staff: [PublicId]
  let calendar: PublicId?

  package static let fields: [OutputField<EscalationRuleRecord>] = [
    OutputField("id", .id, "The rule.", "规则编号。") { .id($0.id) },
    OutputField("name", .text, "What it is called.", "规则名称。") { .text($0.row.rule.name) },
    OutputField(
      "process", .text, "Of which process: incident, request, problem, change, release or major_incident.",
      "所属流程：incident、request、problem、change、release 或 major_incident。"
    ) { .text($0.row.rule.process.rawValue) },
    OutputField("percent", .integer, "The share of a promise that sets it off, in percent.", "触发的承诺时限百分比。") { .integer($0.row.rule.percent) },
    OutputField("metric", .text, "Of which promise; null: of any.", "所限指标；null 表示任一。") { .text($0.row.rule.metric?.rawValue) },
    OutputField("agreement", .text, "Whose promise: sla, ola or uc; null: it is an age.", "承诺所属协议：sla、ola 或 uc；null 表示按打开时长。") {
      .text($0.row.rule.percent == nil ? nil : $0.row.rule.agreement.rawValue)
    },
    OutputField("ageMinutes", .integer, "The age that sets it off.", "触发的打开分钟数。") { .integer($0.row.rule.ageMinutes) },
    OutputField("customer", .id, "Only of this customer's tickets; null: of all.", "仅限该客户；null 表示全部。") { .id($0.row.customerId) },
    OutputField("priorityTo", .integer, "Only of tickets up to this priority.", "仅限不低于此优先级的工单。") { .integer($0.row.rule.priorityTo) },
    OutputField("team", .id, "Only of this team's tickets.", "仅限该团队的工单。") { .id($0.team) },
    OutputField("toTeam", .id, "The team that gets the ticket.", "接手的团队。") { .id($0.toTeam) },
    OutputField("staff", .list(.id), "Who is told.", "被通知的服务商人员。") { .array($0.staff.map { .id($0) }) },
    OutputField("leads", .boolean, "Whether the leads of the team that has it are told.", "是否通知持有工单的团队的负责人。") { .bool($0.row.rule.tellsLeads) },
    OutputField("calendar", .id, "Only while it is open; ages count by it.", "仅在此日历的服务时间内触发。") { .id($0.calendar) },
    OutputField("state", .text, "active or retired.", "状态：active（在用）或 retired（已停用）。") { .text($0.row.isActive ? "active" : "retired") },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]

  init(_ row: RuleRow, in context: OperationContext) {
    self.row = row
    id = context.id(.escalationRule, row.publicId)
    team = row.rule.team.map { context.id(.team, $0.publicId) }
    toTeam = row.rule.toTeam.map { context.id(.team, $0.publicId) }
    staff = row.rule.staff.map { context.id(.staff, $0.publicId) }
    calendar = row.rule.calendar.map { context.id(.calendar, $0.publicId) }
  }
}

extension OperationContext {
  func escalationRule(_ id: PublicId) async throws -> RuleRow {
    guard let row = try await transaction.first(RuleByPublicId(provider: provider.id, publicId: id.random)) else { throw Failure.notFound }
    return row
  }

  /// The rule as it is shown by itself.
  func escalationRuleRecord(_ id: PublicId) async throws -> EscalationRuleRecord {
    EscalationRuleRecord(try await escalationRule(id), in: self)
  }

  /// The rule that an input asks for.
  func escalationRule(
    _ input: RuleInput, named name: String, of process: EscalationProcess = .incident, over old: EscalationRule?
  ) async throws -> EscalationRule {
    var rule = old ?? EscalationRule(name: name, process: process, staff: [])
    rule.name = name
    rule.percent = input.percent.applied(to: rule.percent)
    rule.metric = input.metric.applied(to: rule.metric?.rawValue).flatMap(ServiceLevels.Metric.init)
    rule.ageMinutes = input.ageMinutes.applied(to: rule.ageMinutes)
    rule.priorityTo = input.priorityTo.applied(to: rule.priorityTo)
    rule.team = try await team(input.team, "team", over: rule.team)
    rule.toTeam = try await team(input.toTeam, "toTeam", over: rule.toTeam)
    if let staff = input.staff {
      let found = try await transaction.query(ActiveStaff(provider: provider.id, publicIds: staff.map(\.random)))
      for (index, id) in staff.enumerated() where !found.contains(where: { $0.publicId == id.random }) { throw unknownReference("staff[\(index)]") }
      rule.staff = found.map { EscalationRule.Named(id: $0.id, publicId: $0.publicId) }
    }
    if let leads = input.leads { rule.tellsLeads = leads }
    switch input.agreement {
    case .keep: break
    case .clear: rule.agreement = .sla
    case .set(let agreement): rule.agreement = EscalationAgreement(rawValue: agreement) ?? .sla
    }
    switch input.customer {
    case .keep: break
    case .clear: rule.customer = nil
    case .set(let id): rule.customer = try await customer(id, "customer")
    }
    var onlyFor: TenantId?
    switch input.calendar {
    case .keep:
      if let calendar = rule.calendar { onlyFor = try await transaction.first(CalendarToName(publicId: calendar.publicId))?.onlyFor }
    case .clear: rule.calendar = nil
    case .set(let id):
      guard let found = try await transaction.first(CalendarToName(publicId: id.random)) else { throw unknownReference("calendar") }
      (rule.calendar, onlyFor) = (found.named, found.onlyFor)
    }
    guard onlyFor == nil || onlyFor == rule.customer else { throw Failure.invalid("calendar", EscalationMessages.calendarOfAnother) }
    try rule.check()
    return rule
  }

  private func team(_ change: Change<PublicId>, _ path: String, over old: EscalationRule.Named?) async throws -> EscalationRule.Named? {
    switch change {
    case .keep: return old
    case .clear: return nil
    case .set(let id):
      guard let found = try await transaction.first(TeamToName(publicId: id.random)) else { throw unknownReference(path) }
      return found
    }
  }
}

extension EscalationRule {
  /// Whether one thing sets it off, and something is done then.
  fileprivate func check() throws(Failure) {
    if !process.hasPromises, percent != nil { throw Failure.invalid("percent", EscalationMessages.ageAlone) }
    if !process.hasTurns, agreement != .sla { throw Failure.invalid("agreement", EscalationMessages.noTurns) }
    if priorityTo != nil, !process.hasPriority { throw Failure.invalid("priorityTo", EscalationMessages.noPriority) }
    if team != nil || toTeam != nil, !process.hasTeams { throw Failure.invalid(toTeam == nil ? "team" : "toTeam", EscalationMessages.noTeam) }
    if tellsLeads, !process.hasTeams { throw Failure.invalid("leads", EscalationMessages.noTeam) }
    guard (percent == nil) != (ageMinutes == nil) else { throw Failure.invalid("percent", EscalationMessages.oneTrigger) }
    guard metric == nil || percent != nil else { throw Failure.invalid("metric", EscalationMessages.metricOfPromises) }
    guard agreement == .sla || percent != nil else { throw Failure.invalid("agreement", EscalationMessages.agreementOfPromises) }
    guard toTeam != nil || !staff.isEmpty || tellsLeads else { throw Failure.invalid("toTeam", EscalationMessages.noAct) }
    guard toTeam == nil || toTeam?.id != team?.id else { throw Failure.invalid("toTeam", EscalationMessages.sameTeam) }
  }
}
