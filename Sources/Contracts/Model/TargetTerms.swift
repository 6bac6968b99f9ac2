import BillingEngine
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

/// A target of an SLA version that was chosen for a ticket, with the calendar version in force at that instant.
package struct TargetTerms: Hashable, Sendable {
  package let id: Int64
  package let metric: Metric
  /// The ticket's, for which it was chosen; the target may be for any.
  package let priority: Int64
  package let budget: Budget
  package let calendar: Int64
  package let calendarVersion: Int64
  /// The share of tickets that must meet it; nil where none is agreed.
  package let objective: Rate?
  /// Whether pending states stop the clock.
  package let pauses: Bool
  /// Why it was chosen: the facts that it names.
  package let reason: TargetNames
  /// The shares of the budget, in percent and ascending, at whose passing the clock warns.
  package let warnPercents: [Int64]

  package init(
    id: Int64, metric: Metric, priority: Int64, budget: Budget, calendar: Int64, calendarVersion: Int64, objective: Rate?, pauses: Bool,
    reason: TargetNames = .priority, warnPercents: [Int64] = []
  ) {
    self.id = id
    self.metric = metric
    self.priority = priority
    self.budget = budget
    self.calendar = calendar
    self.calendarVersion = calendarVersion
    self.objective = objective
    self.pauses = pauses
    self.reason = reason
    self.warnPercents = warnPercents
  }
}

/// What a clock of a ticket is promised by, in the versions in force at an instant.
package struct ClockPromise: Hashable, Sendable {
  package let budget: Budget
  package let calendar: Int64
  package let calendarVersion: Int64
  /// The share of tickets that must meet it; nil where none is agreed.
  package let objective: Rate?
  /// By which period the objective is judged; nil: by the month.
  package let period: BillingPeriod.Kind?
  package let pauses: Bool
  package let warnPercents: [Int64]

  package init(
    budget: Budget, calendar: Int64, calendarVersion: Int64, objective: Rate? = nil, period: BillingPeriod.Kind? = nil, pauses: Bool = false,
    warnPercents: [Int64] = []
  ) {
    self.budget = budget
    self.calendar = calendar
    self.calendarVersion = calendarVersion
    self.objective = objective
    self.period = period
    self.pauses = pauses
    self.warnPercents = warnPercents
  }

  /// The same by another version of its calendar.
  func under(_ calendarVersion: Int64) -> ClockPromise {
    ClockPromise(
      budget: budget, calendar: calendar, calendarVersion: calendarVersion, objective: objective, period: period, pauses: pauses,
      warnPercents: warnPercents)
  }
}
