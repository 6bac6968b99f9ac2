import Kernel
import ServiceTime
import Testing

/// Hand-computed: what the hours around a change of the wall clock are worth.
@Suite struct ClockChangeTests {
  private func calendar(_ zone: String, _ openings: [CalendarDefinition.Opening]) throws -> CompiledCalendar {
    CompiledCalendar(try CalendarDefinition(zone: zone, week: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, openings) })))
  }

  private func open(_ calendar: CompiledCalendar, _ start: String, _ end: String) throws -> [String] {
    calendar.segments(from: try #require(Instant(start)), to: try #require(Instant(end))).filter(\.isOpen).map { "\($0.from)/\($0.to)" }
  }

  // Berlin, 2026-03-29: at 01:00Z the clock goes from 02:00 to 03:00.
  @Test(arguments: [
    (0, 360, "2026-03-28T23:00:00Z/2026-03-29T04:00:00Z"),  // an hour shorter
    (0, 150, "2026-03-28T23:00:00Z/2026-03-29T01:00:00Z"),  // closes in the gap: at the change
    (150, 300, "2026-03-29T01:00:00Z/2026-03-29T03:00:00Z"),  // opens in the gap: at the change
    (180, 300, "2026-03-29T01:00:00Z/2026-03-29T03:00:00Z"),
  ])
  func gapHour(start: Int, end: Int, expected: String) throws {
    #expect(try open(calendar("Europe/Berlin", [.init(start, end)]), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z") == [expected])
  }

  @Test func insideTheGapThereIsNothing() throws {
    let calendar = try calendar("Europe/Berlin", [.init(125, 175)])
    #expect(try open(calendar, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z") == [])
    // A date whose only opening is skipped is no business day: the day after the 28th is the 30th.
    let start = try #require(Instant("2026-03-28T00:00:00Z"))
    #expect(calendar.businessDayEnd(from: start, days: 1)?.description == "2026-03-30T00:55:00Z")
  }

  // Berlin, 2026-10-25: at 01:00Z the clock goes from 03:00 back to 02:00.
  @Test(arguments: [
    (0, 360, ["2026-10-24T22:00:00Z/2026-10-25T05:00:00Z"]),  // an hour longer
    (60, 150, ["2026-10-24T23:00:00Z/2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z/2026-10-25T01:30:00Z"]),
    (150, 300, ["2026-10-25T00:30:00Z/2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z/2026-10-25T04:00:00Z"]),
    (130, 140, ["2026-10-25T00:10:00Z/2026-10-25T00:20:00Z", "2026-10-25T01:10:00Z/2026-10-25T01:20:00Z"]),
    (180, 300, ["2026-10-25T02:00:00Z/2026-10-25T04:00:00Z"]),
  ])
  func doubledHour(start: Int, end: Int, expected: [String]) throws {
    #expect(try open(calendar("Europe/Berlin", [.init(start, end)]), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z") == expected)
  }

  @Test func halfAnHourInLordHowe() throws {
    // 2026-04-05: at 15:00Z of the 4th the clock goes from 02:00 (+11) back to 01:30 (+10:30).
    let calendar = try calendar("Australia/Lord_Howe", [.init(60, 120)])
    #expect(try open(calendar, "2026-04-04T13:00:00Z", "2026-04-05T12:00:00Z") == ["2026-04-04T14:00:00Z/2026-04-04T15:30:00Z"])
  }

  @Test func aDateThatNeverWasInApia() throws {
    // 2011-12-29 24:00 (-10) was 2011-12-31 00:00 (+14).
    let calendar = try calendar("Pacific/Apia", [.init(9 * 60, 17 * 60)])
    let thursday = try #require(Instant("2011-12-29T19:00:00Z"))
    #expect(calendar.date(at: thursday).description == "2011-12-29")
    #expect(calendar.businessDayEnd(from: thursday, days: 0)?.description == "2011-12-30T03:00:00Z")
    #expect(calendar.businessDayEnd(from: thursday, days: 1)?.description == "2011-12-31T03:00:00Z")
    #expect(calendar.elapsed(from: thursday, to: try #require(Instant("2012-01-01T10:00:00Z"))) == 3 * 8 * 3600)
  }

  @Test func midnightInSantiago() throws {
    // 2026-04-05 00:00 (-3) is 2026-04-04 23:00 (-4): Saturday has 25 hours. 2026-09-06 begins at 01:00.
    let calendar = try calendar("America/Santiago", [.init(22 * 60, 1440)])
    #expect(try open(calendar, "2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z") == ["2026-04-05T01:00:00Z/2026-04-05T04:00:00Z"])
    let start = try #require(Instant("2026-04-04T12:00:00Z"))
    #expect(calendar.businessDayEnd(from: start, days: 0)?.description == "2026-04-05T04:00:00Z")
    let early = try self.calendar("America/Santiago", [.init(0, 90)])
    #expect(try open(early, "2026-09-06T03:00:00Z", "2026-09-06T12:00:00Z") == ["2026-09-06T04:00:00Z/2026-09-06T04:30:00Z"])
  }

  @Test func oneMinutePastMidnightInStJohns() throws {
    // 2010-11-07 00:01 (-2:30) was 2010-11-06 23:01 (-3:30): the 7th showed for a minute and then the 6th again.
    let calendar = try calendar("America/St_Johns", [.init(23 * 60, 1440)])
    let start = try #require(Instant("2010-11-06T15:00:00Z"))
    #expect(calendar.businessDayEnd(from: start, days: 0)?.description == "2010-11-07T03:30:00Z")
    #expect(calendar.elapsed(from: start, to: try #require(Instant("2010-11-07T12:00:00Z"))) == (60 + 59) * 60)
  }

  @Test func ramadanInCasablanca() throws {
    // The clock leaves +01 for +00 during Ramadan: 2026-02-15 to 2026-03-22, both at 02:00Z.
    let calendar = try calendar("Africa/Casablanca", [.init(9 * 60, 10 * 60)])
    #expect(
      try open(calendar, "2026-02-14T00:00:00Z", "2026-02-17T00:00:00Z").map { $0.prefix(16) } == ["2026-02-14T08:00", "2026-02-15T09:00", "2026-02-16T09:00"])
  }
}
