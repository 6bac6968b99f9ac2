import Kernel
import ServiceTime
import Testing

/// Laws that hold for every calendar, over spans that no minute-by-minute oracle can walk.
@Suite struct CalendarPropertyTests {
  @Test(arguments: RandomCalendar.zones)
  func lawsHold(zone: String) throws {
    var generator = SeededGenerator(3, zone)
    for _ in 0..<12 {
      let definition = try RandomCalendar.definition(zone: zone, around: CalendarDate(daysSinceEpoch: 20_000), days: 4000, &generator)
      let calendar = CompiledCalendar(definition)
      for _ in 0..<60 {
        let instants = (0..<3).map { _ in Instant(seconds: Int64.random(in: 0...6_000_000_000, using: &generator)) }.sorted()
        let (a, b, c) = (instants[0], instants[1], instants[2])
        let whole = calendar.elapsed(from: a, to: c)
        #expect(calendar.elapsed(from: a, to: b) + calendar.elapsed(from: b, to: c) == whole)
        #expect(calendar.elapsed(from: a, to: b) <= whole)
        #expect(whole <= c.seconds - a.seconds)
        #expect(calendar.elapsed(from: c, to: a) == 0)

        let budget = Int64.random(in: 0...(Bool.random(using: &generator) ? 200_000 : 1_000_000_000), using: &generator)
        guard let deadline = calendar.deadline(from: a, seconds: budget) else { continue }
        #expect(calendar.elapsed(from: a, to: deadline) == budget)
        if budget > 0 { #expect(calendar.elapsed(from: a, to: deadline.adding(seconds: -1)) == budget - 1) }
        guard let breach = calendar.breach(from: a, seconds: budget) else { continue }
        #expect(breach >= deadline)
        #expect(calendar.elapsed(from: a, to: breach) == budget)
        #expect(calendar.elapsed(from: a, to: breach.adding(seconds: 1)) == budget + 1)
        #expect((b <= breach) == (calendar.elapsed(from: a, to: b) <= budget))
      }
    }
  }

  @Test func segmentsSumToElapsed() throws {
    var generator = SeededGenerator(5)
    for zone in RandomCalendar.zones {
      let definition = try RandomCalendar.definition(zone: zone, around: CalendarDate(daysSinceEpoch: 20_000), days: 100, &generator)
      let calendar = CompiledCalendar(definition)
      let start = Instant(seconds: 20_000 * 86_400 + Int64.random(in: -8_000_000...0, using: &generator))
      let end = start.adding(seconds: Int64.random(in: 0...20_000_000, using: &generator))
      let open = calendar.segments(from: start, to: end).filter(\.isOpen).reduce(0) { $0 + $1.to.seconds - $1.from.seconds }
      #expect(open == calendar.elapsed(from: start, to: end))
    }
  }

  @Test func anInstantStandsForItsSecond() throws {
    let calendar = CompiledCalendar(try .always(zone: "UTC"))
    let start = Instant(microseconds: 1_700_000_000_900_000)
    #expect(calendar.elapsed(from: start, to: Instant(microseconds: 1_700_000_001_100_000)) == 1)
    #expect(calendar.deadline(from: start, seconds: 0) == start)
    #expect(calendar.breach(from: start, seconds: 0) == start)
    #expect(calendar.deadline(from: start, seconds: 1) == Instant(seconds: 1_700_000_001))
  }

  @Test func neverOpen() throws {
    let calendar = CompiledCalendar(try CalendarDefinition(zone: "Europe/Berlin", week: [:]))
    let start = Instant(seconds: 1_700_000_000)
    #expect(calendar.elapsed(from: start, to: Instant(seconds: 200_000_000_000)) == 0)
    #expect(calendar.deadline(from: start, seconds: 1) == nil)
    #expect(calendar.breach(from: start, seconds: 0) == nil)
    #expect(calendar.nextOpening(at: start) == nil)
    #expect(calendar.businessDayEnd(from: start, days: 0) == nil)
    #expect(!calendar.isOpen(at: start))
    #expect(calendar.segments(from: start, to: start.adding(seconds: 60)).map(\.isOpen) == [false])
  }

  @Test func openOnOneDateOnly() throws {
    let date = try #require(CalendarDate("2030-05-06"))
    let calendar = CompiledCalendar(
      try CalendarDefinition(zone: "Asia/Shanghai", week: [:], exceptions: [.init(date: date, openings: [.init(9 * 60, 10 * 60)])]))
    let start = Instant(seconds: 1_700_000_000)
    #expect(calendar.nextOpening(at: start)?.description == "2030-05-06T01:00:00Z")
    #expect(calendar.deadline(from: start, seconds: 3600)?.description == "2030-05-06T02:00:00Z")
    #expect(calendar.deadline(from: start, seconds: 3601) == nil)
    // The hour ends and nothing follows: the budget is used up, but never exceeded.
    #expect(calendar.breach(from: start, seconds: 3600) == nil)
    #expect(calendar.businessDayEnd(from: start, days: 1)?.description == "2030-05-06T02:00:00Z")
    #expect(calendar.businessDayEnd(from: start, days: 2) == nil)
  }

  @Test(arguments: ["UTC", "Europe/Berlin", "Africa/Casablanca"])
  func extremesNeitherTrapNorHang(zone: String) throws {
    let definitions = try [
      CalendarDefinition.always(zone: zone), .fiveByEight(zone: zone), CalendarDefinition(zone: zone, week: [.sunday: [.init(0, 1)]]),
      CalendarDefinition(zone: zone, week: [:], exceptions: [.init(date: CalendarDate(daysSinceEpoch: 2_932_896), openings: [.wholeDay])]),
      CalendarDefinition(zone: zone, week: [.sunday: [.wholeDay]], exceptions: [.init(date: CalendarDate(daysSinceEpoch: 0))]),
    ]
    let first = Instant.accepted.lowerBound
    let last = Instant.accepted.upperBound
    let instants = [Instant(microseconds: .min), first, Instant(seconds: 4_102_444_799), Instant(seconds: 4_102_444_800), last, Instant(microseconds: .max)]
    for calendar in definitions.map(CompiledCalendar.init) {
      let whole = calendar.elapsed(from: first, to: last)
      #expect(calendar.elapsed(from: Instant(microseconds: .min), to: Instant(microseconds: .max)) == whole)
      for instant in instants {
        for seconds in [Int64.min, -1, 0, 1, 253_402_300_799, 253_402_300_800, .max] {
          _ = calendar.deadline(from: instant, seconds: seconds)
          _ = calendar.breach(from: instant, seconds: seconds)
        }
        for days in [Int64.min, 0, 1, 100, .max] { _ = calendar.businessDayEnd(from: instant, days: days) }
        _ = calendar.date(at: instant)
        _ = calendar.isOpen(at: instant)
        #expect(calendar.elapsed(from: first, to: instant) + calendar.elapsed(from: instant, to: last) == whole)
      }
      #expect(calendar.deadline(from: first, seconds: .max) == nil)
      if let deadline = calendar.deadline(from: first, seconds: whole) { #expect(calendar.elapsed(from: first, to: deadline) == whole) }
    }
  }

  @Test func farYearsFollowTheZonesRules() throws {
    // The last Sundays of March and October of the year 9000 still change the clock.
    let calendar = CompiledCalendar(try CalendarDefinition(zone: "Europe/Berlin", week: [.sunday: [.wholeDay]]))
    let start = try #require(Instant("9000-01-01T00:00:00Z"))
    let sundays = calendar.segments(from: start, to: try #require(Instant("9000-12-31T00:00:00Z"))).filter(\.isOpen)
    #expect(sundays.count == 52)
    #expect(calendar.businessDayEnd(from: start, days: 10_000)?.description == "9191-08-25T22:00:00Z")
    #expect(calendar.businessDayEnd(from: start, days: 10_001) == nil)
    #expect(Dictionary(grouping: sundays) { $0.to.seconds - $0.from.seconds }.mapValues(\.count) == [86_400: 50, 82_800: 1, 90_000: 1])
  }
}
