import Kernel

/// What an event made of a clock, and the rows to write beside it.
package struct ClockTransition: Hashable, Sendable {
  package var clock: Clock
  /// The interval that ended; nil when none did or it had no length. The one that began is in the clock's state.
  package var closed: ClockInterval?
  package var milestone: Milestone?
  /// In this order; each supersedes the one before it.
  package var verdicts: [Verdict] = []
  /// The event meant nothing in this state; nothing is to be written.
  package var isIgnored = false
}

/// A closed stretch of a clock: half open, never changed once written.
package struct ClockInterval: Hashable, Sendable {
  package enum State: String, Hashable, Sendable, CaseIterable {
    case running
    case paused
  }

  package let from: Instant
  package let to: Instant
  package let state: State
  package let cause: String
  package let evidence: String?
  /// The open seconds in it, by the calendar version of its time. Those of a pause use no budget.
  package let workingSeconds: Int64
  package let calendarVersion: Id<CalendarVersion>
}

/// Something observed. It says what happened and not whether it was in time.
package struct Milestone: Hashable, Sendable {
  package let metric: Metric
  package let observedAt: Instant
  package let source: String
}

/// A judgement of a clock. It is never changed: a later one with the next `sequence` supersedes it.
package struct Verdict: Hashable, Sendable {
  package enum Outcome: String, Hashable, Sendable, CaseIterable {
    case met
    case missed
    case withdrawn
  }

  package enum Cause: String, Hashable, Sendable, CaseIterable {
    /// The milestone was observed in time.
    case observed
    /// More than the budget was used.
    case exceeded
    /// Judged again under another target.
    case retargeted
    /// The milestone no longer holds; the clock runs on with what is left.
    case reopened
    /// The clock had ended in time, which was recorded only after the miss.
    case recordedLate = "recorded_late"
    case withdrawn
    /// A version of the calendar was recorded only after the miss, and held before it.
    case calendarChanged = "calendar_changed"
  }

  /// 1 for the first of a clock.
  package let sequence: Int64
  /// Nil when an earlier verdict is taken back and nothing is judged (yet): that is null, never 0 % or 100 %.
  package let outcome: Outcome?
  package let cause: Cause
  /// The code of the event that led to it: why the target changed, why the clock was withdrawn.
  package let detail: String
  /// The time of the event that led to it, or of the breach.
  package let decidedAt: Instant
  /// For a miss: the last instant that was in time. For one that a new target made: when the target changed.
  package let breachedAt: Instant?
  /// What was used when it was judged, and of how much.
  package let consumedSeconds: Int64
  package let budgetSeconds: Int64?
  /// The version of these rules.
  package let calculation: Int64

  /// Goes up with every change of the rules that can change a verdict.
  package static let currentCalculation: Int64 = 2

  package init(
    sequence: Int64, outcome: Outcome?, cause: Cause, detail: String, decidedAt: Instant, breachedAt: Instant?, consumedSeconds: Int64,
    budgetSeconds: Int64?, calculation: Int64 = Self.currentCalculation
  ) {
    self.sequence = sequence
    self.outcome = outcome
    self.cause = cause
    self.detail = detail
    self.decidedAt = decidedAt
    self.breachedAt = breachedAt
    self.consumedSeconds = consumedSeconds
    self.budgetSeconds = budgetSeconds
    self.calculation = calculation
  }
}
