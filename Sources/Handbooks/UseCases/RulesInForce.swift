import Kernel
import Operations
import Tenancy

extension OperationContext {
  /// The rules of other modules that hold in a process for all customers now.
  func rulesInForce(_ process: HandbookProcess) async throws -> [RuleInForce] {
    var rules: [RuleInForce] = []
    if process == .incident || process == .request, let policy = try await transaction.first(TicketPolicyInForce()) {
      rules.append(process == .incident ? RuleInForce(policy) : RuleInForce(ofRequests: policy))
    }
    if process == .incident {
      rules += try await transaction.query(DispatchRulesInForce(provider: provider.id)).map { RuleInForce($0, provider) }
    }
    if !process.escalated.isEmpty {
      let found = try await transaction.query(EscalationRulesInForce(provider: provider.id, processes: process.escalated))
      rules += found.map { RuleInForce($0, provider) }
    }
    if !process.toldEvents.isEmpty {
      let found = try await transaction.query(NotificationRulesInForce(provider: provider.id, events: process.toldEvents))
      rules += found.map { RuleInForce($0, provider) }
    }
    return rules
  }
}

extension RuleInForce {
  fileprivate init(_ policy: TicketPolicyInForce.Found) {
    self.init(
      kind: .policy, id: "ticket_policy", name: nil,
      [
        (.closeAfter, .days(policy.closeAfterDays)), (.closeCounts, .text(policy.closeCounts)), (.reopenWithin, .days(policy.reopenWithinDays)),
        (.showsNames, .flag(policy.showsNames)),
      ])
  }

  fileprivate init(ofRequests policy: TicketPolicyInForce.Found) {
    self.init(
      kind: .policy, id: "ticket_policy", name: nil,
      [(.closeAfter, .days(policy.closeRequestsAfterDays)), (.reopenWithin, .days(policy.reopenWithinDays))])
  }

  fileprivate init(_ rule: DispatchRulesInForce.Found, _ provider: TenantEntry) {
    // It has no name of its own: what it is for, and who gets that.
    let conditions = [rule.serviceCode, rule.category, rule.nature, rule.ci, rule.priorityTo.map { "P1-P\($0)" }].compactMap(\.self)
    self.init(
      kind: .dispatch, id: provider.id("dru", rule.publicId).description,
      name: "\(conditions.isEmpty ? "*" : conditions.joined(separator: ", ")) → \(rule.team)",
      [
        (.team, .text(rule.team)), (.service, rule.serviceCode == nil ? nil : .local(rule.serviceName)), (.category, Self.text(rule.category)),
        (.nature, Self.text(rule.nature)), (.ci, Self.text(rule.ci)), (.priorityTo, Self.number(rule.priorityTo)),
      ])
  }

  fileprivate init(_ rule: EscalationRulesInForce.Found, _ provider: TenantEntry) {
    self.init(
      kind: .escalation, id: provider.id("esr", rule.publicId).description, name: rule.name,
      [
        // In the handbook of incidents the others are of those.
        (.process, rule.process == "major_incident" ? .text(rule.process) : nil),
        (.percent, Self.number(rule.percent)), (.metric, Self.text(rule.metric)),
        // Whose promise it means, unless it is the one to the customer, as of all rules in editions from before.
        (.agreement, rule.agreement == "sla" ? nil : .text(rule.agreement)), (.age, Self.minutes(rule.ageMinutes)),
        (.priorityTo, Self.number(rule.priorityTo)), (.team, Self.text(rule.team)), (.toTeam, Self.text(rule.toTeam)),
        (.people, Self.people(rule.staff, provider)), (.leads, rule.tellsLeads ? .flag(true) : nil), (.calendar, Self.text(rule.calendar)),
      ])
  }

  fileprivate init(_ rule: NotificationRulesInForce.Found, _ provider: TenantEntry) {
    self.init(
      kind: .notification, id: provider.id("ntr", rule.publicId).description, name: rule.name,
      [
        (.event, .text(rule.event)), (.audience, rule.audience.isEmpty ? nil : .texts(rule.audience)), (.people, Self.people(rule.staff, provider)),
        (.channels, .texts(rule.channels)), (.webhook, Self.text(rule.webhook)), (.priorityTo, Self.number(rule.priorityTo)),
        (.metric, Self.text(rule.metric)), (.percentFrom, Self.number(rule.percentFrom)),
        (.quietFrom, Self.minutes(rule.quietFrom)), (.quietTo, Self.minutes(rule.quietTo)),
        // Of no hours without mail there is no exception.
        (.urgentTo, rule.quietFrom == nil ? nil : .number(rule.urgentTo)), (.expires, .minutes(rule.expiresMinutes)),
      ])
  }

  private static func people(_ staff: [[UInt8]], _ provider: TenantEntry) -> Term? {
    staff.isEmpty ? nil : .people(staff.map { provider.id(IdKind.staff.prefix, $0) })
  }

  private static func text(_ text: String?) -> Term? { text.map { .text($0) } }
  private static func number(_ number: Int64?) -> Term? { number.map { .number($0) } }
  private static func minutes(_ minutes: Int64?) -> Term? { minutes.map { .minutes($0) } }
}
