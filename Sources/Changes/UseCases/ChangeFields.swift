import Desk
import Kernel
import Operations

/// The fields that the operations on changes share.
package enum ChangeFields: GivesReason {
  package static let id = Field.id("id", .change, "The change.", "变更编号。")
  static let title = Field.text("title", 1...200, "What is altered, in a line.", "标题。")
  static let description = Field.longText("description", 0...20_000, "What is altered, and why.", "变更内容与理由。")
  static let publicText = Field.longText(
    "publicText", 1...5000, "What the customers whom it concerns are told once it is agreed to; without it they are told nothing.",
    "批准后告知相关客户的内容；不填则不告知。")
  static let plan = Field.longText("plan", 1...20_000, "How it is done.", "实施计划。")
  static let backOut = Field.longText("backOut", 1...20_000, "How it is undone if it goes wrong.", "回退计划。")
  static let test = Field.longText("test", 0...20_000, "How one finds out that it worked.", "测试计划。")
  static let startsAt = Field.instant("startsAt", "When its window begins.", "窗口开始时间。")
  static let endsAt = Field.instant("endsAt", "When its window ends.", "窗口结束时间。")
  static let suppressAlerts = Field.boolean(
    "suppressAlerts",
    "Whether alerts of the configuration items that it touches are expected within its window, once it is agreed to: they open no incident until it is over (default no). Who says so may announce maintenance windows of all whom it concerns (maintenance_window.manage).",
    "批准后，在其窗口内是否抑制所涉配置项的告警，直至结束前不建立事件（默认否）。须对所涉及的全部客户有登记维护窗口的权限（maintenance_window.manage）。")
  static let answers = Field.document(
    "answers", "The answers to the risk questionnaire: the key of an answer by the key of its question.", "风险问卷的答案：问题键对应答案键。")
  static let tasks = Field<[PlannedTask]>.list(
    "tasks", of: Field<PlannedTask>.object("task", "A task.", "任务。"), count: 0...50, "What is done, step by step.", "实施任务，按步骤。")
  static let ci = Field.id("ci", .ticketCi, "A configuration item of a customer, or one that the provider shares.", "客户的或服务商共享的配置项。")
  package static let reason = Field.longText("reason", 1...2000, "Why.", "原因。")

  static let mostDays: Int64 = 90

  /// A window that can be.
  static func checkWindow(_ from: Instant?, _ to: Instant?) throws(FieldError) {
    guard (from == nil) == (to == nil) else { throw FieldError(from == nil ? "startsAt" : "endsAt", ChangeMessages.windowWhole) }
    guard let from, let to else { return }
    guard from < to else { throw FieldError("endsAt", ChangeMessages.windowOrder) }
    guard to <= from.adding(seconds: mostDays * 86_400) else { throw FieldError("endsAt", ChangeMessages.windowTooLong, ["days": String(mostDays)]) }
  }
}

/// An input that only names a change.
package typealias ChangeReference = ReferenceInput<ChangeFields>

/// A change, and why something is done about it.
package typealias ChangeReason = ReasonInput<ChangeFields>

/// A page of what belongs to a change.
package typealias PageOfChange = PageOf<ChangeFields>
