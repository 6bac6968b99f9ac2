import Foundation
import Kernel
import ServiceTime
import Testing

/// When what has a time of day runs.
@Suite struct DailyTimeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let zone: String
    let time: String
    let after: String
    /// One after the other.
    let runs: [String]

    init(_ zone: String, _ time: String, after: String, _ runs: String...) {
      (self.zone, self.time, self.after, self.runs) = (zone, time, after, runs)
    }

    var testDescription: String { "\(time) \(zone) after \(after)" }
  }

  static let cases = [
    // An ordinary day, and its own instant, after which comes the next day.
    Case("Europe/Berlin", "02:30", after: "2026-03-10T01:29:59Z", "2026-03-10T01:30:00Z", "2026-03-11T01:30:00Z"),
    Case("UTC", "00:00", after: "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z"),
    Case("UTC", "23:59", after: "2026-12-31T23:59:00Z", "2027-01-01T23:59:00Z"),
    // Berlin 2026-03-29: at 01:00Z from 02:00 to 03:00. 02:30 is not: at the change. 2027-03-28 likewise.
    Case("Europe/Berlin", "02:30", after: "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
    Case("Europe/Berlin", "02:00", after: "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"),
    Case("Europe/Berlin", "03:00", after: "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"),
    Case("Europe/Berlin", "02:30", after: "2027-03-28T00:59:59Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"),
    // Berlin 2026-10-25: at 01:00Z from 03:00 back to 02:00. 02:30 comes twice: the first.
    Case("Europe/Berlin", "02:30", after: "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
    Case("Europe/Berlin", "02:30", after: "2026-10-25T00:45:00Z", "2026-10-26T01:30:00Z"),
    Case("Europe/Berlin", "03:00", after: "2026-10-24T12:00:00Z", "2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z"),
    // New York 2026-03-08: at 07:00Z from 02:00 to 03:00; 2026-11-01: at 06:00Z from 02:00 back to 01:00.
    Case("America/New_York", "02:30", after: "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"),
    Case("America/New_York", "01:30", after: "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"),
    // Lord Howe, half an hour: 2026-10-04 02:00 is 02:30, at 15:30Z of the 3rd; 2026-04-05 02:00 is 01:30, at 15:00Z of the 4th.
    Case("Australia/Lord_Howe", "02:15", after: "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"),
    Case("Australia/Lord_Howe", "01:45", after: "2026-04-04T00:00:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"),
    // Santiago 2026-09-06 begins at 01:00, at 04:00Z.
    Case("America/Santiago", "00:30", after: "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:30:00Z"),
    // Apia had no 2011-12-30: no run for it.
    Case("Pacific/Apia", "06:00", after: "2011-12-29T19:00:00Z", "2011-12-30T16:00:00Z", "2011-12-31T16:00:00Z"),
  ]

  @Test(arguments: cases) func clockChanges(_ given: Case) throws {
    let time = try Self.time(given.time, given.zone)
    var instant = try #require(Instant(given.after))
    for expected in given.runs {
      instant = try #require(time.nextRun(after: instant))
      #expect(instant.description == expected)
    }
  }

  /// Every minute is shown by Foundation's calendar; a run is the first at which the clocks show the time of its date, or a later one.
  @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca"])
  func agreesWithEveryMinute(zone: String) throws {
    var generator = SeededGenerator(17, zone)
    let known = try #require(Zone.named(zone))
    let days: Int64 = 7
    for start in try Self.windows(zone, &generator) {
      let shown = try Self.shown(zone, from: start, minutes: days * 1440)
      // But the first, which is shown in part.
      let dates = Array(Set(shown.map { $0 / 1440 }).sorted().dropFirst())
      for _ in 0..<20 {
        // Small hours are where the clock changes.
        let minute = Int64.random(in: 0..<(Bool.random(using: &generator) ? 240 : 1440), using: &generator)
        let time = try #require(DailyTime(minute: minute, zone: known))
        let after = Instant(seconds: start * 60 + Int64.random(in: 2 * 86_400...4 * 86_400, using: &generator))
        let run = Self.runs(minute, on: dates, shown, from: start).first { $0 > after }
        #expect(time.nextRun(after: after) == run, "\(DailyTime.text(minute)) after \(after)")
      }
    }
  }

  @Test func onlyOnOpenDaysOfTheVersionInForce() throws {
    let time = try Self.time("02:30", "Europe/Berlin")
    let holidays = try ["2026-04-03", "2026-04-06"].map { text in CalendarDefinition.Exception(date: try #require(CalendarDate(text))) }
    let office = CompiledCalendar(try .fiveByEight(zone: "Europe/Berlin", exceptions: holidays))
    func runs(_ days: OpenDays, after: String, _ count: Int) throws -> [String] {
      var instant = try #require(Instant(after))
      return try (0..<count).map { _ in
        instant = try #require(time.nextRun(after: instant, on: days))
        return instant.description
      }
    }
    let begin = Instant(seconds: 0)
    let plain = OpenDays([.init(validFrom: begin, calendar: office)])
    // Friday, Monday behind the change of the clock; then Thursday before Easter and Tuesday after.
    #expect(try runs(plain, after: "2026-03-26T12:00:00Z", 2) == ["2026-03-27T01:30:00Z", "2026-03-30T00:30:00Z"])
    #expect(try runs(plain, after: "2026-04-01T12:00:00Z", 2) == ["2026-04-02T00:30:00Z", "2026-04-07T00:30:00Z"])
    // From Saturday on another version holds, which is open every day.
    let always = CompiledCalendar(try .always(zone: "Europe/Berlin"))
    let revised = OpenDays([.init(validFrom: begin, calendar: office), .init(validFrom: try #require(Instant("2026-03-28T00:00:00Z")), calendar: always)])
    #expect(try runs(revised, after: "2026-03-26T12:00:00Z", 2) == ["2026-03-27T01:30:00Z", "2026-03-28T01:30:00Z"])
  }

  /// A date counts by its name, by the calendar's own clocks: Monday in Berlin is Monday in Auckland.
  @Test func theZonesMayDiffer() throws {
    let time = try Self.time("01:00", "Pacific/Auckland")
    let days = OpenDays([.init(validFrom: Instant(seconds: 0), calendar: CompiledCalendar(try .fiveByEight(zone: "Europe/Berlin")))])
    // Friday the 13th in Auckland, then Monday the 16th.
    let thursday = try #require(Instant("2026-03-12T00:00:00Z"))
    let friday = try #require(time.nextRun(after: thursday, on: days))
    #expect(friday.description == "2026-03-12T12:00:00Z")
    #expect(time.nextRun(after: friday, on: days)?.description == "2026-03-15T12:00:00Z")
  }

  @Test func whatNeverOpensHasNoRun() throws {
    let time = try Self.time("02:30", "UTC")
    let closed = OpenDays([.init(validFrom: Instant(seconds: 0), calendar: CompiledCalendar(try CalendarDefinition(zone: "UTC", week: [:])))])
    let begin = try #require(Instant("2026-03-12T00:00:00Z"))
    #expect(time.nextRun(after: begin, on: closed) == nil)
    #expect(time.nextRun(after: begin, on: OpenDays([])) == nil)
  }

  @Test(arguments: ["", "2:30", "02:60", "24:00", "02-30", "02:30:00", "aa:bb", "+2:30", "０2:30"])
  func noTimeOfDay(text: String) { #expect(DailyTime.minute(text) == nil) }

  @Test func timesOfDay() throws {
    #expect(DailyTime.minute("00:00") == 0 && DailyTime.minute("23:59") == 1439)
    #expect(DailyTime.text(150) == "02:30")
    let zone = try #require(Zone.named("UTC"))
    #expect(DailyTime(minute: 1440, zone: zone) == nil && DailyTime(minute: -1, zone: zone) == nil)
  }

  // MARK: The slow way

  private static func time(_ text: String, _ zone: String) throws -> DailyTime {
    let (minute, known) = (try #require(DailyTime.minute(text)), try #require(Zone.named(zone)))
    return try #require(DailyTime(minute: minute, zone: known))
  }

  /// First minutes of stretches around changes of the clock, and of one anywhere.
  private static func windows(_ zone: String, _ generator: inout SeededGenerator) throws -> [Int64] {
    let known = try #require(TimeZone(identifier: zone))
    var changes: [Int64] = []
    // Since 1975: before, some offsets were no whole minutes.
    var date = Date(timeIntervalSince1970: 157_766_400)
    while let next = known.nextDaylightSavingTimeTransition(after: date), next > date, next.timeIntervalSince1970 < 5_000_000_000 {
      changes.append(Int64(next.timeIntervalSince1970) / 60)
      date = next
    }
    changes.shuffle(using: &generator)
    let around = changes.prefix(4).map { $0 - Int64.random(in: 2 * 1440...4 * 1440, using: &generator) }
    return around + [Int64.random(in: 3_000_000...60_000_000, using: &generator)]
  }

  /// What the clocks show at each minute, in minutes since 1970 on those clocks.
  private static func shown(_ zone: String, from first: Int64, minutes: Int64) throws -> [Int64] {
    var calendar = Foundation.Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    return try (first..<first + minutes).map { minute in
      let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: Date(timeIntervalSince1970: Double(minute * 60)))
      let date = try #require(CalendarDate(year: Int64(parts.year ?? 0), month: Int64(parts.month ?? 0), day: Int64(parts.day ?? 0)))
      return date.daysSinceEpoch * 1440 + Int64((parts.hour ?? 0) * 60 + (parts.minute ?? 0))
    }
  }

  /// The run of each date: the first minute at which the clocks show its time or a later one.
  private static func runs(_ minute: Int64, on dates: [Int64], _ shown: [Int64], from first: Int64) -> [Instant] {
    dates.compactMap { date in
      shown.firstIndex { $0 >= date * 1440 + minute }.map { Instant(seconds: (first + Int64($0)) * 60) }
    }
  }
}
