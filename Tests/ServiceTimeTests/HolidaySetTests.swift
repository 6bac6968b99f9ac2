import Kernel
import ServiceTime
import Testing

/// Holiday sets and the calendars that observe them.
@Suite struct HolidaySetTests {
  private typealias Opening = CalendarDefinition.Opening
  private typealias Day = CalendarDefinition.Exception

  private func date(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
  private func office(_ exceptions: [Day] = []) throws -> CalendarDefinition { try .fiveByEight(zone: "Europe/Berlin", exceptions: exceptions) }
  private func openings(_ calendar: CalendarDefinition, _ text: String) -> [Opening]? {
    calendar.exceptions.first { $0.date.description == text }?.openings
  }

  @Test func wholeAndHalfDays() throws {
    let set = try HolidaySet([
      Day(date: date("2026-12-25"), name: [.english: "Christmas Day", .chinese: "圣诞节"]), Day(date: date("2026-12-24"), openings: [Opening(0, 720)]),
    ])
    #expect(set.days.map(\.date.description) == ["2026-12-24", "2026-12-25"])
    let calendar = try office().observing([set])
    // Closed from noon on: what of 09:00-17:00 lies before stays.
    #expect(openings(calendar, "2026-12-24") == [Opening(540, 720)] && openings(calendar, "2026-12-25") == [])
    #expect(calendar.exceptions.last?.name == [.english: "Christmas Day", .chinese: "圣诞节"])
    let compiled = CompiledCalendar(calendar)
    let before = try #require(Instant("2026-12-24T08:00:00Z"))
    // Three hours on the 24th, the rest on Monday the 28th.
    #expect(compiled.deadline(from: before, seconds: 4 * 3600)?.description == "2026-12-28T09:00:00Z")
  }

  @Test func aSetOnlyTakesTimeAway() throws {
    let saturday = try HolidaySet([Day(date: date("2026-12-26"), openings: [Opening(540, 720)])])
    #expect(openings(try office().observing([saturday]), "2026-12-26") == [])
    let always = try CalendarDefinition.always(zone: "UTC").observing([saturday])
    #expect(openings(always, "2026-12-26") == [Opening(540, 720)])
  }

  @Test func ofSeveralSetsOnlyWhatAllLeaveOpenIsOpen() throws {
    let national = try HolidaySet([Day(date: date("2026-12-24"), name: [.english: "Eve"], openings: [Opening(0, 720)])])
    let regional = try HolidaySet([Day(date: date("2026-12-24"), name: [.english: "Other"], openings: [Opening(600, 1440)])])
    let calendar = try office().observing([national, regional])
    #expect(openings(calendar, "2026-12-24") == [Opening(600, 720)] && calendar.exceptions.first?.name == [.english: "Eve"])
    // The order decides the name only.
    #expect(openings(try office().observing([regional, national]), "2026-12-24") == [Opening(600, 720)])
  }

  @Test func theCalendarsOwnExceptionsBeatEverySet() throws {
    let set = try HolidaySet([Day(date: date("2026-10-10")), Day(date: date("2026-10-01"))])
    let worked = Day(date: try date("2026-10-10"), openings: [Opening(540, 1020)])
    let calendar = try office([worked]).observing([set])
    #expect(openings(calendar, "2026-10-10") == [Opening(540, 1020)] && openings(calendar, "2026-10-01") == [])
  }

  @Test func fromAFile() throws {
    let file = [
      ICalendar.Day(date: try date("2026-01-01"), name: "New Year"), ICalendar.Day(date: try date("2026-01-01"), name: "Feast"),
      ICalendar.Day(date: try date("2026-01-01"), name: "New Year"), ICalendar.Day(date: try date("2026-02-14"), name: "Valentine's Day"),
    ]
    let set = try HolidaySet(file, language: .english, skipping: ["Valentine's Day"])
    #expect(set.days == [Day(date: try date("2026-01-01"), name: [.english: "New Year / Feast"])])
    #expect(try HolidaySet(set.value) == set)
  }

  @Test func differences() throws {
    let old = try HolidaySet([Day(date: date("2026-01-01")), Day(date: date("2026-05-01")), Day(date: date("2026-12-24"))])
    let new = try HolidaySet([Day(date: date("2026-01-01")), Day(date: date("2026-05-04")), Day(date: date("2026-12-24"), openings: [Opening(0, 720)])])
    let difference = new.difference(from: old)
    #expect(try difference.added == [date("2026-05-04")] && difference.removed == [date("2026-05-01")] && difference.changed == [date("2026-12-24")])
    #expect(new.difference(from: new).isEmpty)
  }

  @Test func wrongDaysAreToldByTheirPlace() throws {
    let twice = [Day(date: try date("2026-01-01")), Day(date: try date("2026-01-01"))]
    let failure = #expect(throws: Failure.self) { try HolidaySet(twice) }
    #expect(failure?.violations.map(\.path) == ["days[1].date"])
    let stored = #expect(throws: Failure.self) { try HolidaySet(.array([.object(["date": "2026-13-01", "open": .array([])])])) }
    #expect(stored?.violations.map(\.path) == ["days[0].date"])
  }
}
