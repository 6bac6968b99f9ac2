/// What people can be told of: what the desk and the clocks record.
package enum NotificationEvent: String, Sendable, CaseIterable {
  case opened = "incident.opened"
  case assigned = "incident.assigned"
  /// It was offered to somebody to answer for it.
  case offered = "incident.offered"
  /// Somebody answers for it from now on.
  case ownerChanged = "incident.owner_changed"
  case customerCommented = "incident.customer_commented"
  /// The staff wrote to the customer.
  case answered = "incident.answered"
  case internallyCommented = "incident.internally_commented"
  case resolved = "incident.resolved"
  case closed = "incident.closed"
  case reopened = "incident.reopened"
  /// What becomes of the problem behind it.
  case problemTold = "incident.problem_told"
  /// A rule of escalation held of it.
  case escalated = "incident.escalated_by_rule"
  /// A share of a promised time has passed; it has run out.
  case clockWarned = "clock.warned"
  case clockBreached = "clock.breached"
  /// What came on top of an hour's limit, as one. No rule names it.
  case summary = "notification.summary"

  /// Those that rules name.
  package static let forRules = allCases.filter { $0 != .summary }

  /// Whether a customer's people may be told: what is the provider's own affair they never are.
  package var isForCustomers: Bool {
    switch self {
    case .opened, .customerCommented, .answered, .resolved, .closed, .reopened: true
    case .assigned, .offered, .ownerChanged, .internallyCommented, .problemTold, .escalated, .clockWarned, .clockBreached, .summary: false
    }
  }

  /// So long after it happened it is not worth sending any more, unless a rule says otherwise.
  package var usualExpiryMinutes: Int64 {
    switch self {
    case .clockWarned: 60
    case .clockBreached, .escalated, .offered, .assigned: 480
    default: 1440
    }
  }
}

/// By which way somebody is told.
package enum Channel: String, Sendable, CaseIterable {
  case inbox, email, webhook
}

/// Whom of those who have to do with a ticket a rule means.
package enum Audience: String, Sendable, CaseIterable {
  /// Who answers for it, works on it, or was offered it.
  case owner, assignee, offered
  /// Whom it was reported for, and who watches it.
  case requester, watchers
  /// Whom a rule of escalation names.
  case escalation
}
