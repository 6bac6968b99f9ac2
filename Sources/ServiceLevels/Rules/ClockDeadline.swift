import Kernel
import ServiceTime

/// By when a clock that runs must end.
struct ClockDeadline {
  var due: Instant?
  var breach: Instant?

  /// For a run that starts at `start` with `left` open seconds of the budget.
  ///
  /// A budget in business days ends with a day: where pauses moved it into one, the closing of that day counts.
  init(_ budget: Budget, from start: Instant, left: Int64, in calendar: CompiledCalendar) {
    let left = max(0, left)
    switch budget {
    case .workingSeconds:
      due = calendar.deadline(from: start, seconds: left)
      breach = calendar.breach(from: start, seconds: left)
    case .businessDays:
      // The last open second of the budget lies just before its deadline; its date is the one that counts.
      let last = left == 0 ? start : calendar.deadline(from: start, seconds: left)?.adding(seconds: -1)
      due = last.flatMap { calendar.businessDayEnd(from: $0, days: 0) }
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

  /// Whether something at `instant` is too late. Instants count by the second, as open time does.
  static func isLate(_ instant: Instant, after breach: Instant?) -> Bool { breach.map { instant.seconds > $0.seconds } ?? false }
}
