import Contracts
import Kernel
import Operations
import ServiceTime

extension SubjectClock {
  /// A clock that starts with its subject.
  /// - Parameter keepsLedger: false for one that is stored nowhere.
  static func start(
    id: Int64, subject: ClockSubject, _ goal: Goal, _ coverage: Coverage, at instant: Instant, cause: String, keepsLedger: Bool = true
  ) throws(ClockRefusal) -> SubjectClock {
    let transition = try Clock.start(goal.metric, budget: goal.budget, coverage: coverage, at: instant, cause: cause)
    var started = SubjectClock(
      id: id, subject: subject, terms: goal.terms, clock: transition.clock, lastIntervalSeq: 0, lastMilestoneSeq: 0, isNew: true)
    started.ledger.isTouched = true
    started.ledger.isKept = keepsLedger
    return started
  }

  /// The event that `act` means to this clock; nil when it means nothing.
  func event(for act: ClockAct, at instant: Instant) -> ClockEvent? {
    // Servers' clocks differ by a little: what came second is never recorded as first.
    let at = max(instant, clock.lastEventAt)
    let isOpen = clock.state == .running || clock.state == .paused
    switch (act, clock.metric) {
    case (.responded, .response) where isOpen: return .observe(at: at, source: "responded")
    case (.responded, .update) where isOpen: return .renew(at: at, source: "responded")
    case (.updated, .update) where isOpen: return .renew(at: at, source: "updated")
    case (.paused(let cause, let waitedFor, let evidence), .resolution) where isOpen, (.paused(let cause, let waitedFor, let evidence), .update) where isOpen:
      guard stops(waitingFor: waitedFor), waitAllowance.map({ $0 > 0 }) ?? true else { return nil }
      return .pause(at: at, reason: cause, evidence: evidence, atMost: waitAllowance)
    case (.resumed, .resolution) where clock.state == .paused, (.resumed, .update) where clock.state == .paused:
      return .resume(at: at, cause: "resumed")
    case (.resolved, .resolution) where isOpen && terms.stopsAt == .closed:
      // It runs on until the closure; what was waited for is over.
      return clock.state == .paused ? .resume(at: at, cause: "resolved") : nil
    // Whoever has the solution owes no more words on the way to it.
    case (.resolved, .resolution) where isOpen, (.resolved, .update) where isOpen: return .observe(at: at, source: "resolved")
    case (.closed, .resolution) where isOpen, (.closed, .update) where isOpen: return .observe(at: at, source: "closed")
    case (.reopened, .resolution) where clock.state == .stopped, (.reopened, .update) where clock.state == .stopped:
      return .reopen(at: at, cause: "reopened")
    // Who hands over has answered.
    case (.ended(let source), _) where isOpen: return .observe(at: at, source: source)
    default: return nil
    }
  }

  /// Whether a wait stops the clock at all.
  private func stops(waitingFor waitedFor: ClockAct.WaitedFor) -> Bool {
    switch waitedFor {
    case .customer: terms.pauses
    case .supplier: terms.pauses && terms.waits.supplierPauses
    case .provider: terms.pauses && terms.waits.providerPauses
    }
  }

  /// For how many open seconds the next wait may stop the clock; nil: for as many as it takes.
  private var waitAllowance: Int64? {
    let left = terms.waits.totalSeconds.map { max(0, $0 - clock.pausedSeconds) }
    return [terms.waits.limitSeconds, left].compactMap { $0 }.min()
  }

  mutating func apply(_ act: ClockAct, at instant: Instant, _ calendars: CalendarSeries) throws {
    if event(for: act, at: instant) != nil {
      // What took effect by itself before the act comes before it.
      try catchUp(until: max(instant, clock.lastEventAt), isToRun: true, calendars)
      if var event = event(for: act, at: instant) {
        if case .reopen(let at, let cause, _) = event, let next = clock.nextCalendarVersion {
          event = .reopen(at: at, cause: cause, coverage: try calendars.coverage(next.rawValue, at: at))
        }
        follow(try clock.applying(event, calendar: try calendars.calendar(of: clock)))
      }
    }
    if act.endsWaits, clock.state == .running || clock.state == .stopped, clock.waitLeftSeconds != nil {
      // That wait is over: what it had left says nothing about the next one.
      clock.waitLeftSeconds = nil
      ledger.isTouched = true
    }
  }

  /// What happens to a clock without anybody's act: versions of its calendar take effect, a wait comes to its limit. In the
  /// order of time, each at its own instant, however much later it is done.
  /// - Parameter isToRun: one that has stopped keeps the hours by which it ran, and is judged by them under another target too; those that came
  ///   since count when it is to run again, unless it runs again by another calendar.
  mutating func catchUp(until instant: Instant, isToRun: Bool = false, _ calendars: CalendarSeries) throws {
    while clock.state != .withdrawn, clock.state != .stopped || (isToRun && clock.nextCalendarVersion == nil) {
      let next = calendars.successor(of: clock.calendarVersion.rawValue, until: instant)
      if let end = clock.pauseEndsAt, end <= instant, end <= next?.validFrom ?? end {
        follow(try clock.applying(.resume(at: end, cause: "wait_limit"), calendar: try calendars.calendar(of: clock)))
        clock.waitLeftSeconds = 0
      } else if let next {
        let coverage = Coverage(version: Id(next.id), calendar: next.compiled)
        follow(try clock.applying(.changeCalendar(effectiveAt: next.validFrom, coverage: coverage), calendar: try calendars.calendar(of: clock)))
      } else {
        return
      }
    }
  }

  /// Goes on under another target: what was used stays used. A pause goes on only where the new target pauses.
  mutating func retarget(
    to goal: Goal, wait: (act: ClockAct, at: Instant)?, at instant: Instant, cause: String = "classified", _ calendars: CalendarSeries
  ) throws {
    let new = goal.terms
    guard new != terms else { return }
    let limits = terms.waits
    let at = max(instant, clock.lastEventAt)
    try catchUp(until: at, calendars)
    let calendar = try calendars.calendar(of: clock)
    // Versions that its calendar got since it stopped are none of its run.
    let isItsOwn = clock.state == .stopped && calendars.areOfOneCalendar(clock.calendarVersion.rawValue, goal.calendarVersion)
    let coverage = isItsOwn ? Coverage(version: clock.calendarVersion, calendar: calendar) : try calendars.coverage(goal.calendarVersion, at: at)
    let transition = try clock.applying(.retarget(at: at, budget: goal.budget, coverage: coverage, cause: cause), calendar: calendar)
    let closing = transition.closed
    // The interval that ends was counted under the old target, the verdict is one under the new.
    if let closing, ledger.isKept {
      lastIntervalSeq += 1
      ledger.intervals.append(ClockLedger.Entry(seq: lastIntervalSeq, terms: terms, row: closing))
    }
    terms = new
    var rest = transition
    rest.closed = nil
    follow(rest)
    let waitedFor = if case .paused(_, let waitedFor, _)? = wait?.act { waitedFor } else { ClockAct.WaitedFor.customer }
    if clock.state == .paused, !stops(waitingFor: waitedFor) {
      follow(try clock.applying(.resume(at: at, cause: cause), calendar: try calendars.calendar(of: clock)))
    } else if clock.state == .paused, terms.waits != limits {
      try limitWait(since: wait?.at ?? at, at: at, try calendars.calendar(of: clock))
    } else if clock.state == .running, clock.waitLeftSeconds != 0, let wait {
      // A wait that came to its limit does not begin again.
      try apply(wait.act, at: at, calendars)
    }
  }

  /// Gives a wait that goes on the limits of new terms, less what it has used of them. A wait that already is at its limit ends.
  private mutating func limitWait(since start: Instant, at instant: Instant, _ calendar: CompiledCalendar) throws {
    let used = min(clock.pausedSeconds, calendar.elapsed(from: start, to: instant))
    let ofThis = terms.waits.limitSeconds.map { max(0, $0 - used) }
    let ofAll = terms.waits.totalSeconds.map { max(0, $0 - clock.pausedSeconds) }
    let left = [ofThis, ofAll].compactMap { $0 }.min()
    if left == 0 { follow(try clock.applying(.resume(at: instant, cause: "wait_limit"), calendar: calendar)) }
    clock.waitLeftSeconds = left
    clock.pauseEndsAt = clock.state == .paused ? left.flatMap { calendar.deadline(from: instant, seconds: $0) } : nil
  }

  /// Goes on under another target from now on: what was missed by now stays missed, whatever that one says. Of ``Metric/update`` the
  /// words that are still to come are due by it.
  mutating func escalate(to goal: Goal, at instant: Instant, cause: String, _ calendars: CalendarSeries) throws {
    if try isMissed(by: instant, calendars) {
      guard clock.metric == .update else { return }
      clock.missStands = true
    }
    try retarget(to: goal, wait: nil, at: instant, cause: cause, calendars)
  }

  /// Whether its budget was used up by then; the verdict is taken if it was. A job may have seen a later one already.
  mutating func isMissed(by instant: Instant, _ calendars: CalendarSeries) throws -> Bool {
    let at = max(instant, clock.lastEventAt)
    try catchUp(until: at, calendars)
    follow(try clock.applying(.passed(now: at), calendar: try calendars.calendar(of: clock)))
    return clock.outcome == .missed && clock.verdict?.breachedAt.map { ClockDeadline.isLate(at, after: $0) } ?? false
  }

  /// - Parameter keepsMiss: whether what was promised stays promised up to now.
  mutating func withdraw(_ reason: String, keepsMiss: Bool = false, at instant: Instant, _ calendars: CalendarSeries) throws {
    let at = max(instant, clock.lastEventAt)
    try catchUp(until: at, calendars)
    follow(try clock.applying(.withdraw(at: at, reason: reason, keepsMiss: keepsMiss), calendar: try calendars.calendar(of: clock)))
  }
}

extension CalendarSeries {
  /// Loaded with the clock, and the version is a foreign key: only a calendar that row security hides can be missing.
  func calendar(of clock: Clock) throws(Failure) -> CompiledCalendar { try calendar(version: clock.calendarVersion.rawValue) }

  /// What counts at an instant: the version in force then, beginning with one in force when a target was chosen.
  func coverage(_ chosen: Int64, at instant: Instant) throws(Failure) -> Coverage {
    var version = chosen
    while let next = successor(of: version, until: instant) { version = next.id }
    return Coverage(version: Id(version), calendar: try calendar(version: version))
  }

  private func calendar(version: Int64) throws(Failure) -> CompiledCalendar {
    guard let calendar = self[version] else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "calendar version \(version) is not to be seen")
    }
    return calendar
  }
}

extension Contracts.Metric {
  var clockMetric: Metric {
    switch self {
    case .response: .response
    case .update: .update
    case .resolution: .resolution
    }
  }
}

extension TargetTerms {
  var clockMetric: Metric { metric.clockMetric }

  var clockBudget: Budget {
    switch budget {
    case .seconds(let seconds): .workingSeconds(seconds)
    case .businessDays(let days): .businessDays(days)
    }
  }
}
