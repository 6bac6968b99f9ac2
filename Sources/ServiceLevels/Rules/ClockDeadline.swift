import Kernel
import ServiceTime

/// By when a clock that runs must end.
struct ClockDeadline {
  var due: Instant?
  var breach: Instant?

  /// For a run that starts at `start` with `left` open seconds of the budget.
  ///
  /// A budget in business days ends with a day: where pauses moved it into one, the closing of that day counts.
  /// - Parameter closing: the calendar that says when that day closes, where it is not the one that counted the run.
  init(_ budget: Budget, from start: Instant, left: Int64, in calendar: CompiledCalendar, closing: CompiledCalendar? = nil) {
    let left = max(0, left)
    switch budget {
    case .workingSeconds:
      due = calendar.deadline(from: start, seconds: left)
      breach = calendar.breach(from: start, seconds: left)
    case .businessDays:
      // The last open second of the budget lies just before its deadline; its date is the one that counts.
      let last = left == 0 ? start : calendar.deadline(from: start, seconds: left)?.adding(seconds: -1)
      due = last.flatMap { (closing ?? calendar).businessDayEnd(from: $0, days: 0) }
      breach = due
    }
  }

  /// A budget in open seconds from the clock's start on; nil when it never elapses.
  static func seconds(of budget: Budget, from start: Instant, in calendar: CompiledCalendar) -> Int64? {
    switch budget {
    case .workingSeconds(let seconds): seconds
    case .businessDays(let days): calendar.businessDayEnd(from: start, days: days).map { calendar.elapsed(from: start, to: $0) }
    }
  }

  /// The open seconds from `instant` to the end of a budget in business days of which `left` seconds are left by `old`, when `new`
  /// takes the place of that: the days that are left are the same, their hours are those of `new`. Nil when it never elapses.
  static func secondsLeft(
    _ budget: Budget, startedAt: Instant, left: Int64, at instant: Instant, from old: CompiledCalendar, to new: CompiledCalendar
  ) -> Int64? {
    guard left > 0 else { return left }
    guard let due = ClockDeadline(budget, from: instant, left: left, in: old).due else { return nil }
    // Day 0 is the date of the start, open or not.
    let reached = old.date(at: startedAt) == old.date(at: instant) ? instant : old.businessDayReached(at: instant)
    return new.businessDayEnd(from: reached, days: old.businessDays(from: reached, to: due)).map { new.elapsed(from: instant, to: $0) }
  }

  /// Whether something at `instant` is too late. Instants count by the second, as open time does.
  static func isLate(_ instant: Instant, after breach: Instant?) -> Bool { breach.map { instant.seconds > $0.seconds } ?? false }
}
