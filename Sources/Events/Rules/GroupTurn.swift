import Desk
import Kernel

/// What is to be done about the incident of a group of alerts.
enum GroupAct: Equatable, Sendable {
  case open
  /// More alerts of what is being worked on.
  case tell
  /// It came back soon.
  case reopen
  /// All is over, and nobody has touched it.
  case resolve
  /// All is over, and somebody is at it: that is his to end.
  case tellThatAllIsOver
}

/// A group of alerts after some events.
struct GroupTurn: Sendable {
  let begun: Int
  let ended: Int
  /// How many fire now.
  let firing: Int64
  let ticket: WatchedTicket?

  /// Nil: nothing that an incident has to be told.
  func act(at now: Instant, flapMinutes: Int64, resolves: Bool) -> GroupAct? {
    if begun > 0 {
      guard let ticket else { return .open }
      if ticket.state.isOpen { return .tell }
      // What went into another incident, or was over too long ago, does not come back.
      return Self.isNear(ticket, at: now, flapMinutes) ? .reopen : .open
    }
    guard ended > 0, firing == 0, let ticket, ticket.state.isOpen else { return nil }
    guard resolves, !ticket.isTouched else { return .tellThatAllIsOver }
    // That it comes and goes was said when it was opened again: somebody has to see why.
    return Self.flaps(ticket.reopenCount) ? nil : .resolve
  }

  /// Whether an incident that was opened again so often is resolved by itself no more.
  static func flaps(_ reopenCount: Int64) -> Bool { reopenCount >= 3 }

  /// How long after a word about a group the next one waits: in a storm the list of alerts tells, not a hundred comments.
  static func secondsBetweenWords(_ ticket: WatchedTicket) -> Int64 { flaps(ticket.reopenCount) ? 3600 : 60 }

  /// Whether an alert that begins now belongs to this incident.
  static func isNear(_ ticket: WatchedTicket, at now: Instant, _ flapMinutes: Int64) -> Bool {
    if ticket.state.isOpen { return true }
    guard ticket.mergedInto == nil, let endedAt = ticket.endedAt else { return false }
    return now < endedAt.adding(seconds: flapMinutes * 60)
  }
}
