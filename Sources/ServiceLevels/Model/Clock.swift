import Kernel

/// An SLA clock: how much of a budget is used, in which state the counting is, and by when it must end. A value without
/// an id; what it was before is kept elsewhere as ``ClockInterval``s, ``Milestone``s and ``Verdict``s.
///
/// Deadlines are computed when something happens and stored; reading only compares instants.
package struct Clock: Hashable, Sendable {
  /// The state of the counting.
  package enum State: String, Hashable, Sendable, CaseIterable {
    /// Open time is being used. May go to paused, stopped and withdrawn, and to running anew (target or calendar changed).
    case running
    /// Somebody else's turn. May go to running, stopped and withdrawn, and to paused anew (another reason).
    case paused
    /// The milestone was observed. May go to running (reopened) and withdrawn.
    case stopped
    /// It no longer counts (merged, cancelled). May go nowhere.
    case withdrawn
  }

  package let metric: Metric
  package var budget: Budget
  /// The budget in open seconds, counted from ``startedAt`` for business days; nil when it never elapses.
  package var budgetSeconds: Int64?
  /// The calendar that it is counted by.
  package var calendarVersion: Id<CalendarVersion>
  /// The version of another calendar, by which it runs on when it is reopened: that of a target that it was given while
  /// ``State/stopped``. Nil: it runs on by its own calendar.
  package var nextCalendarVersion: Id<CalendarVersion>?
  /// When the ticket was created. It never changes: neither a backdated entry nor a new target gives time back.
  package let startedAt: Instant

  package var state: State
  /// Since when the clock is in this state (and interval), and why.
  package var stateSince: Instant
  package var stateCause: String
  package var stateEvidence: String?
  /// The time of the last event; no event may come before it.
  package var lastEventAt: Instant

  /// The open seconds of all closed running intervals; of ``Metric/update``, those since ``renewedAt``.
  package var consumedSeconds: Int64
  /// The last run, which goes on while ``State/running`` and through changes of target, and begins anew with a version of the
  /// calendar: its start, what was used before it, and its end.
  package var runStartedAt: Instant
  package var runStartedWithSeconds: Int64
  package var runEndedAt: Instant?

  /// When the budget will be used up, or since when it has been exceeded; nil unless running, or when that never happens.
  package var dueAt: Instant?
  /// The last instant that is still in time; nil like ``dueAt``. It is later than that where the budget ends with an opening.
  package var breachAt: Instant?
  package var observedAt: Instant?
  /// The open seconds of all closed paused intervals.
  package var pausedSeconds: Int64
  /// The open seconds that the wait had left when the current interval began; nil: as many as it takes. It stays 0 while a
  /// wait goes on that came to its limit.
  package var waitLeftSeconds: Int64?
  /// When the wait comes to its limit and the clock runs on; nil unless ``State/paused`` with a limit that is ever reached.
  package var pauseEndsAt: Instant?
  /// Of ``Metric/update``: the last word, from which the budget counts anew; nil: the start.
  package var renewedAt: Instant?
  /// Of ``Metric/update``: a gap before the last word was too long. Nothing that comes later makes that good.
  package var missStands: Bool
  /// The latest verdict; nil when there was none. Its outcome is nil when it was taken back.
  package var verdict: Verdict?

  package init(
    metric: Metric, budget: Budget, budgetSeconds: Int64?, calendarVersion: Id<CalendarVersion>, startedAt: Instant, state: State,
    stateSince: Instant, stateCause: String, stateEvidence: String?, lastEventAt: Instant, consumedSeconds: Int64, runStartedAt: Instant,
    runStartedWithSeconds: Int64, runEndedAt: Instant?, dueAt: Instant?, breachAt: Instant?, observedAt: Instant?, verdict: Verdict?,
    pausedSeconds: Int64 = 0, waitLeftSeconds: Int64? = nil, pauseEndsAt: Instant? = nil, renewedAt: Instant? = nil, missStands: Bool = false
  ) {
    self.metric = metric
    self.budget = budget
    self.budgetSeconds = budgetSeconds
    self.calendarVersion = calendarVersion
    self.startedAt = startedAt
    self.state = state
    self.stateSince = stateSince
    self.stateCause = stateCause
    self.stateEvidence = stateEvidence
    self.lastEventAt = lastEventAt
    self.consumedSeconds = consumedSeconds
    self.runStartedAt = runStartedAt
    self.runStartedWithSeconds = runStartedWithSeconds
    self.runEndedAt = runEndedAt
    self.dueAt = dueAt
    self.breachAt = breachAt
    self.observedAt = observedAt
    self.verdict = verdict
    self.pausedSeconds = pausedSeconds
    self.waitLeftSeconds = waitLeftSeconds
    self.pauseEndsAt = pauseEndsAt
    self.renewedAt = renewedAt
    self.missStands = missStands
  }

  /// From when the budget counts.
  var countsFrom: Instant { renewedAt ?? startedAt }

  package var outcome: Verdict.Outcome? { verdict?.outcome }

  /// The budget in open seconds that is shown beside ``verdict``: where a target of another calendar judged what ran, the one that it was
  /// judged by, not that of the same days by its own hours.
  package var shownBudgetSeconds: Int64? { nextCalendarVersion == nil ? budgetSeconds : verdict?.budgetSeconds }

  /// When somebody must look whether the budget has been exceeded: any time after this instant, by ``ClockEvent/passed``.
  package var nextCheckAt: Instant? { state == .running && outcome == nil ? breachAt : nil }
}
