import Kernel
import Postgres
import ServiceTime

/// When a sweep runs instead of by its interval: at a time of day, on every day or on the open days of a coverage calendar.
package struct SchedulePlan: Sendable {
  package let time: DailyTime
  /// The calendar's row; nil: on every day.
  package let calendar: Int64?

  package init(time: DailyTime, calendar: Int64?) {
    self.time = time
    self.calendar = calendar
  }

  /// What comes after an instant.
  package struct Next: Sendable, Equatable {
    /// When a worker looks at the calendar: at the time of day, whatever day it is. A calendar may have been revised by then.
    package let lookAt: Instant
    /// When it runs by what the calendar says now.
    package let runAt: Instant
  }

  /// - Parameter days: the open days of its calendar; nil: every day. A calendar that never opens again is asked no more: what nobody else does
  ///   must not end silently with it.
  package func next(after instant: Instant, on days: OpenDays?) -> Next {
    let daily = time.nextRun(after: instant) ?? instant.adding(seconds: 86_400)
    guard let days else { return Next(lookAt: daily, runAt: daily) }
    return Next(lookAt: daily, runAt: time.nextRun(after: instant, on: days) ?? daily)
  }
}

/// The calendars that schedules name. They belong to a module that stands on this one.
package protocol ScheduleCalendars: Sendable {
  /// The open days of a calendar, from an instant on.
  /// - Throws: where the calendar cannot be read; then every day counts.
  func openDays(of calendar: Int64, from instant: Instant, in transaction: Transaction) async throws -> OpenDays
}
