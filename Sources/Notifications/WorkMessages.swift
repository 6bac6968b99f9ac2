import Kernel

/// What is said of problems, of tasks, of comments on problems, changes and releases, and of articles.
enum WorkMessages: MessageCatalog {
  static let ruleProblemCause = Message("notification.rule.problem_cause_recorded", "The cause of your problem is recorded", zh: "您的问题已记录原因")
  static let ruleProblemWorkaround = Message(
    "notification.rule.problem_workaround_recorded", "Your problem has a workaround", zh: "您的问题已有临时方案")
  static let ruleProblemKnownError = Message(
    "notification.rule.problem_known_error_declared", "Your problem is a known error", zh: "您的问题已列为已知错误")
  static let ruleProblemResolved = Message("notification.rule.problem_resolved", "Your problem is resolved", zh: "您的问题已解决")
  static let ruleProblemReopened = Message("notification.rule.problem_reopened", "Your problem was reopened", zh: "您的问题已重新打开")
  static let ruleProblemClosed = Message("notification.rule.problem_closed", "Your problem is closed", zh: "您的问题已关闭")
  static let ruleProblemCancelled = Message("notification.rule.problem_cancelled", "Your problem was cancelled", zh: "您的问题已取消")
  static let ruleProblemCommented = Message(
    "notification.rule.problem_commented", "Tell who answers for a problem what was said of it", zh: "问题有新评论时通知负责人")
  static let ruleProblemChange = Message(
    "notification.rule.problem_change_ended", "A change for your problem is done, undone or given up", zh: "您的问题所关联的变更已实施、回退或取消")
  static let ruleChangeCommented = Message(
    "notification.rule.change_commented", "Tell who answers for a change what was said of it", zh: "变更有新评论时通知负责人")
  static let ruleRequestTaskDone = Message("notification.rule.request_task_completed", "A task of your request is done", zh: "您负责的请求有任务完成")
  static let ruleRequestTaskFailed = Message("notification.rule.request_task_failed", "A task of your request failed", zh: "您负责的请求有任务失败")
  static let ruleRequestTaskTaken = Message(
    "notification.rule.request_task_taken_over", "A task of a request is not yours any more", zh: "您的请求任务已由他人接手")
  static let ruleChangeTaskDone = Message("notification.rule.change_task_completed", "A task of your change is done", zh: "您负责的变更有任务完成")
  static let ruleChangeTaskFailed = Message("notification.rule.change_task_failed", "A task of your change failed", zh: "您负责的变更有任务失败")
  static let ruleChangeTaskTaken = Message(
    "notification.rule.change_task_taken_over", "A task of a change is not yours any more", zh: "您的变更任务已由他人接手")
  static let ruleArticleSolved = Message("notification.rule.article_solved", "Your article solved an incident", zh: "您的文章解决了事件")

  static let problemCauseSubject = Message(
    "notification.problem_cause_recorded.subject", "[{number}] Its cause is recorded: {title}", zh: "[{number}] 已记录原因：{title}")
  static let problemWorkaroundSubject = Message(
    "notification.problem_workaround_recorded.subject", "[{number}] Has a workaround: {title}", zh: "[{number}] 已有临时方案：{title}")
  static let problemKnownErrorSubject = Message(
    "notification.problem_known_error_declared.subject", "[{number}] Is a known error: {title}", zh: "[{number}] 已列为已知错误：{title}")
  static let problemResolvedSubject = Message(
    "notification.problem_resolved.subject", "[{number}] Resolved: {title}", zh: "[{number}] 已解决：{title}")
  static let problemReopenedSubject = Message(
    "notification.problem_reopened.subject", "[{number}] Reopened: {title}", zh: "[{number}] 已重新打开：{title}")
  static let problemClosedSubject = Message("notification.problem_closed.subject", "[{number}] Closed: {title}", zh: "[{number}] 已关闭：{title}")
  static let problemCancelledSubject = Message(
    "notification.problem_cancelled.subject", "[{number}] Cancelled: {title}", zh: "[{number}] 已取消：{title}")
  static let problemBody = Message(
    "notification.problem.body", "{number}: {title}\nBy: {actor}, {at}", zh: "{number}：{title}\n操作人：{actor}，{at}")
  static let problemTextBody = Message(
    "notification.problem_text.body", "{number}: {title}\nBy: {actor}, {at}\n\n{text}", zh: "{number}：{title}\n操作人：{actor}，{at}\n\n{text}")
  static let problemChangeSubject = Message(
    "notification.problem_change_ended.subject", "[{number}] Change {change} is {outcome}: {title}", zh: "[{number}] 变更 {change} {outcome}：{title}")
  static let problemChangeBody = Message(
    "notification.problem_change_ended.body", "{number}: {title}\nThe change {change}, which is to remove it, is {outcome}.\nBy: {actor}, {at}",
    zh: "{number}：{title}\n用于解决该问题的变更 {change} {outcome}。\n操作人：{actor}，{at}")
  static let changeSucceeded = Message("notification.problem_change.succeeded", "done, with success", zh: "已成功实施")
  static let changeFailed = Message("notification.problem_change.failed", "done, without success", zh: "实施失败")
  static let changeBackedOut = Message("notification.problem_change.backed_out", "backed out", zh: "已回退")
  static let changeCancelled = Message("notification.problem_change.cancelled", "given up", zh: "已取消")

  static func changeDone(_ isSuccess: Bool) -> Message { isSuccess ? changeSucceeded : changeFailed }

  static let commentedSubject = Message(
    "notification.process_commented.subject", "[{number}] Note of a colleague: {title}", zh: "[{number}] 内部备注：{title}")
  static let commentedBody = Message(
    "notification.process_commented.body", "{actor} wrote about {number}: {title}\n\n{comment}", zh: "{actor} 就 {number}（{title}）写道：\n\n{comment}")
  static let taskDoneSubject = Message("notification.task_completed.subject", "[{number}] Done: {task}", zh: "[{number}] 任务已完成：{task}")
  static let taskFailedSubject = Message("notification.task_failed.subject", "[{number}] Failed: {task}", zh: "[{number}] 任务失败：{task}")
  static let taskBody = Message(
    "notification.task.body", "{number}: {title}\nTask: {task}\nBy: {actor}, {at}\nResult: {result}",
    zh: "{number}：{title}\n任务：{task}\n操作人：{actor}，{at}\n结果：{result}")
  static let taskTakenSubject = Message(
    "notification.task_taken_over.subject", "[{number}] Not yours any more: {task}", zh: "[{number}] 任务已由他人接手：{task}")
  static let taskTakenBody = Message(
    "notification.task_taken_over.body", "{number}: {title}\nTask: {task}\n{actor} took it over, or gave it to another team, {at}.",
    zh: "{number}：{title}\n任务：{task}\n{actor} 已接手或转给其他团队，{at}。")
  static let articleSolvedSubject = Message(
    "notification.article_solved.subject", "[{article}] Your article solved {number}", zh: "[{article}] 您的文章解决了 {number}")
  static let articleSolvedBody = Message(
    "notification.article_solved.body", "{actor} noted that {article} solved {number} of {customer}, {at}.\nThat it does so again is told the next day.",
    zh: "{actor} 登记：{article} 解决了 {customer} 的 {number}，{at}。\n当日再次使用不再通知。")

  static let all = [
    ruleProblemCause, ruleProblemWorkaround, ruleProblemKnownError, ruleProblemResolved, ruleProblemReopened, ruleProblemClosed, ruleProblemCancelled,
    ruleProblemCommented, ruleProblemChange, ruleChangeCommented, ruleRequestTaskDone, ruleRequestTaskFailed, ruleRequestTaskTaken, ruleChangeTaskDone,
    ruleChangeTaskFailed, ruleChangeTaskTaken, ruleArticleSolved,
    problemCauseSubject, problemWorkaroundSubject, problemKnownErrorSubject, problemResolvedSubject, problemReopenedSubject, problemClosedSubject,
    problemChangeSubject, problemChangeBody, changeSucceeded, changeFailed, changeBackedOut, changeCancelled,
    problemCancelledSubject, problemBody, problemTextBody, commentedSubject, commentedBody, taskDoneSubject, taskFailedSubject, taskBody,
    taskTakenSubject, taskTakenBody, articleSolvedSubject, articleSolvedBody,
  ]
}
