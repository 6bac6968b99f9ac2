/// What happens to a subject, as far as its clocks are concerned. Which clocks it means is the rule of ``SubjectClocks``.
package enum ClockAct: Hashable, Sendable {
  case responded
  /// Somebody else's turn; the cause is a code of the caller, the evidence names what shows it.
  case paused(cause: String, on: WaitedFor = .customer, evidence: String? = nil)
  case resumed
  case resolved
  case closed
  case reopened

  /// Whose turn it is while a subject waits. Whether that stops a clock is for its target and SLA version to say.
  package enum WaitedFor: Hashable, Sendable {
    case customer
    case supplier
  }
}
