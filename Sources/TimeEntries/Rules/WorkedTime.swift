import Kernel
import ServiceTime

/// When somebody worked, and how long.
package struct WorkedTime: Hashable, Sendable {
  /// Of minutes on a day: when the day began.
  package let beganAt: Instant
  /// Nil: minutes on a day.
  package let endedAt: Instant?
  /// The day on which it began, in the zone of the contract or the customer.
  package let date: CalendarDate
  package let minutes: Int64

  /// What somebody tells: a beginning and an end, or a day and minutes.
  package struct Told: Sendable {
    let from: Instant?
    let to: Instant?
    let date: CalendarDate?
    let minutes: Int64?

    package init(from: Instant? = nil, to: Instant? = nil, date: CalendarDate? = nil, minutes: Int64? = nil) {
      (self.from, self.to, self.date, self.minutes) = (from, to, date, minutes)
    }

    var isEmpty: Bool { from == nil && to == nil && date == nil && minutes == nil }
  }

  static let longestMinutes: Int64 = 1440
  /// Nobody remembers work of more than a year ago to the minute.
  static let oldestDays: Int64 = 400

  package init(_ told: Told, in zone: Zone, now: Instant) throws(Failure) {
    switch (told.from, told.to, told.date, told.minutes) {
    case (let from?, let to?, nil, nil): self = try Self.span(from, to, zone, now)
    case (nil, nil, let date?, let minutes?): self = try Self.day(date, minutes, zone, now)
    default: throw Failure.invalid("from", TimeEntriesMessages.timesOrMinutes)
    }
  }

  init(beganAt: Instant, endedAt: Instant?, date: CalendarDate, minutes: Int64) {
    (self.beganAt, self.endedAt, self.date, self.minutes) = (beganAt, endedAt, date, minutes)
  }

  private static func span(_ from: Instant, _ to: Instant, _ zone: Zone, _ now: Instant) throws(Failure) -> WorkedTime {
    for (path, instant) in [("from", from), ("to", to)] where instant.microseconds % 60_000_000 != 0 {
      throw Failure.invalid(path, TimeEntriesMessages.wholeMinutes)
    }
    guard from < to else { throw Failure.invalid("to", TimeEntriesMessages.order) }
    // Both lie between 1970 and 9999.
    let minutes = (to.seconds - from.seconds) / 60
    guard minutes <= longestMinutes else { throw Failure.invalid("to", TimeEntriesMessages.tooLong) }
    guard to <= now else { throw Failure.invalid("to", TimeEntriesMessages.future) }
    guard from >= now.adding(seconds: -oldestDays * 86_400) else { throw tooOld("from") }
    return WorkedTime(beganAt: from, endedAt: to, date: zone.date(at: from), minutes: minutes)
  }

  private static func day(_ date: CalendarDate, _ minutes: Int64, _ zone: Zone, _ now: Instant) throws(Failure) -> WorkedTime {
    let today = zone.date(at: now)
    guard date <= today else { throw Failure.invalid("date", TimeEntriesMessages.future) }
    guard date >= today.adding(days: -oldestDays) else { throw tooOld("date") }
    return WorkedTime(beganAt: zone.start(of: date), endedAt: nil, date: date, minutes: minutes)
  }

  private static func tooOld(_ path: String) -> Failure {
    Failure.invalid(path, TimeEntriesMessages.tooOld, ["days": String(oldestDays)])
  }

  /// The same where another zone tells the days: minutes on a day stay on that day.
  func moved(to zone: Zone) -> WorkedTime {
    guard let endedAt else { return WorkedTime(beganAt: zone.start(of: date), endedAt: nil, date: date, minutes: minutes) }
    return WorkedTime(beganAt: beganAt, endedAt: endedAt, date: zone.date(at: beganAt), minutes: minutes)
  }

  /// How long after the end of the work, or of its day, `now` is, in whole minutes; 0 while that lasts.
  func minutesSince(in zone: Zone, now: Instant) -> Int64 {
    let end = endedAt ?? zone.start(of: date.adding(days: 1))
    return max(0, (now.seconds - end.seconds) / 60)
  }
}
