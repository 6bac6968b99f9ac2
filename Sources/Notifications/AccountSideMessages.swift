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
    "{number}: {contract}\nCustomer: {customer}\nTo be decided by: {decisionOn}\nLast day of the term: {endsOn}\nRenewal: {mode}\n\nNobody has decided yet.",
    zh: "{number}：{contract}\n客户：{customer}\n决定期限：{decisionOn}\n期限最后一天：{endsOn}\n续约方式：{mode}\n\n尚无人作出决定。")
  static let renewalManual = Message("notification.renewal.manual", "somebody decides", zh: "人工决定")
  static let renewalAuto = Message(
    "notification.renewal.auto", "by itself on that day, unless somebody declines", zh: "除非拒绝，否则届时自动续约")
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
    "notification.process_escalated.body", "{subject} is still open after {age} minutes.\nRule: {rule}", zh: "{subject} 已打开 {age} 分钟，仍未结束。\n规则：{rule}")
  static let gateAskedSubject = Message("notification.gate_asked.subject", "Your approval is asked for: {gate}", zh: "请审批：{gate}")
  static let gateAskedBody = Message(
    "notification.gate_asked.body", "{asker} waits at the gate {gate} with {subject}.\nIts purpose: {purpose}\n\nAgree or refuse: gate_approval.list",
    zh: "{asker}正在关卡“{gate}”等待审批：{subject}\n目的：{purpose}\n\n请同意或拒绝：gate_approval.list")
  static let gateDecidedSubject = Message("notification.gate_decided.subject", "{gate}: {answer}", zh: "{gate}：{answer}")
  static let gateDecidedBody = Message(
    "notification.gate_decided.body", "{approver} has decided at the gate {gate} on {subject}: {answer}\n{reason}", zh: "{approver}已在关卡“{gate}”就{subject}作出决定：{answer}\n{reason}")
  static let gateApproved = Message("notification.gate.approved", "agreed to", zh: "已同意")
  static let gateRejected = Message("notification.gate.rejected", "refused", zh: "已拒绝")

  static let all = [
    renewalDueSubject, renewalNearSubject, renewalMissedSubject, renewalBody, renewalManual, renewalAuto, gapsOpenedSubject, gapsOpenedBody,
    certificationExpiringSubject,
    certificationExpiredSubject, certificationBody, actionAssignedSubject, actionDueSubject, actionOverdueSubject, actionBody,
    processEscalatedSubject, processEscalatedBody, gateAskedSubject, gateAskedBody, gateDecidedSubject, gateDecidedBody, gateApproved, gateRejected,
  ]
}
