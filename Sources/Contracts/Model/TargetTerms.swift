import Kernel

/// What is promised of a ticket.
package enum Metric: String, Sendable, CaseIterable {
  /// Until somebody answers. Never pauses.
  case response
  /// From one public word of ours to the next, while the ticket is open.
  case update
  /// Until the ticket is resolved, or closed where the SLA says so.
  case resolution

  /// What scorecards count: the two ends of a ticket.
  package static let scored: [Metric] = [.response, .resolution]
}

/// How much time a target gives.
package enum Budget: Hashable, Sendable {
  /// Seconds of open time of the calendar.
  case seconds(Int64)
  /// The end of the N-th business day of the calendar.
  case businessDays(Int64)
}

/// A target of an SLA version, with the calendar version in force when it was chosen.
package struct TargetTerms: Hashable, Sendable {
  package let id: Int64
  package let metric: Metric
  package let priority: Int64
  package let budget: Budget
  package let calendar: Int64
  package let calendarVersion: Int64
  /// The share of tickets that must meet it; nil where none is agreed.
  package let objective: Rate?
  /// Whether pending states stop the clock.
  package let pauses: Bool

  package init(
    id: Int64, metric: Metric, priority: Int64, budget: Budget, calendar: Int64, calendarVersion: Int64, objective: Rate?, pauses: Bool
  ) {
    self.id = id
    self.metric = metric
    self.priority = priority
    self.budget = budget
    self.calendar = calendar
    self.calendarVersion = calendarVersion
    self.objective = objective
    self.pauses = pauses
  }
}
