import Contracts
import Kernel
import ServiceTime

extension SubjectClock {
  /// A clock that starts with its subject.
  static func start(
    id: Int64, subject: ClockSubject, under line: LineTerms, _ target: TargetTerms, _ coverage: Coverage, at instant: Instant, cause: String
  ) throws(ClockRefusal) -> SubjectClock {
    let transition = try Clock.start(target.clockMetric, budget: target.clockBudget, coverage: coverage, at: instant, cause: cause)
    var started = SubjectClock(
      id: id, subject: subject, terms: Terms(line, target), clock: transition.clock, lastIntervalSeq: 0, lastMilestoneSeq: 0, isNew: true)
    started.ledger.isTouched = true
    return started
  }

  /// The event that `act` means to this clock; nil when it means nothing.
  func event(for act: ClockAct, at instant: Instant) -> ClockEvent? {
    // Servers' clocks differ by a little: what came second is never recorded as first.
    let at = max(instant, clock.lastEventAt)
    switch (act, clock.metric, clock.state) {
    case (_, _, .withdrawn): return nil
    case (.responded, .response, .running), (.responded, .response, .paused): return .observe(at: at, source: "responded")
    case (.paused(let cause), .resolution, .running), (.paused(let cause), .resolution, .paused):
      return terms.pauses ? .pause(at: at, reason: cause, evidence: nil) : nil
    case (.resumed, .resolution, .paused): return .resume(at: at, cause: "resumed")
    case (.resolved, .resolution, .running), (.resolved, .resolution, .paused):
      if terms.stopsAt == .resolved { return .observe(at: at, source: "resolved") }
      // It runs on until the closure; what was waited for is over.
      return clock.state == .paused ? .resume(at: at, cause: "resolved") : nil
    case (.closed, .resolution, .running), (.closed, .resolution, .paused): return .observe(at: at, source: "closed")
    case (.reopened, .resolution, .stopped): return .reopen(at: at, cause: "reopened")
    default: return nil
    }
  }

  mutating func apply(_ act: ClockAct, at instant: Instant, _ calendar: CompiledCalendar) throws(ClockRefusal) {
    guard let event = event(for: act, at: instant) else { return }
    follow(try clock.applying(event, calendar: calendar))
  }

  /// Goes on under another target: what was used stays used. A pause goes on only where the new target pauses.
  mutating func retarget(
    under line: LineTerms, _ target: TargetTerms, _ coverage: Coverage, pausedFor: String?, at instant: Instant, from calendar: CompiledCalendar
  ) throws(ClockRefusal) {
    let new = Terms(line, target)
    guard new != terms else { return }
    let at = max(instant, clock.lastEventAt)
    let transition = try clock.applying(
      .retarget(at: at, budget: target.clockBudget, coverage: coverage, cause: "classified"), calendar: calendar)
    let closing = transition.closed
    // The interval that ends was counted under the old target, the verdict is one under the new.
    if let closing {
      lastIntervalSeq += 1
      ledger.intervals.append(ClockLedger.Entry(seq: lastIntervalSeq, target: terms.target, row: closing))
    }
    terms = new
    var rest = transition
    rest.closed = nil
    follow(rest)
    if clock.state == .paused, !new.pauses {
      follow(try clock.applying(.resume(at: at, cause: "classified"), calendar: coverage.calendar))
    } else if clock.state == .running, new.pauses, let pausedFor {
      follow(try clock.applying(.pause(at: at, reason: pausedFor, evidence: nil), calendar: coverage.calendar))
    }
  }

  mutating func withdraw(_ reason: String, at instant: Instant, _ calendar: CompiledCalendar) throws(ClockRefusal) {
    follow(try clock.applying(.withdraw(at: max(instant, clock.lastEventAt), reason: reason), calendar: calendar))
  }
}

extension TargetTerms {
  var clockMetric: Metric { metric == .response ? .response : .resolution }

  var clockBudget: Budget {
    switch budget {
    case .seconds(let seconds): .workingSeconds(seconds)
    case .businessDays(let days): .businessDays(days)
    }
  }
}
