/// What happens to a subject, as far as its clocks are concerned. Which clocks it means is the rule of ``SubjectClocks``.
package enum ClockAct: Hashable, Sendable {
  /// The first answer: to the customer, of a team that takes its turn, of a supplier.
  case responded
  /// A word on how it stands, to whom it was promised.
  case updated
  /// Somebody else's turn; the cause is a code of the caller, the evidence names what shows it.
  case paused(cause: String, on: WaitedFor = .customer, evidence: String? = nil)
  case resumed
  case resolved
  case closed
  case reopened
  /// The turn of a team or supplier is over: handed over, resolved, returned. The source says which.
  case ended(source: String)

  /// Whose turn it is while a subject waits. Whether that stops a clock is for its target and SLA version to say.
  package enum WaitedFor: Hashable, Sendable {
    case customer
    case supplier
    /// The provider's own: a change, parts.
    case provider
  }

  /// Whether what the subject waited for until now is over: words say nothing about that.
  var endsWaits: Bool {
    switch self {
    case .responded, .updated: false
    case .paused, .resumed, .resolved, .closed, .reopened, .ended: true
    }
  }
}
