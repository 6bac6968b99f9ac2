import Kernel

/// What is said of requests, problems, changes and releases that are handed over or have another owner.
enum OfferMessages: MessageCatalog {
  static let ruleRequestOffered = Message("notification.rule.request_offered", "Tell whom a request is offered to", zh: "请求移交时通知对方")
  static let ruleRequestAnswered = Message(
    "notification.rule.request_offer_answered", "Tell who hands a request over what became of it", zh: "请求移交有结果时通知移交人")
  static let ruleProblemOffered = Message("notification.rule.problem_offered", "Tell whom a problem is offered to", zh: "问题移交时通知对方")
  static let ruleProblemAnswered = Message(
    "notification.rule.problem_offer_answered", "Tell who hands a problem over what became of it", zh: "问题移交有结果时通知移交人")
  static let ruleChangeOffered = Message("notification.rule.change_offered", "Tell whom a change is offered to", zh: "变更移交时通知对方")
  static let ruleChangeAnswered = Message(
    "notification.rule.change_offer_answered", "Tell who hands a change over what became of it", zh: "变更移交有结果时通知移交人")
  static let ruleReleaseOffered = Message("notification.rule.release_offered", "Tell whom a release is offered to", zh: "发布移交时通知对方")
  static let ruleReleaseAnswered = Message(
    "notification.rule.release_offer_answered", "Tell who hands a release over what became of it", zh: "发布移交有结果时通知移交人")

  static let ruleOpenedUntaken = Message(
    "notification.rule.opened_untaken", "Tell who answers for a new incident that nobody has taken", zh: "新事件无人认领时通知负责人")
  static let ruleIncidentOwner = Message(
    "notification.rule.owner_changed", "Tell who answers for an incident from now on", zh: "事件负责人变更时通知新负责人")
  static let ruleRequestOwner = Message(
    "notification.rule.request_owner_changed", "Tell who answers for a request from now on", zh: "请求负责人变更时通知新负责人")
  static let ruleProblemOwner = Message(
    "notification.rule.problem_owner_changed", "Tell who answers for a problem from now on", zh: "问题负责人变更时通知新负责人")
  static let ruleChangeOwner = Message(
    "notification.rule.change_owner_changed", "Tell who answers for a change from now on", zh: "变更负责人变更时通知新负责人")
  static let ruleReleaseOwner = Message(
    "notification.rule.release_owner_changed", "Tell who answers for a release from now on", zh: "发布负责人变更时通知新负责人")

  static let ownerSubject = Message(
    "notification.handover_owner.subject", "[{number}] You answer for it: {title}", zh: "[{number}] 现由您负责：{title}")
  static let ownerBody = Message(
    "notification.handover_owner.body", "From now on you answer for {number}: {title}\nBy: {actor}, {at}",
    zh: "即日起由您负责 {number}：{title}\n操作人：{actor}，{at}")

  static let offeredSubject = Message("notification.handover_offered.subject", "[{number}] Offered to you: {title}", zh: "[{number}] 请求移交给您：{title}")
  static let offeredBody = Message(
    "notification.handover_offered.body", "{actor} offers you to answer for {number}: {title}\nWhy: {reason}\n\nAccept or return it.",
    zh: "{actor} 请求将 {number} 移交给您：{title}\n原因：{reason}\n\n请接受或退回。")
  static let waitingSubject = Message(
    "notification.handover_waiting.subject", "[{number}] Your team has not answered the offer: {title}", zh: "[{number}] 团队尚未答复移交：{title}")
  static let waitingBody = Message(
    "notification.handover_waiting.body",
    "{number}: {title}\n\nYour team was offered it a day ago or earlier, and nobody has answered. Accept or return it, or see to it that one of the team does.",
    zh: "{number}：{title}\n\n已请求移交给您的团队一天或更久，至今无人答复。请接受或退回，或安排团队成员答复。")
  static let answeredSubject = Message(
    "notification.handover_answered.subject", "[{number}] Hand-over {answer}: {title}", zh: "[{number}] 移交{answer}：{title}")
  static let answeredBody = Message(
    "notification.handover_answered.body", "{number}: {title}\nHand-over: {answer}\nBy: {actor}, {at}\nWhy: {reason}",
    zh: "{number}：{title}\n移交结果：{answer}\n答复人：{actor}，{at}\n原因：{reason}")
  static let accepted = Message("notification.handover.accepted", "accepted", zh: "已接受")
  static let returned = Message("notification.handover.returned", "returned", zh: "已退回")
  static let withdrawn = Message("notification.handover.withdrawn", "withdrawn", zh: "已撤回")

  static let all = [
    ruleOpenedUntaken, ruleIncidentOwner, ruleRequestOwner, ruleProblemOwner, ruleChangeOwner, ruleReleaseOwner, ownerSubject, ownerBody,
    ruleRequestOffered, ruleRequestAnswered, ruleProblemOffered, ruleProblemAnswered, ruleChangeOffered, ruleChangeAnswered,
    ruleReleaseOffered, ruleReleaseAnswered,
    offeredSubject, offeredBody, waitingSubject, waitingBody, answeredSubject, answeredBody, accepted, returned, withdrawn,
  ]
}
