import Kernel
import ServiceLevels

/// A team's turn on a ticket: from the assignment until it hands the ticket over or resolves it. A ticket that comes back to a
/// team begins another one.
struct TeamTurn: Sendable {
  /// How a turn ended.
  enum End: String, Sendable, CaseIterable {
    /// Another team has it.
    case handedOver = "handed_over"
    /// No team has it.
    case unassigned
    case resolved
    /// The ticket went into another one: what was not judged by then is not.
    case merged
  }

  let id: Int64
  /// Its place among the turns of the ticket.
  let seq: Int64
  let team: Ticket.Reference
  let teamName: String
  /// The OLA that the team worked by when the turn began; nil: none.
  let terms: TeamTerms?
  let startedAt: Instant
  /// Whether the ticket had its team before there were turns: then nothing was counted of it.
  let isBackfilled: Bool
  /// When the team took the ticket on.
  private(set) var acceptedAt: Instant?
  private(set) var endedAt: Instant?
  private(set) var end: End?
  /// The dispatch rule that gave the ticket to the team; nil: somebody did.
  private(set) var rule: Int64?
  let isNew: Bool
  private(set) var isTouched: Bool
  var clocks: SubjectClocks

  init(
    id: Int64, seq: Int64, team: Ticket.Reference, teamName: String, terms: TeamTerms?, startedAt: Instant, isBackfilled: Bool = false,
    acceptedAt: Instant? = nil, endedAt: Instant? = nil, end: End? = nil, rule: Int64? = nil, isNew: Bool = false
  ) {
    self.id = id
    self.seq = seq
    self.team = team
    self.teamName = teamName
    self.terms = terms
    self.startedAt = startedAt
    self.isBackfilled = isBackfilled
    self.acceptedAt = acceptedAt
    self.endedAt = endedAt
    self.end = end
    self.rule = rule
    self.isNew = isNew
    isTouched = isNew
    clocks = SubjectClocks(.assignment(id))
  }

  /// When something was last recorded of it: nothing is recorded before.
  var lastEventAt: Instant { max(startedAt, clocks.lastEventAt ?? startedAt) }

  /// The team takes it on.
  /// - Returns: whether it had not before.
  mutating func accept(at now: Instant) throws(Failure) -> Bool {
    guard acceptedAt == nil else { return false }
    acceptedAt = max(now, startedAt)
    isTouched = true
    try clocks.apply(.responded, at: now)
    return true
  }

  /// Somebody says that it is this team's: no rule takes it away any more.
  mutating func confirm() {
    guard rule != nil else { return }
    rule = nil
    isTouched = true
  }

  mutating func end(_ end: End, at now: Instant) throws(Failure) {
    self.end = end
    endedAt = max(now, startedAt)
    isTouched = true
    // Somebody else passed it on: that does not show that the team had taken it.
    if acceptedAt == nil { try clocks.withdraw(end.rawValue, onlyOpen: true, of: .response, at: now) }
    if end == .merged { try clocks.withdraw(end.rawValue, onlyOpen: true, at: now) } else { try clocks.apply(.ended(source: end.rawValue), at: now) }
  }
}
