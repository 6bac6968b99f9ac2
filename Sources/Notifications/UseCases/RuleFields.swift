import Kernel
import Operations
import ServiceLevels

/// What a rule consists of, as it is given.
struct RuleInput: Sendable {
  let event: NotificationEvent?
  let audience: [Audience]?
  let staff: [PublicId]?
  let channels: [Channel]?
  let webhook: Change<PublicId>
  let customer: Change<PublicId>
  let priorityTo: Change<Int64>
  let metric: Change<String>
  let percentFrom: Change<Int64>
  let quietFrom: Change<String>
  let quietTo: Change<String>
  let urgentTo: Int64?
  let expiresMinutes: Int64?

  static let name = Field.text("name", 1...100, "What the rule is called.", "规则名称。")
  static let event = Field.oneOf("event", NotificationEvent.forRules.map(\.rawValue), "What is told.", "通知事项。")
  private static let audience = Field.list(
    "audience", of: Field.oneOf("audience", Audience.allCases.map(\.rawValue), "One of them.", "其一。"), count: 0...9,
    "Whom of those who have to do with it: owner, assignee, offered (whom it is offered to), requester, watchers, escalation (whom the rule of escalation names, or who hears in their place), approvers (who is asked to agree), account_managers (who answer for the customer; of suppliers, for all), team (the members of the team that has it or is offered it, who may work on it), sorters (who may say whose an event is).",
    "受众：owner（负责人）、assignee（处理人）、offered（移交对象）、requester（请求人）、watchers（关注者）、escalation（升级规则指定的人员，或代其接收通知的人员）、approvers（待审批人员）、account_managers（该客户的客户经理；供应商事项为负责全部客户的客户经理）、team（处理或受邀接手的团队中有权处理的成员）、sorters（有权分拣事态归属的人员）。"
  ).optional
  private static let staff = Field.list(
    "staff", of: Field.id("staff", .staff, "A member of the staff.", "服务商人员。"), count: 0...50, "Members of the staff besides.", "另外指定的服务商人员。"
  ).optional
  private static let channels = Field.list(
    "channels", of: Field.oneOf("channel", Channel.allCases.map(\.rawValue), "One of them.", "其一。"), count: 1...3,
    "How: inbox, email, webhook (default: inbox).", "渠道：inbox（站内）、email（邮件）、webhook（默认 inbox）。"
  ).optional
  private static let webhook = Field.id("webhook", .webhook, "Where webhooks go, with the channel webhook.", "渠道含 webhook 时的目标。").clearable
  private static let customer = Field.id("customer", .customer, "Only of this customer's tickets (default: all).", "仅限该客户的工单（默认全部）。").clearable
  private static let priorityTo = Field.integer(
    "priorityTo", Rating.numbers,
    "Only of incidents, requests and problems up to this priority, 1 being the highest (default: all, and what has no priority).",
    "仅限不低于此优先级的事件、请求与问题，1 为最高（默认全部，含无优先级事项）。"
  ).clearable
  private static let metric = Field.oneOf(
    "metric", Metric.allCases.map(\.rawValue), "Only of promises of this metric: response, update or resolution; for what happens to clocks.",
    "仅限该指标的承诺：response（响应）、update（进展通报）或 resolution（解决）；用于时钟类事件。"
  ).clearable
  private static let percentFrom = Field.integer(
    "percentFrom", 1...99, "Only of warnings from this share of the budget on, in percent; for what warns of clocks.", "仅限时限消耗不低于此百分比的预警；用于时钟预警。"
  ).clearable
  private static let quietFrom = Field.text(
    "quietFrom", 5...5, "From when on no mail goes out, by the receiver's own clock: 22:00.", "免打扰开始时刻（按接收人所在时区），例如 22:00。"
  ).clearable
  private static let quietTo = Field.text("quietTo", 5...5, "Until when: 07:00 is the next morning's.", "免打扰结束时刻，例如 07:00（次日）。").clearable
  private static let urgentTo = Field.integer(
    "urgentTo", 0...Rating.numbers.upperBound, "Up to this priority mail goes out in quiet hours too (default 1; 0: none).", "不低于此优先级时免打扰期间仍发送（默认 1；0 表示无）。"
  ).optional
  private static let expires = Field.integer(
    "expiresMinutes", 5...10_080, "So long after it happened it is not sent any more (default: by the event).", "发生多少分钟后不再发送（默认随事项而定）。"
  ).optional

  static let fields: [any InputField] = [
    audience, staff, channels, webhook, customer, priorityTo, metric, percentFrom, quietFrom, quietTo, urgentTo, expires,
  ]

  init(_ values: InputValues, event: NotificationEvent?) throws(FieldError) {
    self.event = event
    audience = try values[Self.audience]?.compactMap(Audience.init)
    staff = try values[Self.staff]
    channels = try values[Self.channels]?.compactMap(Channel.init)
    webhook = try values[Self.webhook]
    customer = try values[Self.customer]
    priorityTo = try values[Self.priorityTo]
    metric = try values[Self.metric]
    percentFrom = try values[Self.percentFrom]
    quietFrom = try values[Self.quietFrom]
    quietTo = try values[Self.quietTo]
    urgentTo = try values[Self.urgentTo]
    expiresMinutes = try values[Self.expires]
    for (field, path) in [(quietFrom, "quietFrom"), (quietTo, "quietTo")] {
      if case .set(let text) = field, QuietHours.minutes(text) == nil { throw FieldError(path, NotificationMessages.notATime) }
    }
  }
}

/// A rule as the API shows it.
package struct RuleRecord: OperationOutput {
  let row: RuleRow
  let id: PublicId
  let staff: [PublicId]
  let webhook: PublicId?

  package static let fields: [OutputField<RuleRecord>] = [
    OutputField("id", .id, "The rule.", "规则编号。") { .id($0.id) },
    OutputField("name", .text, "What it is called.", "规则名称。") { .text($0.row.rule.name) },
    OutputField("stock", .boolean, "Whether it came with Steward.", "是否为内置规则。") { .bool($0.row.isStock) },
    OutputField("event", .text, "What is told.", "通知事项。") { .text($0.row.rule.event.rawValue) },
    OutputField("audience", .list(.text), "Whom of those who have to do with it.", "受众。") {
      .array($0.row.rule.audience.map { .text($0.rawValue) })
    },
    OutputField("staff", .list(.id), "Members of the staff besides.", "另外指定的服务商人员。") { .array($0.staff.map { .id($0) }) },
    OutputField("channels", .list(.text), "inbox, email, webhook.", "渠道：inbox、email、webhook。") { .array($0.row.rule.channels.map { .text($0.rawValue) }) },
    OutputField("webhook", .id, "Where webhooks go.", "Webhook 目标。") { .id($0.webhook) },
    OutputField("customer", .id, "Only of this customer's tickets; null: of all.", "仅限该客户；null 表示全部。") { .id($0.row.customerId) },
    OutputField("priorityTo", .integer, "Only of incidents, requests and problems up to this priority.", "仅限不低于此优先级的事件、请求与问题。") {
      .integer($0.row.rule.priorityTo)
    },
    OutputField("metric", .text, "Only of promises of this metric.", "仅限该指标的承诺。") { .text($0.row.rule.metric?.rawValue) },
    OutputField("percentFrom", .integer, "Only of warnings from this share of the budget on, in percent.", "仅限时限消耗不低于此百分比的预警。") {
      .integer($0.row.rule.percentFrom)
    },
    OutputField("quietFrom", .text, "From when on no mail goes out.", "免打扰开始时刻。") { .text($0.row.rule.quiet.map { QuietHours.text($0.from) }) },
    OutputField("quietTo", .text, "Until when.", "免打扰结束时刻。") { .text($0.row.rule.quiet.map { QuietHours.text($0.to) }) },
    OutputField("urgentTo", .integer, "Up to this priority mail goes out all the same.", "不低于此优先级时免打扰期间仍发送。") { .integer($0.row.rule.urgentTo) },
    OutputField("expiresMinutes", .integer, "So long after it happened it is not sent any more.", "发生多少分钟后不再发送。") {
      .integer($0.row.rule.expiresMinutes)
    },
    OutputField("state", .text, "active or retired.", "状态：active（在用）或 retired（已停用）。") { .text($0.row.isActive ? "active" : "retired") },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]

  init(_ row: RuleRow, in context: OperationContext) {
    self.row = row
    id = context.id(.notificationRule, row.publicId)
    staff = row.rule.staff.map { context.id(.staff, $0.publicId) }
    webhook = row.webhookPublicId.map { context.id(.webhook, $0) }
  }
}

extension OperationContext {
  func rule(_ id: PublicId) async throws -> RuleRow {
    guard let row = try await transaction.first(RuleByPublicId(provider: provider.id, publicId: id.random)) else { throw Failure.notFound }
    return row
  }

  /// The rule that an input asks for.
  func rule(_ input: RuleInput, named name: String, over old: NotificationRule?) async throws -> NotificationRule {
    let event = input.event ?? old?.event ?? .opened
    var rule =
      old
      ?? NotificationRule(
        name: name, event: event, audience: [], staff: [], channels: [.inbox], urgentTo: 1, expiresMinutes: event.usualExpiryMinutes)
    rule.name = name
    rule.event = event
    if let audience = input.audience { rule.audience = Audience.allCases.filter(audience.contains) }
    if let channels = input.channels { rule.channels = Channel.allCases.filter(channels.contains) }
    if let staff = input.staff {
      let found = try await transaction.query(ActiveStaff(provider: provider.id, publicIds: staff.map(\.random)))
      for (index, id) in staff.enumerated() where !found.contains(where: { $0.publicId == id.random }) { throw unknownReference("staff[\(index)]") }
      rule.staff = found.map { NotificationRule.Member(id: $0.id, publicId: $0.publicId) }
    }
    switch input.webhook {
    case .keep: break
    case .clear: rule.webhook = nil
    case .set(let id):
      guard let found = try await transaction.first(WebhookByPublicId(provider: provider.id, publicId: id.random)), found.isActive else {
        throw unknownReference("webhook")
      }
      rule.webhook = found.id
    }
    switch input.customer {
    case .keep: break
    case .clear: rule.customer = nil
    case .set(let id): rule.customer = try await customer(id, "customer")
    }
    rule.priorityTo = input.priorityTo.applied(to: rule.priorityTo)
    rule.metric = input.metric.applied(to: rule.metric?.rawValue).flatMap(Metric.init)
    rule.percentFrom = input.percentFrom.applied(to: rule.percentFrom)
    let from = input.quietFrom.applied(to: rule.quiet.map { QuietHours.text($0.from) }).flatMap(QuietHours.minutes)
    let to = input.quietTo.applied(to: rule.quiet.map { QuietHours.text($0.to) }).flatMap(QuietHours.minutes)
    guard (from == nil) == (to == nil) else { throw Failure.invalid(from == nil ? "quietFrom" : "quietTo", NotificationMessages.quietTogether) }
    guard from == nil || from != to else { throw Failure.invalid("quietTo", NotificationMessages.quietNever) }
    rule.quiet = if let from, let to { QuietHours(from: from, to: to) } else { nil }
    rule.urgentTo = input.urgentTo ?? rule.urgentTo
    rule.expiresMinutes = input.expiresMinutes ?? rule.expiresMinutes
    try rule.check()
    return rule
  }
}

extension NotificationRule {
  /// Whether somebody is told, by a way that leads to him, and nobody of what is none of his affair.
  fileprivate func check() throws(Failure) {
    let tellsPeople = !audience.isEmpty || !staff.isEmpty
    guard tellsPeople || webhook != nil else { throw Failure.invalid("audience", NotificationMessages.nobody) }
    guard channels.contains(.webhook) == (webhook != nil) else { throw Failure.invalid("webhook", NotificationMessages.webhookWithChannel) }
    guard !tellsPeople || channels != [.webhook] else { throw Failure.invalid("channels", NotificationMessages.peopleNeedChannel) }
    guard tellsPeople || channels == [.webhook] else { throw Failure.invalid("channels", NotificationMessages.webhookOnly) }
    let isOfWarnings = event == .clockWarned || event == .requestClockWarned
    let isOfClocks = isOfWarnings || event == .clockBreached || event == .requestClockBreached
    guard isOfClocks || metric == nil else { throw Failure.invalid("metric", NotificationMessages.ofClocksOnly) }
    guard isOfWarnings || percentFrom == nil else { throw Failure.invalid("percentFrom", NotificationMessages.ofWarningsOnly) }
    let subject = event.subject
    if let other = audience.first(where: { !subject.audiences.contains($0) }) {
      throw Failure.invalid(
        "audience", NotificationMessages.noSuchAudience,
        ["event": event.rawValue, "audience": other.rawValue, "allowed": subject.audiences.map(\.rawValue).joined(separator: ", ")])
    }
    guard subject.hasPriority || priorityTo == nil else {
      throw Failure.invalid("priorityTo", NotificationMessages.ofTicketsOnly, ["event": event.rawValue])
    }
    guard !subject.isOfNoCustomer || customer == nil else {
      throw Failure.invalid("customer", NotificationMessages.ofNoCustomer, ["event": event.rawValue])
    }
    guard event.isForCustomers || subject.isAskedByStaff || !audience.contains(.requester) else {
      throw Failure.invalid("audience", NotificationMessages.notForCustomers, ["event": event.rawValue])
    }
  }
}
