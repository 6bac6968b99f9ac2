import Contracts
import Kernel

/// The passing of a share of a clock's budget.
package struct ClockWarning: Hashable, Sendable {
  package let percent: Int64
  package let at: Instant
}

extension SubjectClock {
  /// The next share that is passed, and when: nil unless the clock runs. It may lie in the past: nobody looked since, and a miss
  /// takes nothing back. A share that a new target made of what was used already is passed at the instant of that change. Each
  /// share is passed once, whatever comes after: a longer budget warns only of what is left above it.
  func nextWarning(in calendars: CalendarSeries) -> ClockWarning? {
    guard clock.state == .running, let budget = clock.budgetSeconds, let calendar = calendars[clock.calendarVersion.rawValue],
      let percent = terms.warnPercents.first(where: { $0 > warnedPercent ?? 0 })
    else { return nil }
    let (whole, rest) = budget.quotientAndRemainder(dividingBy: 100)
    // Rounded up: a share is passed when all of it is used.
    let share = whole * percent + (rest * percent + 99) / 100
    // What was used before the clock came under this target and calendar was counted by others.
    let left = share - clock.consumedSeconds
    guard left > 0 else { return ClockWarning(percent: percent, at: clock.stateSince) }
    return calendar.deadline(from: clock.stateSince, seconds: left).map { ClockWarning(percent: percent, at: $0) }
  }
}
