import Foundation
import Kernel
import ServiceTime
import Testing

/// Calendars of the real world.
@Suite struct RealCalendarTests {
  private struct Holiday {
    let date: CalendarDate
    let isWeekend: Bool
  }

  private static let holidayFile = URL(filePath: "../shared/data/holidays/public_holidays_2010_2032.csv.gz")

  /// Nationwide holidays by country; nil when the data is not there.
  private static func holidays() throws -> [Substring: [Holiday]]? {
    guard FileManager.default.fileExists(atPath: holidayFile.path) else {
      #expect(ProcessInfo.processInfo.environment["STEWARD_REQUIRE_DATA"] != "1")
      print("skipped: no \(holidayFile.relativePath)")
      return nil
    }
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/bin/gzip")
    gzip.arguments = ["-dc", holidayFile.path]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    gzip.waitUntilExit()
    var holidays: [Substring: [Holiday]] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      // country, subdivision, date, weekday, name; only the name may be quoted.
      let fields = line.split(separator: ",", maxSplits: 4, omittingEmptySubsequences: false)
      guard fields.count == 5, fields[1].isEmpty, let date = CalendarDate(String(fields[2])) else { continue }
      holidays[fields[0], default: []].append(Holiday(date: date, isWeekend: fields[3] == "Sat" || fields[3] == "Sun"))
    }
    return holidays
  }

  @Test(arguments: [
    ("DE", "Europe/Berlin"), ("CN", "Asia/Shanghai"), ("GB", "Europe/London"), ("US", "America/New_York"), ("SA", "Asia/Riyadh"), ("CL", "America/Santiago"),
  ])
  func publicHolidaysAreClosed(country: String, zone: String) throws {
    guard let holidays = try Self.holidays()?[country[...]] else { return }
    let byYear = Dictionary(grouping: holidays) { $0.date.parts.year }
    #expect(byYear.count == 23)
    let exceptions = holidays.map { CalendarDefinition.Exception(date: $0.date) }
    let calendar = CompiledCalendar(try .fiveByEight(zone: zone, exceptions: exceptions))
    for (year, ofYear) in byYear {
      let first = try #require(CalendarDate(year: year, month: 1, day: 1))
      let next = try #require(CalendarDate(year: year + 1, month: 1, day: 1))
      let weekdays = (first.daysSinceEpoch..<next.daysSinceEpoch).count { CalendarDate(daysSinceEpoch: $0).weekday <= 5 }
      let open = weekdays - ofYear.count { !$0.isWeekend }
      // The year by the zone's clock. Its offset at midnight UTC is that of its own midnight in all these zones.
      let offset = Int64(try #require(TimeZone(identifier: zone)).secondsFromGMT(for: Date(timeIntervalSince1970: Double(first.daysSinceEpoch * 86_400))))
      let start = Instant(seconds: first.daysSinceEpoch * 86_400 - offset)
      let end = Instant(seconds: next.daysSinceEpoch * 86_400 - offset)
      #expect(calendar.elapsed(from: start, to: end) == Int64(open) * 8 * 3600, "\(country) \(year)")
    }
  }

  private static let serviceNowCases: [(String, String, Int64)] = [
    // Monday to the same Monday, before, within and after the hours.
    ("2016-02-29T01:16:00Z", "2016-02-29T11:29:00Z", 0),
    ("2016-02-29T13:59:30Z", "2016-02-29T14:00:30Z", 30),
    ("2016-02-29T22:59:00Z", "2016-03-01T13:00:00Z", 60),
    // Opened Monday 01:16, closed Saturday 12:00: five days of nine hours.
    ("2016-02-29T01:16:00Z", "2016-03-05T12:00:00Z", 5 * 9 * 3600),
    // Friday 16:30 to Monday 15:00: 6.5 hours and one.
    ("2016-03-04T16:30:00Z", "2016-03-07T15:00:00Z", 27_000),
    // Saturday to Sunday.
    ("2016-03-05T00:00:00Z", "2016-03-06T23:59:59Z", 0),
    // A leap year has 261 weekdays in 2016.
    ("2016-01-01T00:00:00Z", "2017-01-01T00:00:00Z", 261 * 9 * 3600),
  ]

  /// Monday to Friday, 14:00 to 23:00 on the log's own clock, no holidays: the calendar behind the ServiceNow log.
  @Test(arguments: serviceNowCases)
  func serviceNowHours(start: String, end: String, expected: Int64) throws {
    let calendar = CompiledCalendar(try CalendarDefinition(zone: "UTC", week: CalendarDefinition.workingDays([.init(14 * 60, 23 * 60)])))
    #expect(calendar.elapsed(from: try #require(Instant(start)), to: try #require(Instant(end))) == expected)
  }

  @Test func serviceNowDeadlines() throws {
    let calendar = CompiledCalendar(try CalendarDefinition(zone: "UTC", week: CalendarDefinition.workingDays([.init(14 * 60, 23 * 60)])))
    let friday = try #require(Instant("2016-03-04T20:00:00Z"))
    // 227 minutes: three hours are left on Friday, 47 minutes on Monday.
    #expect(calendar.deadline(from: friday, seconds: 227 * 60)?.description == "2016-03-07T14:47:00Z")
    // Three hours end with Friday's hours; late is what comes after Monday's opening.
    #expect(calendar.deadline(from: friday, seconds: 3 * 3600)?.description == "2016-03-04T23:00:00Z")
    #expect(calendar.breach(from: friday, seconds: 3 * 3600)?.description == "2016-03-07T14:00:00Z")
    // A budget of nothing lasts until the next open moment.
    let saturday = try #require(Instant("2016-03-05T09:00:00Z"))
    #expect(calendar.deadline(from: saturday, seconds: 0) == saturday)
    #expect(calendar.breach(from: saturday, seconds: 0)?.description == "2016-03-07T14:00:00Z")
    #expect(calendar.businessDayEnd(from: friday, days: 0)?.description == "2016-03-04T23:00:00Z")
    #expect(calendar.businessDayEnd(from: saturday, days: 0)?.description == "2016-03-07T23:00:00Z")
    #expect(calendar.businessDayEnd(from: friday, days: 1)?.description == "2016-03-07T23:00:00Z")
    #expect(calendar.businessDayEnd(from: friday, days: 6)?.description == "2016-03-14T23:00:00Z")
  }
}
