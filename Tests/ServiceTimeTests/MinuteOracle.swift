import Foundation
import Kernel
import ServiceTime

/// The open time of a calendar found the slow way: every UTC minute is turned into the zone's wall clock by Foundation's
/// `Calendar`, and the definition is asked whether that date and time is open. It shares nothing with the arithmetic.
struct MinuteOracle {
  let firstMinute: Int64
  /// One entry a minute.
  let isOpen: [Bool]
  /// The wall clock's date of each minute, as yyyymmdd.
  let dates: [Int]
  private let openBefore: [Int64]
  /// The end of the last open minute of each date that has one.
  private let closings: [Int: Int64]
  private let openDates: [Int]

  init(_ definition: CalendarDefinition, fromMinute first: Int64, minutes: Int) throws {
    var calendar = Foundation.Calendar(identifier: .gregorian)
    guard let zone = TimeZone(identifier: definition.zone.identifier) else { throw CocoaError(.featureUnsupported) }
    calendar.timeZone = zone
    var openings: [String: [CalendarDefinition.Opening]] = [:]
    for exception in definition.exceptions { openings[exception.date.description] = exception.openings }
    // Foundation counts weekdays from Sunday = 1.
    let week: [Weekday] = [.sunday, .monday, .tuesday, .wednesday, .thursday, .friday, .saturday]

    firstMinute = first
    var isOpen: [Bool] = []
    var dates: [Int] = []
    var openBefore: [Int64] = [0]
    var answers: [Int: [CalendarDefinition.Opening]] = [:]
    for minute in first..<first + Int64(minutes) {
      let now = Date(timeIntervalSince1970: Double(minute * 60))
      let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: now)
      let (year, month, day) = (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
      let date = year * 10_000 + month * 100 + day
      let time = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
      let today: [CalendarDefinition.Opening]
      if let known = answers[date] {
        today = known
      } else {
        today = openings[String(format: "%04d-%02d-%02d", year, month, day)] ?? definition.week[week[(parts.weekday ?? 1) - 1]] ?? []
        answers[date] = today
      }
      let open = today.contains { $0.start <= time && time < $0.end }
      isOpen.append(open)
      dates.append(date)
      openBefore.append((openBefore.last ?? 0) + (open ? 1 : 0))
    }
    self.isOpen = isOpen
    self.dates = dates
    self.openBefore = openBefore
    var closings: [Int: Int64] = [:]
    for (index, date) in dates.enumerated() where isOpen[index] { closings[date] = (first + Int64(index) + 1) * 60 }
    self.closings = closings
    openDates = closings.keys.sorted()
  }

  var start: Instant { Instant(seconds: firstMinute * 60) }
  var end: Instant { Instant(seconds: (firstMinute + Int64(isOpen.count)) * 60) }

  private func index(_ second: Int64) -> Int { Int(second / 60 - firstMinute) }

  private func open(before second: Int64) -> Int64 {
    let index = index(second)
    return openBefore[index] * 60 + (index < isOpen.count && isOpen[index] ? second % 60 : 0)
  }

  func elapsed(from start: Instant, to end: Instant) -> Int64 { max(0, open(before: end.seconds) - open(before: start.seconds)) }

  /// Counts open minutes down from `start`; nil when the oracle's range ends first.
  func deadline(from start: Instant, seconds: Int64) -> Instant? {
    var left = seconds
    var second = start.seconds
    while left > 0 {
      guard index(second) < isOpen.count else { return nil }
      let restOfMinute = 60 - second % 60
      if isOpen[index(second)] {
        if left <= restOfMinute { return Instant(seconds: second + left) }
        left -= restOfMinute
      }
      second += restOfMinute
    }
    return Instant(seconds: second)
  }

  func nextOpening(at instant: Instant) -> Instant? {
    var index = index(instant.seconds)
    guard !isOpen[index] else { return instant }
    while index < isOpen.count, !isOpen[index] { index += 1 }
    return index < isOpen.count ? Instant(seconds: (firstMinute + Int64(index)) * 60) : nil
  }

  /// The closing of the day-th date with open minutes after the date of `start`; for day 0 that of `start`'s own date if
  /// it is still to come.
  func businessDayEnd(from start: Instant, days: Int) -> Instant? {
    let today = dates[index(start.seconds)]
    if days == 0, let closing = closings[today], closing > start.seconds {
      // The range must show the whole date.
      return today == dates.last ? nil : Instant(seconds: closing)
    }
    let later = openDates.filter { $0 > today }
    guard later.count > max(1, days), let closing = closings[later[max(1, days) - 1]] else { return nil }
    return Instant(seconds: closing)
  }
}

/// A repeatable source of random numbers (SplitMix64), so that a failure can be looked at again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64, _ name: String = "") {
    state = name.utf8.reduce(seed) { $0 &* 1_000_003 &+ UInt64($1) }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

enum RandomCalendar {
  static let zones = [
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago",
    "America/St_Johns", "Pacific/Apia", "Pacific/Chatham", "Asia/Tehran", "Africa/Cairo", "Asia/Kathmandu", "Antarctica/Troll", "Pacific/Kiritimati",
  ]

  static func openings(_ generator: inout SeededGenerator) -> [CalendarDefinition.Opening] {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: return []
    case 1: return [.wholeDay]
    case 2: return [CalendarDefinition.Opening(9 * 60, 17 * 60)]
    case 3: return [CalendarDefinition.Opening(22 * 60, 1440), CalendarDefinition.Opening(0, 6 * 60)]
    default:
      return (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        // Small hours are where the clock changes; half of the edges fall there.
        let limit = Bool.random(using: &generator) ? 240 : 1439
        let start = Int.random(in: 0..<limit, using: &generator)
        return CalendarDefinition.Opening(start, Int.random(in: start + 1...min(1440, start + 600), using: &generator))
      }
    }
  }

  /// A calendar with some exceptions in the `days` after `date`.
  static func definition(zone: String, around date: CalendarDate, days: Int64, _ generator: inout SeededGenerator) throws -> CalendarDefinition {
    var week: [Weekday: [CalendarDefinition.Opening]] = [:]
    for day in Weekday.allCases { week[day] = openings(&generator) }
    var exceptions: [CalendarDate: CalendarDefinition.Exception] = [:]
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      let date = date.adding(days: Int64.random(in: -2...days, using: &generator))
      guard date.daysSinceEpoch >= 0 else { continue }
      exceptions[date] = CalendarDefinition.Exception(date: date, openings: openings(&generator))
    }
    return try CalendarDefinition(zone: zone, week: week, exceptions: Array(exceptions.values))
  }
}
