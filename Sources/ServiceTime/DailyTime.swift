import Kernel

/// A time of day by the clocks of a zone, at which something runs.
///
/// A time that the clocks skip on a date is the instant after the gap; one that they show twice is the first of the two; a date that the zone skipped
/// has none. So each date of the zone has one run at the most, and runs come in the order of their dates.
package struct DailyTime: Hashable, Sendable {
  /// Minutes since midnight: 0 to 1439.
  package let minute: Int64
  package let zone: Zone

  /// So many dates are looked through for an open one: a year, and some.
  package static let reachDays: Int64 = 400

  /// Nil for a minute that no day has.
  package init?(minute: Int64, zone: Zone) {
    guard (0..<1440).contains(minute) else { return nil }
    self.minute = minute
    self.zone = zone
  }

  /// The first run after an instant; nil when none of the next ``reachDays`` dates is open.
  /// - Parameter days: on which it runs; nil: on all.
  package func nextRun(after instant: Instant, on days: OpenDays? = nil) -> Instant? {
    let first = zone.date(at: instant)
    for step in 0...Self.reachDays {
      let date = first.adding(days: step)
      guard let next = run(on: date), next > instant else { continue }
      if days?.contains(date, at: next) ?? true { return next }
    }
    return nil
  }

  /// Nil for a date that the zone's clocks never showed.
  private func run(on date: CalendarDate) -> Instant? {
    guard zone.start(of: date) < zone.start(of: date.adding(days: 1)) else { return nil }
    return zone.reading(wallClockSeconds: date.daysSinceEpoch * 86_400 + minute * 60).instant
  }

  /// `22:00` as minutes since midnight; nil when it is no time of day.
  package static func minute(_ text: String) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int64(String(decoding: parts[0], as: UTF8.self)), let minute = Int64(String(decoding: parts[1], as: UTF8.self)), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  package static func text(_ minute: Int64) -> String { "\(pad(minute / 60, 2)):\(pad(minute % 60, 2))" }
}

/// The dates on which a calendar is open, by the versions that it has at the time: a date counts as open by the version in force when something is to
/// run on it, and by the calendar's own clocks, whatever zone the time of day is in.
package struct OpenDays: Sendable {
  package struct Version: Sendable {
    package let validFrom: Instant
    package let calendar: CompiledCalendar

    package init(validFrom: Instant, calendar: CompiledCalendar) {
      self.validFrom = validFrom
      self.calendar = calendar
    }
  }

  private let versions: [Version]

  /// - Parameter versions: in the order of their beginnings.
  package init(_ versions: [Version]) { self.versions = versions }

  /// Whether a date has open time, for what runs on it at an instant.
  package func contains(_ date: CalendarDate, at instant: Instant) -> Bool {
    guard let calendar = versions.last(where: { $0.validFrom <= instant })?.calendar else { return false }
    let span = calendar.definition.zone.span(of: date, to: date.adding(days: 1))
    return calendar.elapsed(from: span.start, to: span.end) > 0
  }
}
