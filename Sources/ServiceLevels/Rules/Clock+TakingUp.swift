import Contracts
import Kernel
import ServiceTime

extension Clock {
  /// A clock for what is promised again after it was withdrawn unbroken: it goes on with what the withdrawn one had used. In between nothing
  /// was promised, and that time does not count.
  /// - Parameters:
  ///   - word: of ``Metric/update``, the last word: one since the withdrawal began a gap of which nothing is used.
  ///   - calendar: the version that ``calendarVersion`` names.
  func takenUp(at instant: Instant, after word: Instant?, cause: String, in calendar: CompiledCalendar) -> Clock {
    var clock = self
    clock.verdict = nil
    if metric == .update, let word, word >= stateSince { clock.beginAnew(at: word, in: calendar) }
    clock.run(from: instant, cause, in: calendar)
    return clock
  }
}

extension SubjectClock {
  /// A clock that goes on where a withdrawn one of the same metric ended, under the terms of that one.
  static func start(
    id: Int64, takingUp former: SubjectClock, after word: Instant?, at instant: Instant, cause: String, _ calendars: CalendarSeries
  ) throws(Failure) -> SubjectClock {
    let at = max(instant, former.clock.lastEventAt)
    let clock = former.clock.takenUp(at: at, after: word, cause: cause, in: try calendars.calendar(of: former.clock))
    var started = SubjectClock(
      id: id, subject: former.subject, terms: former.terms, clock: clock, lastIntervalSeq: 0, lastMilestoneSeq: 0, isNew: true)
    started.ledger.isTouched = true
    // A share that passed passes once; a new gap between two words has all of its own.
    if clock.renewedAt == former.clock.renewedAt { (started.warnedPercent, started.passedPercent) = (former.warnedPercent, former.passedPercent) }
    return started
  }
}
