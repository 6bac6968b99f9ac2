import Kernel

/// What the members of a team are told that their team is given or offered.
enum TeamNewsMessages: MessageCatalog {
  static let ruleAssigned = Message("notification.rule.team_assigned", "Tell a team what incident it is given", zh: "事件分派给团队时通知成员")
  static let ruleProblemAssigned = Message("notification.rule.team_problem_assigned", "Tell a team what problem it is given", zh: "问题分派给团队时通知成员")
  static let ruleChangeAssigned = Message("notification.rule.team_change_assigned", "Tell a team what change it is given", zh: "变更分派给团队时通知成员")
  static let ruleOffered = Message("notification.rule.team_offered", "Tell a team what incident it is offered", zh: "事件移交给团队时通知成员")
  static let ruleRequestOffered = Message("notification.rule.team_request_offered", "Tell a team what request it is offered", zh: "请求移交给团队时通知成员")
  static let ruleProblemOffered = Message("notification.rule.team_problem_offered", "Tell a team what problem it is offered", zh: "问题移交给团队时通知成员")
  static let ruleChangeOffered = Message("notification.rule.team_change_offered", "Tell a team what change it is offered", zh: "变更移交给团队时通知成员")
  static let ruleReleaseOffered = Message("notification.rule.team_release_offered", "Tell a team what release it is offered", zh: "发布移交给团队时通知成员")
  static let ruleMajorOffered = Message(
    "notification.rule.team_major_incident_offered", "Tell a team what major incident it is offered", zh: "重大事件移交给团队时通知成员")
  static let ruleRequestTask = Message("notification.rule.team_request_task", "Tell a team what task of a request it may do", zh: "请求任务可由团队处理时通知成员")
  static let ruleChangeTask = Message("notification.rule.team_change_task", "Tell a team what task of a change it may do", zh: "变更任务可由团队处理时通知成员")
  static let ruleWaiting = Message(
    "notification.rule.offer_waiting", "Tell who leads a team that it has not answered the offer of an incident", zh: "事件移交团队一天未答复时通知团队负责人")
  static let ruleRequestWaiting = Message(
    "notification.rule.request_offer_waiting", "Tell who leads a team that it has not answered the offer of a request", zh: "请求移交团队一天未答复时通知团队负责人")
  static let ruleProblemWaiting = Message(
    "notification.rule.problem_offer_waiting", "Tell who leads a team that it has not answered the offer of a problem", zh: "问题移交团队一天未答复时通知团队负责人")
  static let ruleChangeWaiting = Message(
    "notification.rule.change_offer_waiting", "Tell who leads a team that it has not answered the offer of a change", zh: "变更移交团队一天未答复时通知团队负责人")
  static let ruleReleaseWaiting = Message(
    "notification.rule.release_offer_waiting", "Tell who leads a team that it has not answered the offer of a release", zh: "发布移交团队一天未答复时通知团队负责人")
  static let ruleMajorWaiting = Message(
    "notification.rule.major_incident_offer_waiting", "Tell who leads a team that it has not answered the offer of a major incident",
    zh: "重大事件移交团队一天未答复时通知团队负责人")

  static let assignedSubject = Message("notification.process_assigned.subject", "[{number}] Given to {team}: {title}", zh: "[{number}] 已分派给{team}：{title}")
  static let assignedBody = Message(
    "notification.process_assigned.body", "{number}: {title}\nTeam: {team}\nBy: {actor}, {at}", zh: "{number}：{title}\n团队：{team}\n操作人：{actor}，{at}")
  static let taskGivenSubject = Message("notification.task_given.subject", "[{number}] For your team: {task}", zh: "[{number}] 团队任务：{task}")
  static let taskGivenBody = Message(
    "notification.task_given.body", "{number}: {title}\nTask: {task}\nTeam: {team}\nBy: {actor}, {at}\n\nWhoever does it takes it.",
    zh: "{number}：{title}\n任务：{task}\n团队：{team}\n操作人：{actor}，{at}\n\n请由处理人接手。")

  static let all = [
    ruleAssigned, ruleProblemAssigned, ruleChangeAssigned, assignedSubject, assignedBody, ruleOffered, ruleRequestOffered, ruleProblemOffered,
    ruleChangeOffered, ruleReleaseOffered, ruleMajorOffered, ruleRequestTask,
    ruleChangeTask, ruleWaiting, ruleRequestWaiting, ruleProblemWaiting, ruleChangeWaiting, ruleReleaseWaiting, ruleMajorWaiting, taskGivenSubject,
    taskGivenBody,
  ]
}
