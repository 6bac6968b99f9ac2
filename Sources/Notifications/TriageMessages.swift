import Kernel

/// What is said of events that wait for somebody to say whose they are.
enum TriageMessages: MessageCatalog {
  static let ruleTriaged = Message("notification.rule.event_triaged", "Events wait for somebody to say whose they are", zh: "有事态归属未定，等待分拣")
  static let ruleExpiring = Message("notification.rule.event_triage_expiring", "Events that nobody sorted are ignored soon", zh: "未分拣的事态即将被忽略")

  static let triagedSubject = Message(
    "notification.event_triaged.subject", "{source}: in triage: {events}, firing: {firing}", zh: "{source}：待分拣 {events} 条，其中 {firing} 条正在告警")
  static let triagedBody = Message(
    "notification.event_triaged.body",
    "Source: {source}\nIn triage: {events}, firing: {firing}\n\nNothing is done about them until somebody says whose they are (event.triage, event.assign) or lets them be (event.ignore). What comes besides is told once in an hour.",
    zh: "来源：{source}\n待分拣：{events}，其中正在告警：{firing}\n\n指定归属（event.triage、event.assign）或忽略（event.ignore）之前不会处理。后续事态每小时汇总通知一次。")
  static let expiringSubject = Message(
    "notification.event_triage_expiring.subject", "{source}: ignored within a week, for nobody sorted them: {events}",
    zh: "{source}：{events} 条未分拣的事态将在一周内被忽略")
  static let expiringBody = Message(
    "notification.event_triage_expiring.body",
    "Source: {source}\nEvents: {events}, firing: {firing}\n\nWhat nobody has sorted for {days} days is ignored: event.triage, event.assign",
    zh: "来源：{source}\n事态：{events}，其中正在告警：{firing}\n\n超过 {days} 天未分拣的事态将被忽略：event.triage、event.assign")

  static let all = [ruleTriaged, ruleExpiring, triagedSubject, triagedBody, expiringSubject, expiringBody]
}
