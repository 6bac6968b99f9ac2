import Kernel

/// What is said of releases, among the staff.
enum ReleaseNewsMessages: MessageCatalog {
  static let rulePiloted = Message("notification.rule.release_piloted", "Tell that a release is tried on a few", zh: "发布开始试点时通知相关人员")
  static let rulePilotRecorded = Message(
    "notification.rule.release_pilot_recorded", "Tell what came of the pilot of a release", zh: "发布试点有结果时通知相关人员")
  static let ruleSignedOff = Message("notification.rule.release_signed_off", "Tell that a release may go out", zh: "发布已签发时通知相关人员")
  static let ruleDeployed = Message("notification.rule.release_deployed", "Tell where a release went", zh: "发布已部署时通知相关人员")
  static let ruleClosed = Message("notification.rule.release_closed", "Tell that a release is closed", zh: "发布已关闭时通知相关人员")
  static let ruleCancelled = Message("notification.rule.release_cancelled", "Tell that a release was cancelled", zh: "发布已取消时通知相关人员")
  static let ruleCommented = Message("notification.rule.release_commented", "Tell what was said of a release", zh: "发布有新评论时通知相关人员")

  static let pilotedSubject = Message("notification.release_piloted.subject", "[{number}] Tried on a few: {title}", zh: "[{number}] 已开始试点：{title}")
  static let pilotRecordedSubject = Message(
    "notification.release_pilot_recorded.subject", "[{number}] Pilot {result}: {title}", zh: "[{number}] 试点结果（{result}）：{title}")
  static let signedOffSubject = Message("notification.release_signed_off.subject", "[{number}] Signed off: {title}", zh: "[{number}] 已签发：{title}")
  static let deployedSubject = Message(
    "notification.release_deployed.subject", "[{number}] Deployed ({result}): {title}", zh: "[{number}] 已部署（{result}）：{title}")
  static let closedSubject = Message("notification.release_closed.subject", "[{number}] Closed: {title}", zh: "[{number}] 已关闭：{title}")
  static let cancelledSubject = Message("notification.release_cancelled.subject", "[{number}] Cancelled: {title}", zh: "[{number}] 已取消：{title}")
  static let body = Message("notification.release.body", "{number}: {title}\nBy: {actor}, {at}", zh: "{number}：{title}\n操作人：{actor}，{at}")
  static let resultBody = Message(
    "notification.release_result.body", "{number}: {title}\nResult: {result}\nBy: {actor}, {at}",
    zh: "{number}：{title}\n结果：{result}\n操作人：{actor}，{at}")
  static let reasonBody = Message(
    "notification.release_reason.body", "{number}: {title}\nBy: {actor}, {at}\nWhy: {reason}",
    zh: "{number}：{title}\n操作人：{actor}，{at}\n原因：{reason}")

  static let passed = Message("notification.release.passed", "passed", zh: "通过")
  static let succeeded = Message("notification.release.succeeded", "success", zh: "成功")
  static let failed = Message("notification.release.failed", "failed", zh: "失败")
  static let backedOut = Message("notification.release.backed_out", "backed out", zh: "已回退")

  static let all = [
    rulePiloted, rulePilotRecorded, ruleSignedOff, ruleDeployed, ruleClosed, ruleCancelled, ruleCommented, pilotedSubject, pilotRecordedSubject,
    signedOffSubject, deployedSubject, closedSubject, cancelledSubject, body, resultBody, reasonBody, passed, succeeded, failed, backedOut,
  ]
}
