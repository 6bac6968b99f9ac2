/// What happens to a subject, as far as its clocks are concerned. Which clocks it means is the rule of ``SubjectClocks``.
package enum ClockAct: Hashable, Sendable {
  case responded
  /// Somebody else's turn; the cause is a code of the caller.
  case paused(cause: String)
  case resumed
  case resolved
  case closed
  case reopened
}
