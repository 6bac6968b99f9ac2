import Contracts
import Kernel

/// The passing of a share of a clock's budget.
package struct ClockWarning: Hashable, Sendable {
  package let percent: Int64
  package let at: Instant
}

extension SubjectClock {
  /// Whether it was worked out when it passes shares at which rules act.
  var isWatched: Bool { shareRevision > 0 }

  /// Whether it counts no time, and may count again.
  var isAtRest: Bool { clock.state == .paused || clock.state == .stopped }

  /// The next share that is passed, and when: nil unless the clock runs. It may lie in the past: nobody looked since, and a miss
  /// takes nothing back. A share that a new target made of what was used already is passed at the instant of that change. Each
  /// share is passed once, whatever comes after: a longer budget warns only of what is left above it.
  func nextWarning(in calendars: CalendarSeries) -> ClockWarning? {
    guard let percent = terms.warnPercents.first(where: { $0 > warnedPercent ?? 0 }) else { return nil }
    return passing(of: percent, in: calendars)
  }

  /// The same of a share at which a rule of escalation acts.
  func nextShare(of watched: WatchedShares, tenant: TenantId, in calendars: CalendarSeries) -> (passing: ClockWarning, since: Instant)? {
    guard let next = watched.next(of: self, tenant: tenant), let passing = passing(of: next.percent, in: calendars) else { return nil }
    return (passing, next.since)
  }

  private func passing(of percent: Int64, in calendars: CalendarSeries) -> ClockWarning? {
    guard clock.state == .running, let share = seconds(of: percent), let calendar = calendars[clock.calendarVersion.rawValue] else { return nil }
    // What was used before the clock came under this target and calendar was counted by others.
    let left = share - clock.consumedSeconds
    guard left > 0 else { return ClockWarning(percent: percent, at: clock.stateSince) }
    return calendar.deadline(from: clock.stateSince, seconds: left).map { ClockWarning(percent: percent, at: $0) }
  }

  /// Whether all of a share was used before the clock came to the state in which it is.
  func hasUsed(_ percent: Int64) -> Bool { seconds(of: percent).map { $0 <= clock.consumedSeconds } ?? false }

  private func seconds(of percent: Int64) -> Int64? {
    guard let budget = clock.budgetSeconds else { return nil }
    let (whole, rest) = budget.quotientAndRemainder(dividingBy: 100)
    // Rounded up: a share is passed when all of it is used.
    return whole * percent + (rest * percent + 99) / 100
  }
}
