import Kernel

/// What is said of requests and changes, and of what somebody is to agree to.
enum AgreementMessages: MessageCatalog {
  static let ruleRequestSubmitted = Message("notification.rule.request_submitted", "A request was recorded for you", zh: "已为您登记请求")
  static let ruleRequestFulfilled = Message("notification.rule.request_fulfilled", "Your request is fulfilled", zh: "您的请求已履行")
  static let ruleRequestClosed = Message("notification.rule.request_closed", "Your request is closed", zh: "您的请求已关闭")
  static let ruleRequestCancelled = Message("notification.rule.request_cancelled", "Your request was cancelled", zh: "您的请求已取消")
  static let ruleRequestAsked = Message("notification.rule.request_approval_asked", "A request waits for your approval", zh: "请求待您审批")
  static let ruleRequestDecided = Message("notification.rule.request_approval_decided", "What became of the approval of your request", zh: "您的请求的审批结果")
  static let ruleRequestCommented = Message(
    "notification.rule.request_customer_commented", "Tell who fulfils a request what the customer wrote", zh: "客户评论请求后通知履行人员")
  static let ruleRequestAnswered = Message("notification.rule.request_answered", "News about your request", zh: "您的请求有新答复")
  static let ruleRequestClockWarned = Message(
    "notification.rule.request_clock_warned", "Warn who is at a request of a promise that runs out", zh: "请求的承诺即将到期时提醒处理人")
  static let ruleRequestClockBreached = Message(
    "notification.rule.request_clock_breached", "Tell who is at a request of a broken promise", zh: "请求的承诺违约时通知处理人")
  static let ruleChangeAsked = Message("notification.rule.change_approval_asked", "A change waits for your approval", zh: "变更待您审批")
  static let ruleChangeDecided = Message("notification.rule.change_approval_decided", "What became of the approval of your change", zh: "您的变更的审批结果")
  static let ruleChangeRevised = Message("notification.rule.change_revised", "Your change was taken back to be written anew", zh: "您的变更已退回重新编写")
  static let ruleChangeStarted = Message("notification.rule.change_started", "Your change has begun", zh: "您的变更已开始实施")
  static let ruleChangeImplemented = Message("notification.rule.change_implemented", "Your change was implemented", zh: "您的变更已实施")
  static let ruleChangeBackedOut = Message("notification.rule.change_backed_out", "Your change was backed out", zh: "您的变更已回退")
  static let ruleChangeClosed = Message("notification.rule.change_closed", "Your change is closed", zh: "您的变更已关闭")
  static let ruleChangeCancelled = Message("notification.rule.change_cancelled", "Your change was cancelled", zh: "您的变更已取消")

  static let requestSubmittedSubject = Message(
    "notification.request_submitted.subject", "[{number}] We have the request: {offering}", zh: "[{number}] 已受理请求：{offering}")
  static let requestSubmittedBody = Message(
    "notification.request_submitted.body", "{number}: {offering}\nFor: {requester}\nOrdered by: {actor}\n\nWe tell you what becomes of it.",
    zh: "{number}：{offering}\n申请对象：{requester}\n提交人：{actor}\n\n后续结果将及时通知您。")
  static let requestFulfilledSubject = Message(
    "notification.request_fulfilled.subject", "[{number}] Fulfilled: {offering}", zh: "[{number}] 已履行：{offering}")
  static let requestFulfilledBody = Message(
    "notification.request_fulfilled.body", "{number} is fulfilled: {offering}\nFor: {requester}\n\nIf something is missing, reopen it or comment on it.",
    zh: "{number} 已履行：{offering}\n申请对象：{requester}\n\n如有缺漏，请重新打开该请求或在其中评论。")
  static let requestClosedSubject = Message("notification.request_closed.subject", "[{number}] Closed: {offering}", zh: "[{number}] 已关闭：{offering}")
  static let requestClosedBody = Message(
    "notification.request_closed.body",
    "{number} is closed: {offering}\nFor: {requester}\n\nIf something is still missing, reopen it in time, or order it anew.",
    zh: "{number} 已关闭：{offering}\n申请对象：{requester}\n\n如仍有缺漏，请及时重新打开，或重新申请。")
  static let requestCancelledSubject = Message(
    "notification.request_cancelled.subject", "[{number}] Cancelled: {offering}", zh: "[{number}] 已取消：{offering}")
  static let requestCancelledBody = Message(
    "notification.request_cancelled.body", "{number} was cancelled: {offering}\nFor: {requester}\nWhy: {reason}",
    zh: "{number} 已取消：{offering}\n申请对象：{requester}\n原因：{reason}")
  static let requestAskedSubject = Message(
    "notification.request_approval_asked.subject", "[{number}] Your approval is asked for: {offering}", zh: "[{number}] 请审批：{offering}")
  static let requestAskedBody = Message(
    "notification.request_approval_asked.body",
    "{number}: {offering}\nCustomer: {customer}\nFor: {requester}\nAsked as: {approval}\n\nAgree or refuse: approval.list",
    zh: "{number}：{offering}\n客户：{customer}\n申请对象：{requester}\n审批身份：{approval}\n\n请同意或拒绝：approval.list")
  static let requestDecidedSubject = Message(
    "notification.request_approval_decided.subject", "[{number}] Approval of {offering}: {answer}", zh: "[{number}] 审批结果：{offering}，{answer}")
  static let requestDecidedBody = Message(
    "notification.request_approval_decided.body", "{number}: {offering}\nFor: {requester}\nApproval: {answer}\n{reason}",
    zh: "{number}：{offering}\n申请对象：{requester}\n审批结果：{answer}\n{reason}")
  static let requestCommentedSubject = Message(
    "notification.request_customer_commented.subject", "[{number}] {customer} wrote: {offering}", zh: "[{number}] {customer} 有新评论：{offering}")
  static let requestAnsweredSubject = Message(
    "notification.request_answered.subject", "[{number}] News about: {offering}", zh: "[{number}] 有新答复：{offering}")
  static let requestInternalSubject = Message(
    "notification.request_internally_commented.subject", "[{number}] Note of a colleague: {offering}", zh: "[{number}] 内部备注：{offering}")
  static let requestClockWarnedSubject = Message(
    "notification.request_clock_warned.subject", "[{number}] {percent}% of {metric} used: {offering}", zh: "[{number}] {metric} 时限已用 {percent}%：{offering}")
  static let requestClockBreachedSubject = Message(
    "notification.request_clock_breached.subject", "[{number}] {metric} breached: {offering}", zh: "[{number}] {metric} 已违约：{offering}")
  static let requestClockBody = Message(
    "notification.request_clock.body", "{number}: {offering}\nCustomer: {customer}\nFor: {requester}\nPromise: {metric}\nAt: {at}",
    zh: "{number}：{offering}\n客户：{customer}\n申请对象：{requester}\n承诺：{metric}\n时间：{at}")
  static let requestCommentBody = Message(
    "notification.request_comment.body", "{actor} wrote about {number}: {offering}\n\n{comment}", zh: "{actor} 就 {number}（{offering}）写道：\n\n{comment}")
  static let changeAskedSubject = Message(
    "notification.change_approval_asked.subject", "[{number}] Your approval is asked for: {title}", zh: "[{number}] 请审批：{title}")
  static let changeAskedBody = Message(
    "notification.change_approval_asked.body", "{number}: {title}\nAsked as: {approval}\nBy: {actor}, {at}\n\nAgree or refuse: change_approval.list",
    zh: "{number}：{title}\n审批身份：{approval}\n提交人：{actor}，{at}\n\n请同意或拒绝：change_approval.list")
  static let changeDecidedSubject = Message(
    "notification.change_approval_decided.subject", "[{number}] Approval of {title}: {answer}", zh: "[{number}] 审批结果：{title}，{answer}")
  static let changeDecidedBody = Message(
    "notification.change_approval_decided.body", "{number}: {title}\nApproval: {answer}\nBy: {actor}, {at}\n{reason}",
    zh: "{number}：{title}\n审批结果：{answer}\n决定人：{actor}，{at}\n{reason}")
  static let changeRevisedSubject = Message(
    "notification.change_revised.subject", "[{number}] Taken back to be written anew: {title}", zh: "[{number}] 已退回重新编写：{title}")
  static let changeStartedSubject = Message("notification.change_started.subject", "[{number}] Begun: {title}", zh: "[{number}] 已开始实施：{title}")
  static let changeImplementedSubject = Message(
    "notification.change_implemented.subject", "[{number}] Implemented ({outcome}): {title}", zh: "[{number}] 已实施（{outcome}）：{title}")
  static let changeBackedOutSubject = Message(
    "notification.change_backed_out.subject", "[{number}] Backed out: {title}", zh: "[{number}] 已回退：{title}")
  static let changeClosedSubject = Message("notification.change_closed.subject", "[{number}] Closed: {title}", zh: "[{number}] 已关闭：{title}")
  static let changeCancelledSubject = Message("notification.change_cancelled.subject", "[{number}] Cancelled: {title}", zh: "[{number}] 已取消：{title}")
  static let changeBody = Message(
    "notification.change.body", "{number}: {title}\nBy: {actor}, {at}", zh: "{number}：{title}\n操作人：{actor}，{at}")
  static let changeReasonBody = Message(
    "notification.change_reason.body", "{number}: {title}\nBy: {actor}, {at}\nWhy: {reason}", zh: "{number}：{title}\n操作人：{actor}，{at}\n原因：{reason}")
  static let succeeded = Message("notification.change.succeeded", "success", zh: "成功")
  static let failed = Message("notification.change.failed", "failed", zh: "失败")
  static let agreed = Message("notification.approval.agreed", "agreed to", zh: "已同意")
  static let refused = Message("notification.approval.refused", "refused", zh: "已拒绝")

  static func answer(_ isAgreed: Bool) -> Message { isAgreed ? agreed : refused }
  static func outcome(_ isSuccess: Bool) -> Message { isSuccess ? succeeded : failed }

  static let all = [
    ruleRequestSubmitted, ruleRequestFulfilled, ruleRequestClosed, ruleRequestCancelled, ruleRequestAsked, ruleRequestDecided, ruleRequestCommented,
    ruleRequestAnswered, ruleRequestClockWarned, ruleRequestClockBreached, requestClockWarnedSubject, requestClockBreachedSubject, requestClockBody,
    ruleChangeAsked, ruleChangeDecided, ruleChangeRevised, ruleChangeStarted, ruleChangeImplemented, ruleChangeBackedOut, ruleChangeClosed,
    ruleChangeCancelled,
    requestSubmittedSubject, requestSubmittedBody, requestFulfilledSubject, requestFulfilledBody, requestClosedSubject, requestClosedBody,
    requestCancelledSubject, requestCancelledBody,
    requestAskedSubject, requestAskedBody, requestDecidedSubject, requestDecidedBody, requestCommentedSubject, requestAnsweredSubject,
    requestInternalSubject, requestCommentBody, changeAskedSubject, changeAskedBody, changeDecidedSubject, changeDecidedBody, agreed, refused,
    changeRevisedSubject, changeStartedSubject, changeImplementedSubject, changeBackedOutSubject, changeClosedSubject, changeCancelledSubject, changeBody,
    changeReasonBody, succeeded, failed,
  ]
}
