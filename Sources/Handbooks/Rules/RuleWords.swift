import Kernel

/// The words in which handbooks tell of rules in force.
package enum RuleWords: MessageCatalog {
  static let rules = Message("handbook_rule.rules", "Rules in force", zh: "生效规则")
  static let rule = Message("handbook_rule.rule", "Rule", zh: "规则")
  static let policy = Message("handbook_rule.policy", "Closing and reopening", zh: "关闭与重新打开")
  static let dispatch = Message("handbook_rule.dispatch", "Dispatch rules", zh: "分派规则")
  static let escalation = Message("handbook_rule.escalation", "Escalation rules", zh: "升级规则")
  static let notification = Message("handbook_rule.notification", "Notification rules", zh: "通知规则")

  static let closeAfter = Message("handbook_rule.close_after", "What is done closes by itself after", zh: "完成后自动关闭期限")
  static let closeCounts = Message("handbook_rule.close_counts", "Counted in", zh: "计算方式")
  static let reopenWithin = Message("handbook_rule.reopen_within", "Closed can be opened again for", zh: "关闭后可重新打开期限")
  static let showsNames = Message("handbook_rule.shows_names", "Customers read the names of the staff", zh: "客户可见服务商人员姓名")
  static let team = Message("handbook_rule.team", "Team", zh: "团队")
  static let service = Message("handbook_rule.service", "Service", zh: "服务")
  static let category = Message("handbook_rule.category", "Category", zh: "分类")
  static let nature = Message("handbook_rule.nature", "Nature", zh: "性质")
  static let ci = Message("handbook_rule.ci", "CI", zh: "配置项")
  static let priorityTo = Message("handbook_rule.priority_to", "Up to priority", zh: "优先级不低于")
  static let process = Message("handbook_rule.process", "For", zh: "适用于")
  static let majorIncidents = Message("handbook_rule.major_incidents", "major incidents", zh: "重大事件")
  static let percent = Message("handbook_rule.percent", "At a share of the time of", zh: "时限已用比例")
  static let metric = Message("handbook_rule.metric", "Of the promise", zh: "所属时限")
  static let agreement = Message("handbook_rule.agreement", "By the agreement", zh: "所属协议")
  static let ola = Message("handbook_rule.ola", "OLA, of the team for its turn", zh: "OLA（团队处理段）")
  static let uc = Message("handbook_rule.uc", "underpinning contract, of the supplier for its turn", zh: "支撑合同（供应商处理段）")
  static let age = Message("handbook_rule.age", "At an age of", zh: "未结时长")
  static let toTeam = Message("handbook_rule.to_team", "Goes to the team", zh: "转交团队")
  static let people = Message("handbook_rule.people", "Tells", zh: "通知人员")
  static let leads = Message("handbook_rule.leads", "Tells the team's leads", zh: "通知团队负责人")
  static let calendar = Message("handbook_rule.calendar", "Calendar", zh: "日历")
  static let event = Message("handbook_rule.event", "Event", zh: "事项")
  static let audience = Message("handbook_rule.audience", "Audience", zh: "受众")
  static let channels = Message("handbook_rule.channels", "By", zh: "方式")
  static let webhook = Message("handbook_rule.webhook", "Webhook", zh: "Webhook 目标")
  static let percentFrom = Message("handbook_rule.percent_from", "From a share of the time of", zh: "时限已用比例不低于")
  static let quietFrom = Message("handbook_rule.quiet_from", "No mail from", zh: "免打扰开始")
  static let quietTo = Message("handbook_rule.quiet_to", "No mail until", zh: "免打扰结束")
  static let urgentTo = Message("handbook_rule.urgent_to", "In spite of that up to priority", zh: "免打扰例外优先级")
  static let expires = Message("handbook_rule.expires", "Not sent any more after", zh: "过期时长")

  static let days = Message("handbook_rule.days", "{count} days", zh: "{count} 天")
  static let day = Message("handbook_rule.day", "{count} day", zh: "{count} 天")
  static let calendarDays = Message("handbook_rule.calendar_days", "calendar days", zh: "自然日")
  static let serviceDays = Message("handbook_rule.service_days", "service days", zh: "服务日")
  static let never = Message("handbook_rule.never", "never", zh: "不适用")

  static func kind(_ kind: RuleInForce.Kind) -> Message {
    switch kind {
    case .policy: policy
    case .dispatch: dispatch
    case .escalation: escalation
    case .notification: notification
    }
  }

  static func label(_ part: RuleInForce.Part) -> Message {
    switch part {
    case .closeAfter: closeAfter
    case .closeCounts: closeCounts
    case .reopenWithin: reopenWithin
    case .showsNames: showsNames
    case .team: team
    case .service: service
    case .category: category
    case .nature: nature
    case .ci: ci
    case .priorityTo: priorityTo
    case .process: process
    case .percent: percent
    case .metric: metric
    case .agreement: agreement
    case .age: age
    case .toTeam: toTeam
    case .people: people
    case .leads: leads
    case .calendar: calendar
    case .event: event
    case .audience: audience
    case .channels: channels
    case .webhook: webhook
    case .percentFrom: percentFrom
    case .quietFrom: quietFrom
    case .quietTo: quietTo
    case .urgentTo: urgentTo
    case .expires: expires
    }
  }

  package static let all = [
    rules, rule, policy, dispatch, escalation, notification, closeAfter, closeCounts, reopenWithin, showsNames, team, service, category, nature, ci,
    priorityTo, process, majorIncidents, percent, metric, agreement, ola, uc, age, toTeam, people, leads, calendar, event, audience, channels, webhook,
    percentFrom, quietFrom, quietTo, urgentTo, expires,
    days, day, calendarDays, serviceDays, never,
  ]
}

extension RuleInForce.Fact {
  /// Before it is put into words.
  var said: EditionTerm {
    switch (part, term) {
    case (.closeCounts, .text(let code)): .word(code == "service_days" ? RuleWords.serviceDays : RuleWords.calendarDays)
    case (.process, .text): .word(RuleWords.majorIncidents)
    case (.agreement, .text(let code)): .word(code == "ola" ? RuleWords.ola : RuleWords.uc)
    // None at all.
    case (_, .days(0)), (.urgentTo, .number(0)): .word(RuleWords.never)
    case (.priorityTo, .number(let priority)), (.urgentTo, .number(let priority)): .text("P\(priority)")
    case (.percent, .number(let percent)), (.percentFrom, .number(let percent)): .text("\(percent) %")
    case (.quietFrom, .minutes(let minute)), (.quietTo, .minutes(let minute)): .text(Self.timeOfDay(minute))
    case (_, .text(let text)): .text(text)
    case (_, .texts(let texts)): .list(texts.map { .text($0) })
    case (_, .local(let local)): .local(local)
    case (_, .number(let number)): .text(String(number))
    case (_, .minutes(let minutes)): .minutes(minutes)
    case (_, .days(let days)): .days(days)
    case (_, .flag(let flag)): .word(flag ? HandbookWords.yes : HandbookWords.no)
    case (_, .people(let people)): .people(people)
    }
  }

  /// `22:30`, of a minute of the day.
  private static func timeOfDay(_ minute: Int64) -> String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(minute / 60)):\(two(minute % 60))"
  }
}
