/// What of a problem is told to who answers for it, and to the team that works on it, by the type of its event.
package enum ProblemTelling: String, Sendable, CaseIterable {
  /// Another team works on it, or none any more.
  case assigned = "problem.assigned"
  case causeRecorded = "problem.cause_recorded"
  case workaroundRecorded = "problem.workaround_recorded"
  case knownErrorDeclared = "problem.known_error_declared"
  /// What was to be done is done; it came back; it stayed away; it was none, or is not followed.
  case resolved = "problem.resolved"
  case reopened = "problem.reopened"
  case closed = "problem.closed"
  case cancelled = "problem.cancelled"
  case commented = "problem.commented"
  /// A change that is to remove it was done, with success or without; was undone; will not be done.
  case changeImplemented = "problem.change_implemented"
  case changeBackedOut = "problem.change_backed_out"
  case changeCancelled = "problem.change_cancelled"

  /// The kind of its subject: a problem, by its row.
  package static let subjectKind = "problem"

  /// To whose outbox an event is handed.
  static func consumers(of type: String) -> [String] {
    guard let told = ProblemTelling(rawValue: type) else { return [] }
    // It may have come to the age of a rule of escalation meanwhile.
    return ["notifications"] + (told == .reopened ? ["escalations"] : [])
  }
}
