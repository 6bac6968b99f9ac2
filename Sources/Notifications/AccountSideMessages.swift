import Kernel

/// What is said of contracts and suppliers.
enum AccountSideMessages: MessageCatalog {
  static let renewalDueSubject = Message(
    "notification.renewal_due.subject", "[{number}] Renewal to be decided by {decisionOn}: {contract}", zh: "[{number}] 续约须于 {decisionOn} 前决定：{contract}")
  static let renewalNearSubject = Message(
    "notification.renewal_near.subject", "[{number}] Decide by {decisionOn} on the renewal: {contract}", zh: "[{number}] 续约决定日 {decisionOn} 临近：{contract}")
  static let renewalMissedSubject = Message(
    "notification.renewal_missed.subject", "[{number}] The renewal was to be decided by {decisionOn}: {contract}",
    zh: "[{number}] 续约应于 {decisionOn} 前决定，尚未决定：{contract}")
  static let renewalBody = Message(
    "notification.renewal.body",
    "{number}: {contract}\n{party}\nTo be decided by: {decisionOn}\nLast day of the term: {endsOn}\nRenewal: {mode}\n\nNobody has decided yet.",
    zh: "{number}：{contract}\n{party}\n决定期限：{decisionOn}\n期限最后一天：{endsOn}\n续约方式：{mode}\n\n尚无人作出决定。")
  static let renewalManual = Message("notification.renewal.manual", "somebody decides", zh: "人工决定")
  static let renewalAuto = Message(
    "notification.renewal.auto", "by itself on that day, unless somebody declines", zh: "除非拒绝，否则届时自动续约")
  static let withCustomer = Message("notification.contract.with_customer", "Customer: {name}", zh: "客户：{name}")
  static let withSupplier = Message("notification.contract.with_supplier", "Supplier: {name}", zh: "供应商：{name}")
  static let openEnded = Message("notification.contract.open_ended", "open-ended", zh: "无固定期限")
  static let renewalRenewedSubject = Message("notification.renewal_renewed.subject", "[{number}] Renewed: {contract}", zh: "[{number}] 已续约：{contract}")
  static let renewalRenewedBody = Message(
    "notification.renewal_renewed.body",
    "{number}: {contract}\n{party}\nLast day of the term before: {endsOn}\nLast day of the term now: {termEndsOn}\nBy: {actor}",
    zh: "{number}：{contract}\n{party}\n原期限最后一天：{endsOn}\n现期限最后一天：{termEndsOn}\n操作人：{actor}")
  static let renewalDeclinedSubject = Message(
    "notification.renewal_declined.subject", "[{number}] Not to be renewed, ends on {endsOn}: {contract}", zh: "[{number}] 决定不续约，{endsOn} 到期：{contract}")
  static let renewalDeclinedBody = Message(
    "notification.renewal_declined.body", "{number}: {contract}\n{party}\nLast day of the term: {endsOn}\nDecided by: {actor}",
    zh: "{number}：{contract}\n{party}\n期限最后一天：{endsOn}\n决定人：{actor}")
  static let renewalNotRenewedSubject = Message(
    "notification.renewal_not_renewed.subject", "[{number}] Has ended as decided: {contract}", zh: "[{number}] 已按决定到期终止：{contract}")
  /// Without a day: it may have been ended before its term was over.
  static let renewalNotRenewedBody = Message(
    "notification.renewal_not_renewed.body", "{number}: {contract}\n{party}\n\nNothing holds under it any more.",
    zh: "{number}：{contract}\n{party}\n\n该合同已不再有效。")
  static let renewalLapsedSubject = Message(
    "notification.renewal_lapsed.subject", "[{number}] Has lapsed, and nobody decided: {contract}", zh: "[{number}] 未作决定，合同已到期：{contract}")
  static let renewalLapsedBody = Message(
    "notification.renewal_lapsed.body",
    "{number}: {contract}\n{party}\nIt was to be decided by: {decisionOn}\nLast day of the term: {endsOn}\n\nNothing holds under it any more. If it goes on, give it a new end.",
    zh: "{number}：{contract}\n{party}\n应于 {decisionOn} 前决定\n期限最后一天：{endsOn}\n\n该合同已不再有效。如需继续，请变更其结束日期。")
  static let contractLapsedSubject = Message(
    "notification.contract_lapsed.subject", "[{number}] Its term is over: {contract}", zh: "[{number}] 合同期限已届满：{contract}")
  static let contractOverBody = Message(
    "notification.contract_over.body", "{number}: {contract}\n{party}\nLast day of the term: {endsOn}\n\nNothing holds under it any more.",
    zh: "{number}：{contract}\n{party}\n期限最后一天：{endsOn}\n\n该合同已不再有效。")
  static let gapsOpenedSubject = Message(
    "notification.gaps_opened.subject", "[{number}] Promises without backing ({count}): {line}", zh: "[{number}] 承诺缺少支撑（{count} 处）：{line}")
  static let gapsOpenedBody = Message(
    "notification.gaps_opened.body",
    "{number}: {contract}, {line}\nCustomer: {customer}\n\nSomething changed, and these gaps opened that nobody has accepted:\n\n{gaps}",
    zh: "{number}：{contract}，{line}\n客户：{customer}\n\n因相关内容变更，出现以下尚未接受的缺口：\n\n{gaps}")
  static let certificationExpiringSubject = Message(
    "notification.certification_expiring.subject", "{supplier}: {certification} expires after {expiresOn}", zh: "{supplier}：{certification} 将于 {expiresOn} 后失效")
  static let certificationExpiredSubject = Message(
    "notification.certification_expired.subject", "{supplier}: {certification} has expired", zh: "{supplier}：{certification} 已过期")
  static let certificationBody = Message(
    "notification.certification.body",
    "Supplier: {supplier}\nCertification: {certification}\nIssuer: {issuer}\nNumber: {reference}\nLast valid day: {expiresOn}\n\nRecord the renewal and end this one, or take it up with the supplier.",
    zh: "供应商：{supplier}\n认证：{certification}\n发证机构：{issuer}\n证书编号：{reference}\n有效期最后一天：{expiresOn}\n\n请登记续证并终止本条记录，或与供应商联系。")
  static let actionAssignedSubject = Message(
    "notification.action_assigned.subject", "{supplier}: yours to see to by {dueOn}: {action}", zh: "{supplier}：请于 {dueOn} 前落实：{action}")
  static let actionDueSubject = Message("notification.action_due.subject", "{supplier}: due on {dueOn}: {action}", zh: "{supplier}：{dueOn} 到期：{action}")
  static let actionOverdueSubject = Message(
    "notification.action_overdue.subject", "{supplier}: overdue since {dueOn}: {action}", zh: "{supplier}：自 {dueOn} 起逾期：{action}")
  static let actionBody = Message(
    "notification.action.body", "Supplier: {supplier}\nAppraisal of: {period}\nWhat is to be done: {action}\nBy: {dueOn}\nOwner: {owner}",
    zh: "供应商：{supplier}\n考核期间：{period}\n措施：{action}\n期限：{dueOn}\n负责人：{owner}")

  static let processEscalatedSubject = Message("notification.process_escalated.subject", "Escalated: {subject} ({rule})", zh: "已升级：{subject}（{rule}）")
  static let processEscalatedBody = Message(
    "notification.process_escalated.body", "{subject} goes on too long. {why}\nRule: {rule}", zh: "{subject} 处理时间过长。{why}\n规则：{rule}")
  static let gateAskedSubject = Message("notification.gate_asked.subject", "Your approval is asked for: {gate}", zh: "请审批：{gate}")
  static let gateAskedBody = Message(
    "notification.gate_asked.body", "{asker} waits at the gate {gate} with {subject}.\nIts purpose: {purpose}\n\nAgree or refuse: gate_approval.list",
    zh: "{asker}正在关卡“{gate}”等待审批：{subject}\n目的：{purpose}\n\n请同意或拒绝：gate_approval.list")
  static let gateDecidedSubject = Message("notification.gate_decided.subject", "{gate}: {answer}", zh: "关卡“{gate}”：{answer}")
  static let gateDecidedBody = Message(
    "notification.gate_decided.body", "What {approver} was asked at the gate {gate} on {subject}: {answer}\n{reason}",
    zh: "关卡“{gate}”就{subject}向{approver}请求的审批：{answer}\n{reason}")
  static let gateApproved = Message("notification.gate.approved", "agreed to", zh: "已同意")
  static let gateRejected = Message("notification.gate.rejected", "refused", zh: "已拒绝")
  static let gateExpired = Message("notification.gate.expired", "not decided in time, so refused", zh: "逾期未决定，视为拒绝")

  static let all = [
    renewalDueSubject, renewalNearSubject, renewalMissedSubject, renewalBody, renewalManual, renewalAuto, withCustomer, withSupplier,
    openEnded, renewalRenewedSubject, renewalRenewedBody, renewalDeclinedSubject, renewalDeclinedBody, renewalNotRenewedSubject,
    renewalNotRenewedBody, renewalLapsedSubject, renewalLapsedBody, contractLapsedSubject, contractOverBody, gapsOpenedSubject, gapsOpenedBody,
    certificationExpiringSubject,
    certificationExpiredSubject, certificationBody, actionAssignedSubject, actionDueSubject, actionOverdueSubject, actionBody,
    processEscalatedSubject, processEscalatedBody, gateAskedSubject, gateAskedBody, gateDecidedSubject, gateDecidedBody, gateApproved, gateRejected,
    gateExpired,
  ]
}
