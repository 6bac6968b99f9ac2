import Kernel

/// What is said of major incidents, among the staff.
enum MajorIncidentMessages: MessageCatalog {
  static let ruleDeclared = Message(
    "notification.rule.major_incident_declared", "Tell the lead and account managers of a major incident", zh: "宣布重大事件时通知负责人与客户经理")
  static let ruleLogged = Message(
    "notification.rule.major_incident_logged", "Tell the lead what is written in the log of a major incident", zh: "重大事件登记沟通日志时通知负责人")
  static let ruleMitigated = Message(
    "notification.rule.major_incident_mitigated", "Tell what helps against a major incident", zh: "重大事件已缓解时通知相关人员")
  static let ruleResolved = Message("notification.rule.major_incident_resolved", "Tell that a major incident is resolved", zh: "重大事件已解决时通知相关人员")
  static let ruleReopened = Message(
    "notification.rule.major_incident_reopened", "Tell that a major incident goes on after all", zh: "重大事件重新打开时通知相关人员")
  static let ruleReviewed = Message(
    "notification.rule.major_incident_reviewed", "Tell the lead what was learnt from a major incident", zh: "重大事件完成回顾时通知负责人")
  static let ruleOffered = Message("notification.rule.major_incident_offered", "Tell whom a major incident is offered to", zh: "重大事件移交时通知对方")
  static let ruleOfferAnswered = Message(
    "notification.rule.major_incident_offer_answered", "Tell who hands a major incident over what became of it", zh: "重大事件移交有结果时通知移交人")
  static let ruleOwner = Message(
    "notification.rule.major_incident_owner_changed", "Tell who leads a major incident from now on", zh: "重大事件负责人变更时通知新负责人")

  static let declaredSubject = Message(
    "notification.major_incident_declared.subject", "[{number}] Major incident: {title}", zh: "[{number}] 重大事件：{title}")
  static let loggedSubject = Message(
    "notification.major_incident_logged.subject", "[{number}] News of the major incident: {title}", zh: "[{number}] 重大事件进展：{title}")
  static let mitigatedSubject = Message(
    "notification.major_incident_mitigated.subject", "[{number}] Major incident mitigated: {title}", zh: "[{number}] 重大事件已缓解：{title}")
  static let resolvedSubject = Message(
    "notification.major_incident_resolved.subject", "[{number}] Major incident resolved: {title}", zh: "[{number}] 重大事件已解决：{title}")
  static let reopenedSubject = Message(
    "notification.major_incident_reopened.subject", "[{number}] Major incident goes on: {title}", zh: "[{number}] 重大事件重新打开：{title}")
  static let reviewedSubject = Message(
    "notification.major_incident_reviewed.subject", "[{number}] Major incident reviewed: {title}", zh: "[{number}] 重大事件已回顾：{title}")
  static let body = Message(
    "notification.major_incident.body", "{number}: {title}\nState: {state}\nCustomers: {customers}\nBy: {actor}, {at}",
    zh: "{number}：{title}\n状态：{state}\n涉及客户数：{customers}\n操作人：{actor}，{at}")
  static let textBody = Message(
    "notification.major_incident_text.body", "{number}: {title}\nState: {state}\nCustomers: {customers}\nBy: {actor}, {at}\n\n{text}",
    zh: "{number}：{title}\n状态：{state}\n涉及客户数：{customers}\n操作人：{actor}，{at}\n\n{text}")

  static let all = [
    ruleDeclared, ruleLogged, ruleMitigated, ruleResolved, ruleReopened, ruleReviewed, ruleOffered, ruleOfferAnswered, ruleOwner, declaredSubject,
    loggedSubject, mitigatedSubject, resolvedSubject, reopenedSubject, reviewedSubject, body, textBody,
  ]
}
