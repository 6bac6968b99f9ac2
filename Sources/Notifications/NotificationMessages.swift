import Kernel

package enum NotificationMessages: MessageCatalog {
  // Refusals.
  static let ruleNameTaken = Message("notification_rule.name_taken", "There is a rule of this name already.", zh: "已有同名的通知规则。")
  static let ruleRetired = Message("notification_rule.retired", "The rule is retired.", zh: "该通知规则已停用。")
  static let nothingToChange = Message("notification.nothing_to_change", "Nothing would change.", zh: "没有任何变更。")
  static let nobody = Message("notification_rule.nobody", "Say who is told: an audience, members of the staff, or a webhook.", zh: "请指定通知对象：受众、服务商人员或 Webhook。")
  static let notForCustomers = Message(
    "notification_rule.not_for_customers", "{event} is the provider's own affair: no customer's people can be told. Use watchers for the staff who watch.",
    zh: "{event} 属服务商内部事项，不能通知客户人员；如需通知关注的服务商人员，请使用 watchers。")
  static let noSuchAudience = Message(
    "notification_rule.no_such_audience", "{event} has no {audience}. Allowed: {allowed}, members of the staff, a webhook.",
    zh: "{event} 没有受众 {audience}。可用：{allowed}，以及指定的服务商人员和 Webhook。")
  static let ofTicketsOnly = Message(
    "notification_rule.of_tickets_only", "{event} is about nothing that has a priority.", zh: "{event} 所涉及的事项没有优先级。")
  static let ofNoCustomer = Message(
    "notification_rule.of_no_customer", "{event} is the provider's own affair and of no customer.", zh: "{event} 属服务商内部事项，不属于某个客户。")
  static let webhookWithChannel = Message(
    "notification_rule.webhook", "The channel webhook and a webhook go together.", zh: "渠道 webhook 与 Webhook 目标须同时填写。")
  static let webhookOnly = Message(
    "notification_rule.webhook_only", "A webhook needs no audience: people are told by inbox and email.", zh: "Webhook 无需受众：人员通过 inbox 和 email 通知。")
  static let peopleNeedChannel = Message(
    "notification_rule.people", "For people, name inbox or email among the channels.", zh: "通知人员须在渠道中填写 inbox 或 email。")
  static let ofClocksOnly = Message(
    "notification_rule.of_clocks_only", "Only clock.warned, clock.breached and those of request.clock_ have a metric.",
    zh: "仅 clock.warned、clock.breached 及 request.clock_ 类可指定指标。")
  static let ofWarningsOnly = Message(
    "notification_rule.of_warnings_only", "Only clock.warned and request.clock_warned have a share of the budget.",
    zh: "仅 clock.warned 和 request.clock_warned 可指定时限消耗百分比。")
  static let notATime = Message("notification_rule.time", "This must be a time of day such as 22:00.", zh: "必须是一天中的时刻，例如 22:00。")
  static let quietTogether = Message("notification_rule.quiet", "Give the beginning and the end of the quiet hours together.", zh: "请同时填写免打扰时段的开始和结束。")
  static let quietNever = Message("notification_rule.quiet_never", "The quiet hours must end at another time than they begin.", zh: "免打扰时段的结束时刻不能与开始时刻相同。")
  static let unknownTemplateField = Message(
    "notification_template.unknown_field", "There is no field {name} here. Allowed: {allowed}.", zh: "此处没有字段 {name}。可用字段：{allowed}。")
  static let noTemplate = Message("notification_template.stock", "The stock words are in use already.", zh: "当前已使用内置模板。")
  static let held = Message("notification.held_already", "Outbound notifications are held already.", zh: "外发通知已暂停。")
  static let notHeld = Message("notification.not_held", "Outbound notifications are not held.", zh: "外发通知未暂停。")
  static let notDead = Message("notification.not_dead", "Only what could not be sent is repeated; this is {state}.", zh: "只能重发未能送达的通知；当前状态为 {state}。")
  static let webhookNameTaken = Message("webhook.name_taken", "There is a webhook of this name already.", zh: "已有同名的 Webhook。")
  static let webhookRetired = Message("webhook.retired", "The webhook is retired.", zh: "该 Webhook 已停用。")
  static let webhookUsed = Message("webhook.used", "A rule that is active names it: retire or change that first.", zh: "仍有在用的规则引用它：请先停用或修改该规则。")
  static let badUrl = Message(
    "webhook.url", "This must be an https address with a host name, without user, password or fragment: https://hooks.example.com/steward.",
    zh: "必须是带主机名的 https 地址，且不含用户名、密码或片段，例如 https://hooks.example.com/steward。")
  static let urlNotPublic = Message(
    "webhook.url_not_public",
    "No message goes to this address: it is not of the public internet, and not among those that the operator allows (webhooks.allow).",
    zh: "不会向该地址投递：它不是公网地址，也不在系统运维人员允许的地址（webhooks.allow）之内。")

  // What stock rules are called.
  static let ruleOpened = Message("notification.rule.opened", "Acknowledge a report to its requester", zh: "向请求人确认已受理")
  static let ruleAssigned = Message("notification.rule.assigned", "Tell whom an incident was assigned to", zh: "事件分派后通知处理人")
  static let ruleOffered = Message("notification.rule.offered", "Tell whom an incident is offered to", zh: "事件移交时通知对方")
  static let ruleCustomerCommented = Message("notification.rule.customer_commented", "Tell the desk what the customer wrote", zh: "客户评论后通知服务台")
  static let ruleAnswered = Message("notification.rule.answered", "Tell the requester what the desk wrote", zh: "服务台答复后通知请求人")
  static let ruleResolved = Message("notification.rule.resolved", "Tell the requester that it is resolved", zh: "事件解决后通知请求人")
  static let ruleReopened = Message("notification.rule.reopened", "Tell the owner that it was reopened", zh: "事件重新打开后通知负责人")
  static let ruleProblemTold = Message("notification.rule.problem_told", "Tell the owner what becomes of the problem", zh: "问题有进展时通知负责人")
  static let ruleEscalated = Message("notification.rule.escalated", "Tell whom an escalation names, and the owner", zh: "升级时通知规则指定的人员和负责人")
  static let ruleWarned = Message("notification.rule.clock_warned", "Warn the owner of a promise that runs out", zh: "承诺即将到期时提醒负责人")
  static let ruleBreached = Message("notification.rule.clock_breached", "Tell the owner of a broken promise", zh: "承诺违约时通知负责人")

  static let ruleRenewalDue = Message("notification.rule.renewal_due", "Tell account managers which renewal is to be decided", zh: "续约待决定时通知客户经理")
  static let ruleRenewalNear = Message(
    "notification.rule.renewal_near", "Remind account managers before the decision day of a renewal", zh: "续约决定日临近时提醒客户经理")
  static let ruleRenewalMissed = Message(
    "notification.rule.renewal_missed", "Tell account managers that nobody decided on a renewal", zh: "续约逾期未决定时通知客户经理")
  static let ruleRenewalRenewed = Message("notification.rule.renewal_renewed", "Tell account managers what was renewed", zh: "合同续约后通知客户经理")
  static let ruleRenewalDeclined = Message(
    "notification.rule.renewal_declined", "Tell account managers what is not to be renewed", zh: "决定不续约时通知客户经理")
  static let ruleRenewalNotRenewed = Message(
    "notification.rule.renewal_not_renewed", "Tell account managers that a contract has ended as decided", zh: "合同按决定到期终止时通知客户经理")
  static let ruleRenewalLapsed = Message(
    "notification.rule.renewal_lapsed", "Tell account managers that a contract lapsed undecided", zh: "合同未作决定而到期时通知客户经理")
  static let ruleContractLapsed = Message(
    "notification.rule.contract_lapsed", "Tell account managers that a contract's term is over", zh: "合同期限届满时通知客户经理")
  static let ruleGapsOpened = Message(
    "notification.rule.gaps_opened", "Tell account managers which promises are not backed any more", zh: "承诺出现支撑缺口时通知客户经理")
  static let ruleCertificationExpiring = Message(
    "notification.rule.certification_expiring", "Remind of a supplier's certification that expires", zh: "供应商认证即将到期时提醒")
  static let ruleCertificationExpired = Message(
    "notification.rule.certification_expired", "Tell of a supplier's certification that has expired", zh: "供应商认证过期时通知")
  static let ruleActionAssigned = Message(
    "notification.rule.action_assigned", "Tell who is to see to an action about a supplier", zh: "分派供应商改进措施时通知负责人")
  static let ruleActionDue = Message("notification.rule.action_due", "Remind the owner of an action that is due", zh: "改进措施即将到期时提醒负责人")
  static let ruleActionOverdue = Message("notification.rule.action_overdue", "Tell the owner of an action that is overdue", zh: "改进措施逾期时通知负责人")
  static let ruleProcessEscalated = Message(
    "notification.rule.process_escalated", "Tell whom a rule of escalation names of a request, a problem, a change, a release or a major incident",
    zh: "请求、问题、变更、发布或重大事件升级时通知规则指定的人员")
  static let ruleGateAsked = Message("notification.rule.gate_approval_asked", "Somebody waits for your approval at a gate", zh: "关卡处有事项待您审批")
  static let ruleGateDecided = Message("notification.rule.gate_approval_decided", "What became of an approval at a gate", zh: "关卡审批结果")

  // What is said.
  static let openedSubject = Message("notification.opened.subject", "[{number}] We have your report: {title}", zh: "[{number}] 已受理：{title}")
  static let openedBody = Message(
    "notification.opened.body", "{number}: {title}\nPriority: {priority}\n\nWe tell you as soon as there is something new.",
    zh: "{number}：{title}\n优先级：{priority}\n\n有进展时将及时通知您。")
  static let openedForStaffSubject = Message("notification.opened_for_staff.subject", "[{number}] New: {title}", zh: "[{number}] 新事件：{title}")
  static let assignedSubject = Message("notification.assigned.subject", "[{number}] Assigned: {title}", zh: "[{number}] 已分派：{title}")
  static let ticketBody = Message(
    "notification.ticket.body", "{number}: {title}\nCustomer: {customer}\nPriority: {priority}\nState: {state}\nDue: {due}\nTeam: {team}\nBy: {actor}, {at}",
    zh: "{number}：{title}\n客户：{customer}\n优先级：{priority}\n状态：{state}\n到期：{due}\n团队：{team}\n操作人：{actor}，{at}")
  static let offeredSubject = Message("notification.offered.subject", "[{number}] Offered to you: {title}", zh: "[{number}] 请求移交给您：{title}")
  static let offeredBody = Message(
    "notification.offered.body",
    "{actor} offers you to answer for {number}: {title}\nCustomer: {customer}\nPriority: {priority}\nDue: {due}\n\nAccept or return it.",
    zh: "{actor} 请求将 {number} 移交给您：{title}\n客户：{customer}\n优先级：{priority}\n到期：{due}\n\n请接受或退回。")
  static let ownerChangedSubject = Message("notification.owner_changed.subject", "[{number}] Another owner: {title}", zh: "[{number}] 负责人变更：{title}")
  static let customerCommentedSubject = Message(
    "notification.customer_commented.subject", "[{number}] {customer} wrote: {title}", zh: "[{number}] {customer} 有新评论：{title}")
  static let answeredSubject = Message("notification.answered.subject", "[{number}] News about: {title}", zh: "[{number}] 有新答复：{title}")
  static let answeredForStaffSubject = Message(
    "notification.answered_for_staff.subject", "[{number}] The customer was answered: {title}", zh: "[{number}] 已答复客户：{title}")
  static let internallyCommentedSubject = Message(
    "notification.internally_commented.subject", "[{number}] Note of a colleague: {title}", zh: "[{number}] 内部备注：{title}")
  static let commentBody = Message(
    "notification.comment.body", "{actor} wrote about {number}: {title}\n\n{comment}", zh: "{actor} 就 {number}（{title}）写道：\n\n{comment}")
  static let resolvedSubject = Message("notification.resolved.subject", "[{number}] Resolved: {title}", zh: "[{number}] 已解决：{title}")
  static let resolvedBody = Message(
    "notification.resolved.body", "{number} is resolved: {title}\n\nIf it is not, tell us and we take it up again.",
    zh: "{number} 已解决：{title}\n\n如问题仍存在，请告知我们，我们将继续处理。")
  static let closedSubject = Message("notification.closed.subject", "[{number}] Closed: {title}", zh: "[{number}] 已关闭：{title}")
  static let reopenedSubject = Message("notification.reopened.subject", "[{number}] Reopened: {title}", zh: "[{number}] 已重新打开：{title}")
  static let problemToldSubject = Message(
    "notification.problem_told.subject", "[{number}] Problem {problem}: {title}", zh: "[{number}] 问题 {problem} 有进展：{title}")
  static let problemToldBody = Message(
    "notification.problem_told.body", "There is news of problem {problem}, which is behind {number}: {title}\nCustomer: {customer}",
    zh: "{number}（{title}）背后的问题 {problem} 有新进展。\n客户：{customer}")
  static let escalatedSubject = Message("notification.escalated.subject", "[{number}] Escalated: {title}", zh: "[{number}] 已升级：{title}")
  static let escalatedBody = Message(
    "notification.escalated.body",
    """
    {number}: {title}
    Customer: {customer}
    Priority: {priority}
    State: {state}
    Due: {due}
    Team: {team}

    Escalated at {at} by the rule "{rule}". {why}
    """,
    zh: """
      {number}：{title}
      客户：{customer}
      优先级：{priority}
      状态：{state}
      到期：{due}
      团队：{team}

      升级时间：{at}，规则：“{rule}”。{why}
      """)
  static let escalatedByAge = Message(
    "notification.escalated.by_age", "It is still open {age} minutes after it was recorded.", zh: "登记 {age} 分钟后仍未解决。")
  static let escalatedByShare = Message(
    "notification.escalated.by_share", "{percent} % of the time promised for {metric} has passed.", zh: "{metric} 承诺时限已用 {percent} %。")
  static let escalatedByBreach = Message("notification.escalated.by_breach", "The promise of {metric} is broken.", zh: "{metric} 承诺已违约。")
  static let escalatedByTeamShare = Message(
    "notification.escalated.by_team_share", "{percent} % of the team's time for {metric} (OLA) has passed.", zh: "团队的 {metric} 时限（OLA）已用 {percent} %。")
  static let escalatedByTeamBreach = Message(
    "notification.escalated.by_team_breach", "The team's promise of {metric} (OLA) is broken.", zh: "团队的 {metric} 承诺（OLA）已违约。")
  static let escalatedBySupplierShare = Message(
    "notification.escalated.by_supplier_share", "{percent} % of the supplier's time for {metric} (UC) has passed.",
    zh: "供应商的 {metric} 时限（支撑合同）已用 {percent} %。")
  static let escalatedBySupplierBreach = Message(
    "notification.escalated.by_supplier_breach", "The supplier's promise of {metric} (UC) is broken.", zh: "供应商的 {metric} 承诺（支撑合同）已违约。")
  static let clockWarnedSubject = Message(
    "notification.clock_warned.subject", "[{number}] {percent}% of {metric} used: {title}", zh: "[{number}] {metric} 时限已用 {percent}%：{title}")
  static let clockBreachedSubject = Message(
    "notification.clock_breached.subject", "[{number}] {metric} breached: {title}", zh: "[{number}] {metric} 已违约：{title}")
  static let clockBody = Message(
    "notification.clock.body", "{number}: {title}\nCustomer: {customer}\nPriority: {priority}\nPromise: {metric}\nDue: {due}\nState: {state}\nTeam: {team}",
    zh: "{number}：{title}\n客户：{customer}\n优先级：{priority}\n承诺：{metric}\n到期：{due}\n状态：{state}\n团队：{team}")
  static let summarySubject = Message("notification.summary.subject", "{count} more notifications in the last hour", zh: "过去一小时另有 {count} 条通知")
  static let summaryBody = Message(
    "notification.summary.body", "So much happened that these were not sent one by one:\n\n{list}", zh: "通知过多，以下各条未逐一发送：\n\n{list}")

  package static let all = [
    ruleNameTaken, ruleRetired, nothingToChange, nobody, notForCustomers, noSuchAudience, ofTicketsOnly, ofNoCustomer, webhookWithChannel, webhookOnly,
    peopleNeedChannel, ofClocksOnly, ofWarningsOnly,
    notATime, quietTogether, quietNever,
    unknownTemplateField, noTemplate, held, notHeld, notDead, webhookNameTaken, webhookRetired, webhookUsed, badUrl, urlNotPublic,
    ruleOpened, ruleAssigned, ruleOffered, ruleCustomerCommented, ruleAnswered, ruleResolved, ruleReopened, ruleProblemTold, ruleEscalated, ruleWarned,
    ruleBreached, ruleRenewalDue, ruleRenewalNear, ruleRenewalMissed, ruleRenewalRenewed, ruleRenewalDeclined,
    ruleRenewalNotRenewed, ruleRenewalLapsed, ruleContractLapsed, ruleGapsOpened, ruleCertificationExpiring, ruleCertificationExpired,
    ruleActionAssigned, ruleActionDue, ruleActionOverdue, ruleProcessEscalated, ruleGateAsked, ruleGateDecided,
    openedSubject, openedForStaffSubject, openedBody, assignedSubject, ticketBody, offeredSubject, offeredBody, ownerChangedSubject,
    customerCommentedSubject, answeredSubject, answeredForStaffSubject,
    internallyCommentedSubject, commentBody, resolvedSubject, resolvedBody, closedSubject, reopenedSubject, problemToldSubject, problemToldBody,
    escalatedSubject, escalatedBody, escalatedByAge, escalatedByShare, escalatedByBreach, escalatedByTeamShare, escalatedByTeamBreach,
    escalatedBySupplierShare, escalatedBySupplierBreach,
    clockWarnedSubject, clockBreachedSubject, clockBody, summarySubject, summaryBody,
  ]
}
