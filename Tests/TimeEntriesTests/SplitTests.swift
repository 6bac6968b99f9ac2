import Foundation
import Kernel
import ServiceTime
import TestSupport
@testable import TimeEntries
import Testing

/// What worked time is cut into, against an account of every single minute.
@Suite struct SplitTests {
  /// Zones, and dates of 2026 around which their clocks change.
  private static let changes: [(zone: String, dates: [String])] = [
    ("Europe/Berlin", ["2026-03-29", "2026-10-25", "2026-06-10"]), ("America/New_York", ["2026-03-08", "2026-11-01"]),
    ("Australia/Lord_Howe", ["2026-04-05", "2026-10-04"]), ("America/Santiago", ["2026-04-05", "2026-09-06"]),
    ("Asia/Kathmandu", ["2026-05-05"]), ("UTC", ["2026-02-28"]),
  ]

  /// Every minute by the wall clock that Foundation's offset gives it: whether it is open, and on which day. Nothing of it is shared with
  /// what is tested.
  private struct Oracle {
    private let first: Int64
    private var isOpen: [Bool] = []
    private var days: [Int64] = []
    private var openDays: Set<Int64> = []

    /// - Parameter offsets: of the minutes from `first` on, in seconds.
    init(_ definition: CalendarDefinition, first: Int64, offsets: [Int]) {
      self.first = first
      var openings: [Int64: [CalendarDefinition.Opening]] = [:]
      for exception in definition.exceptions { openings[exception.date.daysSinceEpoch] = exception.openings }
      for (place, offset) in offsets.enumerated() {
        let local = first + Int64(place) + Int64(offset / 60)
        let (day, time) = (local / 1440, Int(local % 1440))
        // 1970-01-01 was a Thursday.
        let found = openings[day] ?? definition.week[Weekday.allCases[Int((day + 3) % 7)]] ?? []
        openings[day] = found
        let open = found.contains { $0.start <= time && time < $0.end }
        isOpen.append(open)
        days.append(day)
        if open { openDays.insert(day) }
      }
    }

    func situation(_ minute: Int64) -> TimeSplit.Situation {
      let place = Int(minute - first)
      return isOpen[place] ? .serviceTime : openDays.contains(days[place]) ? .afterHours : .offDay
    }
  }

  /// Openings at odd minutes on some weekdays, and some dates that differ.
  private static func definition(_ zone: String, around date: CalendarDate, _ generator: inout SplitMix64) throws -> CalendarDefinition {
    func openings() -> [CalendarDefinition.Opening] {
      (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        let start = Int.random(in: 0..<1440, using: &generator)
        return .init(start, Int.random(in: start + 1...1440, using: &generator))
      }
    }
    var week: [Weekday: [CalendarDefinition.Opening]] = [:]
    for day in Weekday.allCases where Int.random(in: 0..<4, using: &generator) > 0 { week[day] = openings() }
    let exceptions = (-2...2).compactMap { day -> CalendarDefinition.Exception? in
      guard Int.random(in: 0..<4, using: &generator) == 0 else { return nil }
      return .init(date: date.adding(days: Int64(day)), openings: Bool.random(using: &generator) ? [] : openings())
    }
    return try CalendarDefinition(zone: zone, week: week, exceptions: exceptions)
  }

  @Test(arguments: changes.map(\.zone)) func everyMinuteIsWhatTheWallClockSays(zone: String) throws {
    var generator = SplitMix64(seed: zone.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) })
    let dates = try #require(Self.changes.first { $0.zone == zone }).dates
    let clock = try #require(TimeZone(identifier: zone))
    var cut = 0
    for date in dates {
      let day = try #require(CalendarDate(date))
      let first = day.daysSinceEpoch * 1440
      let range = (first - 3 * 1440)..<(first + 4 * 1440)
      let offsets = range.map { clock.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0 * 60))) }
      for _ in 0..<6 {
        let definitions = try (0..<2).map { _ in try Self.definition(zone, around: day, &generator) }
        let oracles = definitions.map { Oracle($0, first: range.lowerBound, offsets: offsets) }
        let change = Instant(seconds: (first + Int64.random(in: -1440...1440, using: &generator)) * 60)
        let versions = zip([Int64(1), 2], definitions).map { id, definition in
          TimeSplit.Version(id: id, validFrom: id == 1 ? Instant(seconds: 0) : change, compiled: CompiledCalendar(definition))
        }
        let begin = first + Int64.random(in: -1440...1440, using: &generator)
        let worked = WorkedTime(
          beganAt: Instant(seconds: begin * 60), endedAt: Instant(seconds: (begin + Int64.random(in: 1...1440, using: &generator)) * 60),
          date: day, minutes: 0)
        let end = try #require(worked.endedAt).seconds / 60
        // Only what holds before the work ends is handed over.
        let handed = change.seconds / 60 < end ? versions : Array(versions.prefix(1))
        let begins = handed.count == 2 && change.seconds / 60 <= begin ? Array(versions.suffix(1)) : handed
        let parts = TimeSplit.parts(of: worked, by: begins)
        cut += parts.count
        #expect(parts.reduce(0) { $0 + $1.minutes } == end - begin)
        var minute = begin
        for part in parts {
          #expect(part.from?.seconds == minute * 60, "without a gap")
          let odd = (minute..<minute + part.minutes).first { minute in
            let isSecond = minute >= change.seconds / 60
            return part.version != (isSecond ? 2 : 1) || part.situation != oracles[isSecond ? 1 : 0].situation(minute)
          }
          #expect(odd == nil, "\(zone) \(odd.map { Instant(seconds: $0 * 60).description } ?? "")")
          minute += part.minutes
          #expect(part.to?.seconds == minute * 60)
        }
        for (one, next) in zip(parts, parts.dropFirst()) { #expect(one.situation != next.situation || one.version != next.version, "as few as can be") }
      }
    }
    #expect(cut > 6 * dates.count, "some are cut")
  }

  @Test func withoutCoverageAllOfItIsServiceTime() throws {
    let began = try #require(Instant("2026-03-07T20:00:00Z"))
    let worked = WorkedTime(beganAt: began, endedAt: began.adding(seconds: 3600), date: try #require(CalendarDate("2026-03-07")), minutes: 60)
    let parts = TimeSplit.parts(of: worked, by: [])
    #expect(parts == [.init(from: began, to: worked.endedAt, minutes: 60, situation: .serviceTime, version: nil)])
  }

  /// Minutes on a day have no time of day: only a day without any service time is told apart.
  @Test(arguments: [("2026-03-06", TimeSplit.Situation.serviceTime), ("2026-03-07", .offDay)])
  func minutesOnADay(date: String, situation: TimeSplit.Situation) throws {
    let calendar = CompiledCalendar(try .fiveByEight(zone: "Asia/Shanghai"))
    let day = try #require(CalendarDate(date))
    let worked = WorkedTime(beganAt: calendar.definition.zone.start(of: day), endedAt: nil, date: day, minutes: 90)
    let parts = TimeSplit.parts(of: worked, by: [.init(id: 5, validFrom: Instant(seconds: 0), compiled: calendar)])
    #expect(parts == [.init(from: nil, to: nil, minutes: 90, situation: situation, version: 5)])
  }
}
