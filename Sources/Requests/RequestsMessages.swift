import Kernel

package enum RequestMessages: MessageCatalog {
  static let notOrderable = Message("request.not_orderable", "This cannot be ordered: it is not published, or not any more.", zh: "该服务项尚未发布或已停用，不能申请。")
  static let notCovered = Message(
    "request.not_covered", "No line of a contract in force covers {code} for the requester.", zh: "没有生效中的合同行为该申请对象涵盖 {code}。")
  static let publishedMeanwhile = Message(
    "request.published_meanwhile", "{code} is at version {newest}, and version {read} was read. Read it again.",
    zh: "{code} 的最新版本为 {newest}，而所阅读的为版本 {read}。请重新查看。")
  static let outsideScope = Message("request.outside_scope", "You may order only for those that you may see.", zh: "只能为您有权查看的人员申请。")
  static let accessIsForRequester = Message(
    "request.access_is_for_requester", "Access is ordered for whom the request is for: name the same person as the requester.",
    zh: "访问权限须为申请对象本人申请：此处人员须与申请对象一致。")
  static let accessIsOver = Message("request.access_is_over", "Access until a day that is over gives nothing.", zh: "截止日期已过，无法授予权限。")
  static let notYoursToWithdraw = Message(
    "request.not_yours_to_withdraw", "Somebody else ordered it: only they, or who sees the requests of more than one person, takes it back.",
    zh: "该请求由他人提交，只能由提交人或可查看多人请求的人员撤回。")
  static let wrongState = Message(
    "request.wrong_state", "A request that is {state} cannot do this: {event}. Possible: {allowed}.", zh: "状态为 {state} 的请求不能执行此操作：{event}。可执行：{allowed}。")
  static let workHasBegun = Message(
    "request.work_has_begun", "Work on it has begun: it cannot be taken back any more, only be cancelled by the staff.",
    zh: "已开始履行，不能撤回，只能由服务商人员取消。")
  static let onlyRecorded = Message(
    "request.only_recorded", "An earlier version recorded it and no more: the provider's staff begin or close it.",
    zh: "该请求由旧版本登记，尚未启动：须由服务商人员启动或关闭。")
  static let reopenedTooLate = Message(
    "request.reopen_too_late", "It was closed at {closedAt} and could be reopened until {until}: order it again, or report an incident.",
    zh: "该请求已于 {closedAt} 关闭，仅可在 {until} 前重新打开：请重新申请，或报告事件。")

  static let linkedAlready = Message("request.linked_already", "This link is there already.", zh: "该关联已存在。")
  static let notLinked = Message("request.not_linked", "There is no such link.", zh: "没有此关联。")
  static let notCited = Message("request.article_not_cited", "This article is not noted on the request.", zh: "该请求未登记此文章。")
  static let notFulfilled = Message(
    "request.not_fulfilled", "Only a request that was fulfilled makes an article: one that was opened again, once it is so again.",
    zh: "只有已履行的请求可据以编写文章；重新打开的请求须再次履行完毕。")
  static let hasArticle = Message(
    "request.has_article", "An article is noted on it (request.articles): what helped is written already.", zh: "该请求已登记文章（request.articles），无需据此再写文章。")
  static let isCandidate = Message("request.candidate_already", "It is a candidate already, or an article was made of it.", zh: "该请求已是知识候选，或已据此生成文章。")
  static let noCandidate = Message("request.no_candidate", "It is no open candidate.", zh: "该请求不是待处理的知识候选。")
  static let whoWatches = Message(
    "request.who_watches", "Say who watches it: a person, or a member of the staff.", zh: "请指定关注者：客户人员或服务商人员。")
  static let watcherMayNotRead = Message("request.watcher_may_not_read", "They may not see this customer's requests.", zh: "对方无权查看该客户的请求。")

  static let notYours = Message("approval.not_yours", "This approval is for others.", zh: "该审批不属于您。")
  static let ownRequest = Message("approval.own_request", "Nobody approves a request of his own.", zh: "不能审批本人的请求。")
  static let agreedAlready = Message(
    "approval.agreed_already", "You have agreed to this request already: somebody else must as well.", zh: "您已同意该请求，须由其他人员再行审批。")
  static let needsPerson = Message("approval.needs_person", "Only a person with a login of his own decides this.", zh: "只能由拥有本人账户的人员决定。")
  static let noDelegate = Message("approval.no_delegate", "Name one account that it goes to.", zh: "请指定一个受托账户。")
  static let delegateMayNot = Message("approval.delegate_may_not", "This account may not approve requests of this customer.", zh: "该账户无权审批此客户的请求。")
  static let reassignedToOwn = Message(
    "approval.reassigned_to_own", "It cannot go to who ordered it, whom it is for, who has agreed already, or to yourself.",
    zh: "不能转给提交人、申请对象、已同意者或您本人。")

  /// The one task of an offering that names none.
  static let fulfil = Message("task.fulfil", "Fulfil: {name}", zh: "履行：{name}")
  /// The task of what was reopened.
  static let mend = Message("task.mend", "Put right: {name}", zh: "返工：{name}")
  static let taskWrongState = Message(
    "task.wrong_state", "A task that is {state} cannot do this: {event}. Possible: {allowed}.", zh: "状态为 {state} 的任务不能执行此操作：{event}。可执行：{allowed}。")
  static let claimedByAnother = Message(
    "task.claimed_by_another", "Somebody else is at it; take it over first (task.claim with takeOver).", zh: "该任务已由他人接手；请先用 task.claim（takeOver）接管。")
  static let ofThatTeam = Message("task.of_that_team", "It is a task of that team already.", zh: "该任务已属于此团队。")
  static let needsStaff = Message("task.needs_staff", "Only a member of the staff with a login of his own does this.", zh: "只能由拥有本人账户的服务商人员执行。")

  static let reviewEmpty = Message("access_review.empty", "There is no entitlement to look at.", zh: "没有需要复核的权限。")
  static let reviewDue = Message("access_review.due", "It must be due today or later.", zh: "截止日期不能早于今天。")
  static let decidedAlready = Message("access_review.decided", "This was decided already: {result}.", zh: "已作出决定：{result}。")
  static let reviewerMayNot = Message(
    "access_review.reviewer_may_not", "This person has no active login that may decide on the access of all of this customer's people ({permission}).",
    zh: "该人员没有可复核此客户全部人员权限的有效账户（{permission}）。")
  static let otherReviewer = Message("access_review.other_reviewer", "Somebody else is named to look at this.", zh: "此次复核已指定其他人员。")
  static let endedMeanwhile = Message(
    "access_review.ended", "This access was taken meanwhile: it can be decided on as revoked, not confirmed.", zh: "该权限已被收回：只能决定为 revoked，不能确认保留。")
  static let ownEntitlement = Message(
    "access_review.own", "Nobody decides on access of his own: somebody else who may review does.", zh: "不能对本人的权限作出决定，须由其他有权复核的人员决定。")

  package static let all = [
    notOrderable, notCovered, publishedMeanwhile, outsideScope, accessIsForRequester, accessIsOver, notYoursToWithdraw, wrongState, workHasBegun, onlyRecorded,
    reopenedTooLate, linkedAlready, notLinked, notCited, notFulfilled, hasArticle, isCandidate, noCandidate, whoWatches, watcherMayNotRead, notYours,
    ownRequest, agreedAlready, needsPerson,
    noDelegate, delegateMayNot, reassignedToOwn, fulfil, mend, taskWrongState, claimedByAnother, ofThatTeam,
    needsStaff, reviewEmpty, reviewDue, decidedAlready, reviewerMayNot, otherReviewer, endedMeanwhile,
    ownEntitlement,
  ]
}
