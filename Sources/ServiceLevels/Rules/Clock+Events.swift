import Kernel
import ServiceTime

/// The life of a clock, as a pure function of clock and event.
///
/// What a run used is known when it ends, and judged then: too late is what ends after ``Clock/breachAt``. A job's
/// ``ClockEvent/passed`` only makes a miss known earlier, so the order in which jobs and events arrive decides nothing.
extension Clock {
  /// A clock that starts to run. A ticket that is created paused or closed has the event applied at the same instant.
  package static func start(
    _ metric: Metric, budget: Budget, coverage: Coverage, at instant: Instant, cause: String
  ) throws(ClockRefusal) -> ClockTransition {
    try check(budget)
    var clock = Clock(
      metric: metric, budget: budget, budgetSeconds: ClockDeadline.seconds(of: budget, from: instant, in: coverage.calendar),
      calendarVersion: coverage.version, startedAt: instant, state: .running, stateSince: instant, stateCause: cause, stateEvidence: nil,
      lastEventAt: instant, consumedSeconds: 0, runStartedAt: instant, runStartedWithSeconds: 0, runEndedAt: nil, dueAt: nil, breachAt: nil,
      observedAt: nil, verdict: nil)
    clock.run(from: instant, cause, in: coverage.calendar)
    return ClockTransition(clock: clock)
  }

  /// The clock after `event`. `calendar` is the version that ``calendarVersion`` names.
  package func applying(_ event: ClockEvent, calendar: CompiledCalendar) throws(ClockRefusal) -> ClockTransition {
    guard state != .withdrawn else { return .ignored(self) }
    if case .passed(let now) = event { return passed(now, calendar) }
    if case .changeCalendar(let effectiveAt, let coverage) = event {
      return changingCalendar(at: max(effectiveAt, lastEventAt), to: coverage, from: calendar)
    }
    guard event.at >= lastEventAt else { throw .outOfOrder(at: event.at, last: lastEventAt) }
    switch event {
    case .pause(let at, let reason, let evidence, let atMost): return try pausing(at: at, reason, evidence, atMost: atMost, calendar)
    case .resume(let at, let cause): return try resuming(at: at, cause, calendar)
    case .observe(let at, let source): return observing(at: at, source, calendar)
    case .renew(let at, let source): return renewing(at: at, source, calendar)
    case .reopen(let at, let cause, let coverage): return try reopening(at: at, cause, calendar, under: coverage)
    case .retarget(let at, let budget, let coverage, let cause):
      try Self.check(budget)
      return retargeting(at: at, budget, coverage, cause, from: calendar)
    case .withdraw(let at, let reason, let keepsMiss): return withdrawing(at: at, reason, keepsMiss: keepsMiss, calendar)
    case .changeCalendar, .passed: return .ignored(self)
    }
  }

  private static func check(_ budget: Budget) throws(ClockRefusal) {
    switch budget {
    case .workingSeconds(let amount), .businessDays(let amount): if amount < 0 { throw .badBudget }
    }
  }

  // MARK: Events

  private func pausing(
    at instant: Instant, _ reason: String, _ evidence: String?, atMost: Int64?, _ calendar: CompiledCalendar
  ) throws(ClockRefusal) -> ClockTransition {
    guard !reason.isEmpty else { throw .reasonMissing }
    // The customer waits for a first answer whatever the ticket's status says.
    guard metric != .response else { return .ignored(self) }
    guard state != .stopped else { throw .notPossible(.pause, in: state) }
    var next = ending(at: instant, calendar)
    next.clock.pause(at: instant, reason, evidence, atMost: atMost, in: calendar)
    return next
  }

  private func resuming(at instant: Instant, _ cause: String, _ calendar: CompiledCalendar) throws(ClockRefusal) -> ClockTransition {
    switch state {
    case .stopped where metric != .response: throw .notPossible(.resume, in: state)
    case .running, .stopped, .withdrawn: return .ignored(self)
    case .paused: break
    }
    var next = ending(at: instant, calendar)
    next.clock.run(from: instant, cause, in: calendar)
    next.clock.waitLeftSeconds = nil
    return next
  }

  private func observing(at instant: Instant, _ source: String, _ calendar: CompiledCalendar) -> ClockTransition {
    // The first one counts: a second answer, or closing what was resolved, says nothing new.
    guard state != .stopped else { return .ignored(self) }
    var next = ending(at: instant, calendar)
    next.clock.enter(.stopped, at: instant, source, nil)
    next.clock.observedAt = instant
    next.milestone = Milestone(metric: metric, observedAt: instant, source: source)
    if next.clock.outcome != .missed { next.judge(.met, .observed, source, at: instant) }
    return next
  }

  private func renewing(at instant: Instant, _ source: String, _ calendar: CompiledCalendar) -> ClockTransition {
    guard metric == .update, state != .stopped else { return .ignored(self) }
    var next = ending(at: instant, calendar)
    next.clock.beginAnew(at: instant, in: calendar)
    next.clock.goOn(as: self, from: instant, source, in: calendar)
    next.clock.runStartedAt = instant
    next.clock.runStartedWithSeconds = 0
    return next
  }

  private func reopening(
    at instant: Instant, _ cause: String, _ old: CompiledCalendar, under coverage: Coverage?
  ) throws(ClockRefusal) -> ClockTransition {
    guard metric != .response else { return .ignored(self) }
    guard state == .stopped else { throw .notPossible(.reopen, in: state) }
    let calendar = coverage?.calendar ?? old
    var next = ClockTransition(clock: self)
    next.clock.observedAt = nil
    if let coverage {
      next.clock.budgetSeconds = budgetSeconds(of: budget, at: stateSince, in: calendar, from: old)
      next.clock.calendarVersion = coverage.version
      next.clock.nextCalendarVersion = nil
    }
    // A miss stays a miss: its budget is gone. What was met is open again, with what is left.
    if outcome != .missed { next.judge(nil, .reopened, cause, at: instant) }
    // The resolution was a word.
    if metric == .update { next.clock.beginAnew(at: instant, in: calendar) }
    next.clock.run(from: instant, cause, in: calendar)
    return next
  }

  private func retargeting(
    at instant: Instant, _ budget: Budget, _ coverage: Coverage, _ cause: String, from calendar: CompiledCalendar
  ) -> ClockTransition {
    var next = ending(at: instant, calendar)
    next.clock.lastEventAt = instant
    next.clock.budget = budget
    next.clock.budgetSeconds = budgetSeconds(of: budget, at: instant, in: coverage.calendar, from: calendar)
    next.clock.calendarVersion = coverage.version
    let before = next.clock.verdict
    // Each gap is judged by the target under which it ended.
    if !missStands, metric != .update || state != .stopped {
      let outcome: Verdict.Outcome? = next.clock.exceeds(before: self, calendar, coverage.calendar) ? .missed : state == .stopped ? .met : nil
      if outcome != nil || before?.outcome != nil {
        // Late since then, if it was late before; otherwise nothing was late until the target changed.
        let breachedAt = outcome == .missed ? (before?.outcome == .missed ? before?.breachedAt : nil) ?? instant : nil
        next.judge(outcome, .retargeted, cause, at: instant, breachedAt: breachedAt)
      }
    }
    if state == .stopped {
      // What ran is counted by the hours by which it ran, under whatever targets it is looked at; those of this one count when it runs again.
      next.clock.budgetSeconds = budgetSeconds(of: budget, at: instant, in: calendar, from: calendar)
      next.clock.calendarVersion = calendarVersion
      next.clock.nextCalendarVersion = coverage.version == calendarVersion ? nil : coverage.version
    }
    next.clock.goOn(as: self, from: instant, cause, in: coverage.calendar)
    return next
  }

  private func changingCalendar(at instant: Instant, to coverage: Coverage, from calendar: CompiledCalendar) -> ClockTransition {
    guard coverage.version != calendarVersion else { return .ignored(self) }
    // A stopped clock keeps its verdict, and is given the version with which it runs again.
    var next = ending(at: instant, calendar, puttingRight: .calendarChanged)
    next.clock.lastEventAt = instant
    next.clock.calendarVersion = coverage.version
    next.clock.nextCalendarVersion = nil
    if case .businessDays = budget {
      let used = next.clock.consumedSeconds
      let left =
        if let budgetSeconds {
          ClockDeadline.secondsLeft(
            budget, startedAt: countsFrom, left: budgetSeconds - used, at: instant, from: calendar, to: coverage.calendar)
        } else {
          // Days that the calendar before never had begin with this one.
          ClockDeadline.seconds(of: budget, from: instant, in: coverage.calendar)
        }
      next.clock.budgetSeconds = left.map { used + $0 }
    }
    next.clock.goOn(as: self, from: instant, ClockEvent.Kind.changeCalendar.rawValue, in: coverage.calendar)
    // What is left is laid out anew, so a budget in days is judged from here: a run that ended before did so in time, or was judged.
    next.clock.runStartedAt = instant
    next.clock.runStartedWithSeconds = next.clock.consumedSeconds
    return next
  }

  private func withdrawing(at instant: Instant, _ reason: String, keepsMiss: Bool, _ calendar: CompiledCalendar) -> ClockTransition {
    var next = ending(at: instant, calendar)
    next.clock.enter(.withdrawn, at: instant, reason, nil)
    if !(keepsMiss && next.clock.outcome == .missed) { next.judge(.withdrawn, .withdrawn, reason, at: instant) }
    return next
  }

  private func passed(_ now: Instant, _ calendar: CompiledCalendar) -> ClockTransition {
    guard let breach = nextCheckAt, ClockDeadline.isLate(now, after: breach) else { return .ignored(self) }
    var next = ClockTransition(clock: self)
    let used = consumedSeconds + calendar.elapsed(from: stateSince, to: now)
    next.judge(.missed, .exceeded, "", at: breach, breachedAt: breach, consumedSeconds: used)
    return next
  }

  // MARK: Runs

  /// Closes the current interval and, for a run, settles what it used and whether it came to an end in time.
  /// - Parameter cause: why a miss that the job saw is taken back when the run turns out to have ended before.
  private func ending(at instant: Instant, _ calendar: CompiledCalendar, puttingRight cause: Verdict.Cause = .recordedLate) -> ClockTransition {
    var next = ClockTransition(clock: self)
    guard let intervalState = ClockInterval.State(rawValue: state.rawValue) else { return next }
    let working = calendar.elapsed(from: stateSince, to: instant)
    if stateSince < instant {
      next.closed = ClockInterval(
        from: stateSince, to: instant, state: intervalState, cause: stateCause, evidence: stateEvidence, workingSeconds: working,
        calendarVersion: calendarVersion)
    }
    guard state == .running else {
      next.clock.pausedSeconds += working
      return next
    }
    next.clock.consumedSeconds += working
    next.clock.runEndedAt = instant
    if let breachAt, ClockDeadline.isLate(instant, after: breachAt) {
      if outcome != .missed { next.judge(.missed, .exceeded, "", at: breachAt, breachedAt: breachAt) }
    } else if let verdict, verdict.outcome == .missed, verdict.cause == .exceeded, verdict.breachedAt == breachAt {
      // The job saw the breach pass before it was told that the run had ended in time.
      next.judge(nil, cause, "", at: instant)
    }
    return next
  }

  mutating func run(from instant: Instant, _ cause: String, in calendar: CompiledCalendar) {
    enter(.running, at: instant, cause, nil)
    runStartedAt = instant
    runStartedWithSeconds = consumedSeconds
    runEndedAt = nil
    let deadline = budgetSeconds.map { ClockDeadline(budget, from: instant, left: $0 - consumedSeconds, in: calendar) }
    dueAt = deadline?.due
    breachAt = deadline?.breach
    guard outcome == .missed else { return }
    breachAt = verdict?.breachedAt
    // The next word is due whatever became of those before.
    if !missStands { dueAt = breachAt }
  }

  /// Runs or pauses on in a new interval, under another target or calendar.
  private mutating func goOn(as before: Clock, from instant: Instant, _ cause: String, in calendar: CompiledCalendar) {
    switch before.state {
    case .running:
      run(from: instant, cause, in: calendar)
      // It is still the same run: a budget in days is judged from where that began.
      runStartedAt = before.runStartedAt
      runStartedWithSeconds = before.runStartedWithSeconds
    case .paused:
      let left = before.waitLeftSeconds.map { max(0, $0 - (pausedSeconds - before.pausedSeconds)) }
      pause(at: instant, before.stateCause, before.stateEvidence, atMost: left, in: calendar)
    case .stopped, .withdrawn: break
    }
  }

  /// A word was said: the next one has the whole budget.
  mutating func beginAnew(at instant: Instant, in calendar: CompiledCalendar) {
    renewedAt = instant
    consumedSeconds = 0
    budgetSeconds = ClockDeadline.seconds(of: budget, from: instant, in: calendar)
    lastEventAt = instant
    if outcome == .missed { missStands = true }
  }

  private mutating func pause(at instant: Instant, _ reason: String, _ evidence: String?, atMost: Int64?, in calendar: CompiledCalendar) {
    enter(.paused, at: instant, reason, evidence)
    waitLeftSeconds = atMost
    pauseEndsAt = atMost.flatMap { calendar.deadline(from: instant, seconds: $0) }
  }

  private mutating func enter(_ state: State, at instant: Instant, _ cause: String, _ evidence: String?) {
    self.state = state
    stateSince = instant
    stateCause = cause
    stateEvidence = evidence
    lastEventAt = instant
    dueAt = nil
    breachAt = nil
    pauseEndsAt = nil
  }

  /// Another target's budget in seconds as they were counted. Days up to `instant` have the hours of `old`, those after it the
  /// hours of `new`; what earlier versions of `old` made of the budget's days stays.
  private func budgetSeconds(of next: Budget, at instant: Instant, in new: CompiledCalendar, from old: CompiledCalendar) -> Int64? {
    guard case .businessDays(let days) = next else { return ClockDeadline.seconds(of: next, from: countsFrom, in: new) }
    guard let end = new.businessDayEnd(from: countsFrom, days: days) else { return nil }
    let seconds = old.elapsed(from: countsFrom, to: min(instant, end)) + new.elapsed(from: min(instant, end), to: end)
    return seconds + shift(in: old)
  }

  /// What calendars before its own made of the budget's days: seconds that they have more than by its own, or less.
  private func shift(in own: CompiledCalendar) -> Int64 {
    guard case .businessDays = budget, let budgetSeconds, let plain = ClockDeadline.seconds(of: budget, from: countsFrom, in: own) else { return 0 }
    return budgetSeconds - plain
  }

  /// Whether the runs so far used more than the budget, which has just taken the place of that of `before`. Asked when a run has
  /// ended. Working seconds are taken as they were counted; a budget in days asks whether the last run ended after the day.
  private func exceeds(before: Clock, _ old: CompiledCalendar, _ new: CompiledCalendar) -> Bool {
    guard let budgetSeconds else { return false }
    switch budget {
    case .workingSeconds: return consumedSeconds > budgetSeconds
    case .businessDays(let days):
      // Pauses only move the end of the days, so what ended by then is in time, also on a day that only the new calendar has.
      if before.shift(in: old) == 0, let runEndedAt, let end = new.businessDayEnd(from: countsFrom, days: days),
        !ClockDeadline.isLate(runEndedAt, after: end)
      {
        return false
      }
      let left = budgetSeconds - runStartedWithSeconds
      // Used up before the last run began. A budget that is no shorter than the one that was kept is kept too.
      if left <= 0, before.outcome == .missed || before.budgetSeconds.map({ budgetSeconds < $0 }) ?? true { return true }
      let deadline = ClockDeadline(budget, from: runStartedAt, left: left, in: old, closing: new)
      return runEndedAt.map { ClockDeadline.isLate($0, after: deadline.due) } ?? false
    }
  }
}

extension ClockTransition {
  fileprivate static func ignored(_ clock: Clock) -> ClockTransition { ClockTransition(clock: clock, isIgnored: true) }

  fileprivate mutating func judge(
    _ outcome: Verdict.Outcome?, _ cause: Verdict.Cause, _ detail: String, at instant: Instant, breachedAt: Instant? = nil, consumedSeconds: Int64? = nil
  ) {
    let verdict = Verdict(
      sequence: (clock.verdict?.sequence ?? 0) + 1, outcome: outcome, cause: cause, detail: detail, decidedAt: instant, breachedAt: breachedAt,
      consumedSeconds: consumedSeconds ?? clock.consumedSeconds, budgetSeconds: clock.budgetSeconds)
    clock.verdict = verdict
    verdicts.append(verdict)
  }
}
