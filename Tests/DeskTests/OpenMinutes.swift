import Foundation
import Kernel
import ServiceTime
import TestSupport

/// The open minutes of a calendar with all its versions, found the slow way: each minute is turned into the zone's wall clock by
/// Foundation's `Calendar`, and the version that holds in that minute is asked. It shares nothing with the arithmetic. Minutes count from
/// 1970.
struct OpenMinutes {
  private let first: Int64
  private var opens: [Bool] = []
  /// The wall clock's date of each minute, as yyyymmdd.
  private var dates: [Int] = []
  /// The end of the last open minute of each date that has one, in their order.
  private var closings: [(date: Int, minute: Int64)] = []

  /// - Parameter versions: in their order, each from a minute on; all of one zone.
  init(_ versions: [CoverageVersion], from first: Int64, minutes: Int64) throws {
    self.first = first
    // Foundation counts weekdays from Sunday = 1.
    let week: [Weekday] = [.sunday, .monday, .tuesday, .wednesday, .thursday, .friday, .saturday]
    guard let zone = versions.first.flatMap({ TimeZone(identifier: $0.definition.zone.identifier) }) else { throw CocoaError(.featureUnsupported) }
    var calendar = Foundation.Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    var today: (date: Int, from: Int64, openings: [CalendarDefinition.Opening]) = (0, 0, [])
    for minute in first..<first + minutes {
      let now = Date(timeIntervalSince1970: Double(minute * 60))
      let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: now)
      let date = (parts.year ?? 0) * 10_000 + (parts.month ?? 0) * 100 + (parts.day ?? 0)
      let time = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
      guard let version = versions.last(where: { $0.fromMinute <= minute }) else { throw CocoaError(.featureUnsupported) }
      if today.date != date || today.from != version.fromMinute {
        let weekday = week[(parts.weekday ?? 1) - 1]
        today = (date, version.fromMinute, version.definition.openings(on: date) ?? version.definition.week[weekday] ?? [])
      }
      let open = today.openings.contains { $0.start <= time && time < $0.end }
      opens.append(open)
      dates.append(date)
      guard open else { continue }
      if closings.last?.date == date { closings.removeLast() }
      closings.append((date, minute + 1))
    }
  }

  func isOpen(at minute: Int64) -> Bool { opens[Int(minute - first)] }

  /// The closing of the N-th date with open minutes after the date of a minute; nil when what was looked at ends before.
  func businessDayEnd(from minute: Int64, days: Int64) -> Int64? {
    let later = closings.filter { $0.date > dates[Int(minute - first)] }
    return days >= 1 && Int64(later.count) > days ? later[Int(days) - 1].minute : nil
  }
}

/// What a calendar says from a minute on.
struct CoverageVersion {
  let fromMinute: Int64
  let definition: CalendarDefinition
}

extension CalendarDefinition {
  /// What an exception says of a date, yyyymmdd; nil: there is none.
  fileprivate func openings(on date: Int) -> [Opening]? {
    exceptions.first { exception in
      let (year, month, day) = exception.date.parts
      return year * 10_000 + month * 100 + day == Int64(date)
    }?.openings
  }
}

extension SplitMix64 {
  /// A calendar in one version, or in two of which the second holds from about a minute on.
  mutating func versions(_ count: Int, _ zone: String, around minute: Int64) throws -> [CoverageVersion] {
    let first = CoverageVersion(fromMinute: 0, definition: try calendar(zone, around: minute))
    guard count > 1 else { return [first] }
    let from = minute + Int64.random(in: -600...1500, using: &self)
    return [first, CoverageVersion(fromMinute: from, definition: try calendar(zone, around: minute))]
  }

  /// A calendar that is open each Wednesday at least, with holidays and half days in the weeks around a minute.
  mutating func calendar(_ zone: String, around minute: Int64) throws -> CalendarDefinition {
    var week: [Weekday: [CalendarDefinition.Opening]] = [:]
    for day in Weekday.allCases where Int.random(in: 0..<10, using: &self) < 8 { week[day] = openings() }
    week[.wednesday] = [CalendarDefinition.Opening(9 * 60, 17 * 60)]
    let date = CalendarDate(daysSinceEpoch: minute / 1440)
    var exceptions: [CalendarDefinition.Exception] = []
    for offset: Int64 in -2...24 where Int.random(in: 0..<8, using: &self) == 0 {
      exceptions.append(CalendarDefinition.Exception(date: date.adding(days: offset), openings: Bool.random(using: &self) ? [] : openings()))
    }
    return try CalendarDefinition(zone: zone, week: week, exceptions: exceptions)
  }

  private mutating func openings() -> [CalendarDefinition.Opening] {
    switch Int.random(in: 0..<5, using: &self) {
    case 0: return [.wholeDay]
    case 1: return [CalendarDefinition.Opening(22 * 60, 1440), CalendarDefinition.Opening(0, 6 * 60)]
    case 2:
      // Small hours, where the clocks change.
      let start = Int.random(in: 0..<180, using: &self)
      return [CalendarDefinition.Opening(start, start + Int.random(in: 1...240, using: &self))]
    default:
      let start = Int.random(in: 6 * 60...11 * 60, using: &self)
      return [CalendarDefinition.Opening(start, start + Int.random(in: 120...600, using: &self))]
    }
  }
}
