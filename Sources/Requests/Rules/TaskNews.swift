/// What of a task of a request or a change is told, by the type of its event: `request.task_completed` and so on. Nobody is given a task: it is given to
/// a team, whose members are told, and whoever does it takes it.
package enum TaskNews: String, Sendable, CaseIterable {
  /// It can be done; another team has it.
  case opened = "task_opened"
  case given = "task_given"
  case completed = "task_completed"
  /// It did not work: its step goes no further.
  case failed = "task_failed"
  /// Who was at it is not any more: somebody else is, or another team has it.
  case takenOver = "task_taken_over"

  private static let kinds: Set = ["request", "change"]

  /// - Parameter type: of an event, such as `change.task_failed`.
  package init?(type: String) {
    let parts = type.split(separator: ".")
    guard parts.count == 2, let kind = parts.first, let what = parts.last, Self.kinds.contains(String(kind)) else { return nil }
    self.init(rawValue: String(what))
  }

  /// To whose outbox an event is handed.
  package static func consumers(of type: String) -> [String] { TaskNews(type: type) == nil ? [] : ["notifications"] }
}
