import Contracts
import Kernel
import ServiceTime
import Testing

@testable import ServiceLevels

/// Budgets in business days over changes of the hours: the N-th business day stays that day. Office hours are Monday to Friday
/// 09:00 to 17:00 UTC; 1 June 2026 is a Monday.
@Suite struct BusinessDayVersionTests {
  private func due(_ ledger: Ledger) -> String? { ledger.clock.dueAt?.description }

  private func ledger(_ days: Int64, _ coverage: Coverage) throws -> Ledger {
    try Ledger(.resolution, .businessDays(days), coverage, at: Fixture.at("1 09:00"))
  }

  /// Mornings only, 09:00 to 13:00.
  private func mornings() throws -> Coverage {
    let days = Weekday.allCases.prefix(5).map { ($0, [CalendarDefinition.Opening(540, 780)]) }
    let definition = try CalendarDefinition(zone: "UTC", week: Dictionary(uniqueKeysWithValues: days))
    return Coverage(version: Id(6), calendar: CompiledCalendar(definition))
  }

  /// Office hours with exceptions in June.
  private func office(closed day: Int64) throws -> Coverage {
    let date = try #require(CalendarDate(year: 2026, month: 6, day: day))
    return Coverage(version: Id(7), calendar: CompiledCalendar(try .fiveByEight(zone: "UTC", exceptions: [.init(date: date)])))
  }

  private func change(_ ledger: inout Ledger, _ text: String, _ coverage: Coverage) throws {
    try ledger.apply(.changeCalendar(effectiveAt: Fixture.at(text), coverage: coverage))
  }

  @Test func aShorterDayIsStillTheDay() throws {
    let start = try #require(Instant("2026-12-21T09:00:00Z"))
    var ledger = try Ledger(.resolution, .businessDays(3), Fixture.office(), at: start)
    #expect(due(ledger) == "2026-12-24T17:00:00Z")
    let eve = try #require(CalendarDate("2026-12-24"))
    let christmas = try CalendarDefinition.fiveByEight(
      zone: "UTC", exceptions: [.init(date: eve, openings: [.init(540, 720)]), .init(date: eve.adding(days: 1))])
    let coverage = Coverage(version: Id(5), calendar: CompiledCalendar(christmas))
    try ledger.apply(.changeCalendar(effectiveAt: #require(Instant("2026-12-22T00:00:00Z")), coverage: coverage))
    #expect(due(ledger) == "2026-12-24T12:00:00Z" && ledger.clock.breachAt == ledger.clock.dueAt)
    // Another target after that counts its days in the same way.
    func retarget(_ text: String, _ days: Int64) throws {
      try ledger.apply(.retarget(at: #require(Instant(text)), budget: .businessDays(days), coverage: coverage, cause: "x"))
    }
    try retarget("2026-12-23T10:00:00Z", 3)
    #expect(due(ledger) == "2026-12-24T12:00:00Z" && ledger.verdicts.isEmpty)
    try retarget("2026-12-23T11:00:00Z", 4)
    #expect(due(ledger) == "2026-12-28T17:00:00Z")
    try retarget("2026-12-23T12:00:00Z", 1)
    #expect(ledger.clock.outcome == .missed)
  }

  @Test func longerDaysJudgeNoMissThatTheClockDidNotShow() throws {
    var ledger = try ledger(3, mornings())
    try change(&ledger, "4 00:00", Fixture.office())
    #expect(due(ledger) == "2026-06-04T17:00:00Z")
    try ledger.retarget("4 14:00", .businessDays(3))
    #expect(due(ledger) == "2026-06-04T17:00:00Z" && ledger.verdicts.isEmpty)
    // What ended with a day before the change is missed all the same.
    try ledger.retarget("4 15:00", .businessDays(2))
    #expect(ledger.clock.outcome == .missed)
    try ledger.retarget("4 16:00", .businessDays(3))
    #expect(ledger.clock.outcome == nil && due(ledger) == "2026-06-04T17:00:00Z")
  }

  @Test func shorterDaysHideNoMiss() throws {
    var ledger = try ledger(3, Fixture.office())
    try change(&ledger, "4 00:00", mornings())
    #expect(due(ledger) == "2026-06-04T13:00:00Z")
    try ledger.passed("5 09:00")
    #expect(ledger.clock.outcome == .missed)
    try ledger.retarget("5 10:00", .businessDays(3))
    #expect(try ledger.clock.outcome == .missed && ledger.clock.verdict?.breachedAt == Fixture.at("4 13:00"))
  }

  /// A date that has been open counts; of one that has not, the new version says whether it is a business day.
  @Test func theDayOfTheChangeCountsOnce() throws {
    var ledger = try ledger(2, Fixture.office())
    try change(&ledger, "2 00:00", office(closed: 2))
    #expect(due(ledger) == "2026-06-04T17:00:00Z")
    ledger = try self.ledger(2, Fixture.office())
    try change(&ledger, "2 10:00", office(closed: 2))
    #expect(due(ledger) == "2026-06-03T17:00:00Z")
    // Day 0 is the date of the start.
    ledger = try self.ledger(2, Fixture.office())
    try change(&ledger, "1 20:00", office(closed: 9))
    #expect(due(ledger) == "2026-06-03T17:00:00Z")
  }

  @Test func aClockThatWaitsKeepsItsDays() throws {
    var ledger = try ledger(2, Fixture.office())
    try ledger.pause("1 17:00")
    try change(&ledger, "3 00:00", mornings())
    try ledger.resume("3 09:00")
    #expect(due(ledger) == "2026-06-04T13:00:00Z")
  }

  @Test func anotherCalendarKeepsTheDay() throws {
    var ledger = try ledger(3, Fixture.office())
    try ledger.retarget("3 00:00", .businessDays(3), Fixture.long())
    #expect(due(ledger) == "2026-06-04T20:00:00Z" && ledger.verdicts.isEmpty)
    try ledger.passed("4 20:01")
    #expect(ledger.clock.outcome == .missed)
  }

  /// What was done by the third day stays so, however many hours the days have by a calendar that came later.
  @Test(arguments: [true, false]) func aRunThatEndedIsJudgedByItsOwnHours(isStopped: Bool) throws {
    var ledger = try ledger(3, Fixture.office())
    if isStopped { try ledger.observe("4 16:00") } else { try ledger.pause("4 16:00") }
    #expect(ledger.clock.outcome == (isStopped ? .met : nil))
    try change(&ledger, "6 00:00", Fixture.always())
    try ledger.retarget("6 12:00", .businessDays(3), Fixture.always())
    #expect(ledger.clock.outcome == (isStopped ? .met : nil))
    try ledger.retarget("6 13:00", .businessDays(2), Fixture.always())
    #expect(ledger.clock.outcome == .missed)
  }

  /// The same of a whole clock, whoever brings it up to date before it is classified anew.
  @Test(arguments: [
    ("1 09:00", 3, "4 16:00", Verdict.Outcome.met), ("1 09:00", 2, "8 16:00", .missed),
    // Over a weekend, which is business days by the version that comes later.
    ("4 09:00", 3, "9 16:00", .met),
  ])
  func aClockThatStoppedKeepsItsHours(start: String, days: Int64, stop: String, outcome: Verdict.Outcome) throws {
    let series = CalendarSeries([
      .init(id: 1, calendar: 1, validFrom: Instant(seconds: 0), compiled: try Fixture.office().calendar),
      .init(id: 3, calendar: 1, validFrom: try Fixture.at("13 00:00"), compiled: try Fixture.always().calendar),
    ])
    let line = LineTerms(
      contract: 1, line: 1, lineVersion: 1, sla: 1, slaVersion: 1, contractZone: "UTC", contractName: "c", lineName: "l", resolutionStopsAt: .resolved,
      reason: .customer, waits: WaitTerms(limitSeconds: nil))
    func goal(_ days: Int64) -> Goal {
      Goal(
        line,
        TargetTerms(
          id: days, metric: .resolution, priority: 3, budget: .businessDays(days), calendar: 1, calendarVersion: 1, objective: nil, pauses: true))
    }
    let start = try Fixture.at(start)
    var clock = try SubjectClock.start(id: 1, subject: .ticket(1), goal(days), try series.coverage(1, at: start), at: start, cause: "opened")
    try clock.apply(.resolved, at: Fixture.at(stop), series)
    #expect(clock.clock.outcome == outcome)
    try clock.catchUp(until: Fixture.at("13 10:00"), series)
    #expect(clock.clock.calendarVersion.rawValue == 1)
    try clock.retarget(to: goal(4), wait: nil, at: Fixture.at("13 12:00"), series)
    #expect(clock.clock.outcome == outcome)
    // And back: what longer hours would have made of the days says nothing of this run.
    try clock.retarget(to: goal(days), wait: nil, at: Fixture.at("13 13:00"), series)
    #expect(clock.clock.outcome == outcome && clock.clock.calendarVersion.rawValue == 1)
    // Once it runs again, the hours that came since count.
    try clock.apply(.reopened, at: Fixture.at("15 10:00"), series)
    #expect(clock.clock.state == .running && clock.clock.calendarVersion.rawValue == 3)
  }

  /// Targets of another calendar judge what ran by its own hours; whoever comes back to the first finds the first verdict.
  @Test func anotherCalendarOnTheWayChangesNoVerdict() throws {
    // Thursday the 4th; three office days end on Tuesday, three days of a calendar that is always open on Sunday.
    var ledger = try Ledger(.resolution, .businessDays(3), Fixture.office(), at: Fixture.at("4 09:00"))
    try ledger.observe("9 16:00")
    #expect(ledger.clock.outcome == .met)
    try ledger.retarget("10 10:00", .businessDays(3), Fixture.always())
    #expect(ledger.clock.outcome == .missed && ledger.clock.calendarVersion == Id(1) && ledger.clock.nextCalendarVersion == Id(3))
    // Two office days lie before that Sunday, and 31 hours were used.
    #expect(ledger.clock.shownBudgetSeconds == 16 * 3600 && ledger.clock.consumedSeconds == 31 * 3600)
    try ledger.retarget("10 11:00", .businessDays(6), Fixture.always())
    #expect(ledger.clock.outcome == .met)
    try ledger.retarget("10 12:00", .businessDays(2), Fixture.office())
    #expect(ledger.clock.outcome == .missed && ledger.clock.nextCalendarVersion == nil)
    try ledger.retarget("10 13:00", .businessDays(3), Fixture.office())
    #expect(ledger.clock.outcome == .met && ledger.clock.budgetSeconds == 32 * 3600 && ledger.clock.shownBudgetSeconds == 32 * 3600)
  }

  /// What was done on a day that the clock's own calendar does not have is in time for a target whose days it belongs to.
  @Test func aDayThatOnlyTheTargetHasCounts() throws {
    // Thursday the 4th; two days of a calendar that is always open end with Saturday, when the office is closed.
    var ledger = try Ledger(.resolution, .businessDays(3), Fixture.office(), at: Fixture.at("4 09:00"))
    try ledger.observe("6 12:00")
    try ledger.retarget("8 10:00", .businessDays(2), Fixture.always())
    #expect(ledger.clock.outcome == .met)
    try ledger.retarget("8 11:00", .businessDays(1), Fixture.always())
    #expect(ledger.clock.outcome == .missed)
  }

  /// A run that is reopened under a target of another calendar has that one's hours from where it stopped.
  @Test func aReopenedRunGoesOnByTheCalendarOfItsTarget() throws {
    // Friday the 5th, always open; it stops on Saturday. Three office days end on Wednesday at 17:00.
    var ledger = try Ledger(.resolution, .businessDays(3), Fixture.always(), at: Fixture.at("5 09:00"))
    try ledger.observe("6 12:00")
    try ledger.retarget("6 13:00", .businessDays(3), Fixture.office())
    try ledger.retarget("6 14:00", .businessDays(3), Fixture.office())
    #expect(ledger.clock.outcome == .met)
    try ledger.reopen("8 10:00")
    // An office hour of Monday went by while it stood still, so that it ends with the next day.
    #expect(ledger.clock.state == .running && ledger.clock.calendarVersion == Id(1) && due(ledger) == "2026-06-11T17:00:00Z")
  }
}
