import Kernel
import ServiceTime
import Testing

@testable import ServiceLevels

/// One test for each rule about clocks, on cases worked out by hand. Office hours are Monday to Friday 09:00 to 17:00 UTC;
/// 1 June 2026 is a Monday.
@Suite struct ClockRuleTests {
  private func hours(_ hours: Int64) -> Budget { .workingSeconds(hours * 3600) }
  private func ledger(_ budget: Budget, _ start: String, _ metric: Metric = .resolution) throws -> Ledger {
    try Ledger(metric, budget, Fixture.office(), at: Fixture.at(start))
  }
  private func due(_ ledger: Ledger) -> String? { ledger.clock.dueAt?.description }

  @Test func deadlinesAreStoredWhenSomethingHappens() throws {
    let ledger = try ledger(hours(8), "1 09:00")
    #expect(due(ledger) == "2026-06-01T17:00:00Z")
    // The budget ends with the day; too late is what comes after the next opening.
    #expect(ledger.clock.breachAt?.description == "2026-06-02T09:00:00Z")
    #expect(ledger.clock.nextCheckAt == ledger.clock.breachAt)
  }

  @Test func firstIntervalStartsAtCreation() throws {
    var ledger = try ledger(hours(8), "1 10:00")
    // The target is found an hour later: the hour is used.
    try ledger.retarget("1 11:00", hours(4))
    #expect(try due(ledger) == "2026-06-01T14:00:00Z" && ledger.clock.startedAt == Fixture.at("1 10:00"))
    try ledger.observe("1 12:00")
    #expect(ledger.intervals.first?.from == (try Fixture.at("1 10:00")))
  }

  @Test func leavingRunningClosesTheIntervalAndResumingGivesTheRemainder() throws {
    var ledger = try ledger(hours(4), "1 16:00")
    try ledger.pause("2 10:00")
    #expect(ledger.intervals.map(\.workingSeconds) == [7200])
    #expect(ledger.clock.dueAt == nil && ledger.clock.nextCheckAt == nil)
    try ledger.resume("4 16:00")
    #expect(due(ledger) == "2026-06-05T10:00:00Z")
    let pause = try #require(ledger.intervals.last)
    // The pause is kept with its reason, evidence and length: one hour less on Tuesday, Wednesday, seven hours of Thursday.
    #expect(pause.state == .paused && pause.cause == "awaiting_customer" && pause.evidence == "mail 7" && pause.workingSeconds == 22 * 3600)
    try ledger.observe("5 10:00")
    #expect(ledger.clock.outcome == .met && ledger.clock.consumedSeconds == 4 * 3600)
  }

  @Test func theResponseClockNeverPauses() throws {
    var ledger = try ledger(hours(1), "1 09:00", .response)
    try ledger.pause("1 09:10")
    #expect(ledger.clock.state == .running && due(ledger) == "2026-06-01T10:00:00Z")
    try ledger.observe("1 10:30")
    #expect(ledger.clock.outcome == .missed)
    // The observation is kept as it was, not as the deadline would have it.
    #expect(ledger.milestones.map(\.observedAt) == [try Fixture.at("1 10:30")])
    try ledger.reopen("2 09:00")
    #expect(ledger.clock.state == .stopped)
  }

  @Test func whatIsPromisedAgainGoesOnWithWhatWasUsed() throws {
    func due(_ ledger: Ledger, again text: String, after word: String? = nil) throws -> Instant? {
      let calendar = try Fixture.office().calendar
      let clock = ledger.clock.takenUp(at: try Fixture.at(text), after: try word.map(Fixture.at), cause: "escalated", in: calendar)
      #expect(clock.state == .running && clock.verdict == nil && clock.startedAt == ledger.clock.startedAt)
      return clock.dueAt
    }
    var resolution = try ledger(hours(8), "1 09:00")
    try resolution.withdraw("1 12:00")
    #expect(try due(resolution, again: "2 10:00") == Fixture.at("2 15:00"))
    #expect(try due(resolution, again: "2 10:00", after: "2 09:00") == Fixture.at("2 15:00"), "a word is no resolution")
    var update = try ledger(hours(2), "1 09:00", .update)
    try update.withdraw("1 10:00")
    #expect(try due(update, again: "1 12:00", after: "1 09:30") == Fixture.at("1 13:00"))
    #expect(try due(update, again: "1 12:00", after: "1 11:00") == Fixture.at("1 14:00"), "the word began a new gap")
  }

  @Test func changingTheTargetKeepsPauses() throws {
    var ledger = try ledger(hours(8), "1 09:00")
    try ledger.pause("1 10:00")
    try ledger.resume("1 15:00")
    try ledger.retarget("1 16:00", hours(4))
    // Two hours used, two left: one today, one tomorrow.
    #expect(due(ledger) == "2026-06-02T10:00:00Z" && ledger.clock.outcome == nil)
  }

  @Test func changingTheTargetWhilePausedKeepsThePause() throws {
    var ledger = try ledger(hours(8), "1 09:00")
    try ledger.pause("1 12:00")
    try ledger.retarget("2 09:00", hours(2))
    #expect(ledger.clock.state == .paused && ledger.clock.outcome == .missed && ledger.clock.stateCause == "awaiting_customer")
    try ledger.retarget("2 10:00", hours(5))
    #expect(ledger.clock.outcome == nil)
    try ledger.resume("3 09:00")
    #expect(due(ledger) == "2026-06-03T11:00:00Z")
  }

  @Test func aShorterTargetIsMissedAtOnceAndALongerOneJudgesAgain() throws {
    var ledger = try ledger(hours(8), "1 09:00")
    try ledger.retarget("1 12:00", hours(2))
    #expect(ledger.clock.outcome == .missed && ledger.clock.verdict?.cause == .retargeted)
    // Until the target changed, nothing was late.
    #expect(ledger.clock.verdict?.breachedAt == (try Fixture.at("1 12:00")))
    try ledger.retarget("1 13:00", hours(6))
    #expect(ledger.clock.outcome == nil && due(ledger) == "2026-06-01T15:00:00Z")
    try ledger.observe("1 15:00")
    #expect(ledger.verdicts.map(\.outcome) == [.missed, nil, .met])
    #expect(ledger.verdicts.map(\.detail) == ["priority_changed", "priority_changed", "resolved"])
  }

  @Test func reachedMilestonesAreJudgedAgain() throws {
    var ledger = try ledger(hours(4), "1 09:00")
    try ledger.observe("1 12:00")
    #expect(ledger.clock.outcome == .met)
    try ledger.retarget("2 09:00", hours(2))
    #expect(ledger.clock.outcome == .missed && ledger.clock.state == .stopped && ledger.milestones.count == 1)
    try ledger.retarget("2 10:00", hours(3))
    #expect(ledger.verdicts.map(\.outcome) == [.met, .missed, .met])
    #expect(ledger.verdicts.map(\.consumedSeconds) == [10_800, 10_800, 10_800])
  }

  @Test func onceMissedAReopenKeepsTheMiss() throws {
    var ledger = try ledger(hours(2), "1 09:00")
    try ledger.observe("1 12:00")
    try ledger.reopen("2 09:00")
    #expect(ledger.clock.outcome == .missed && ledger.clock.state == .running && ledger.clock.nextCheckAt == nil)
    // Overdue since the breach.
    #expect(due(ledger) == "2026-06-01T11:00:00Z")
    try ledger.observe("2 10:00")
    #expect(ledger.verdicts.map(\.outcome) == [.missed] && ledger.milestones.count == 2)
    #expect(ledger.clock.consumedSeconds == 4 * 3600)
  }

  @Test func aReopenGetsOnlyTheRemainderAndTheGapIsNotCounted() throws {
    var ledger = try ledger(hours(4), "1 09:00")
    try ledger.observe("1 12:00")
    try ledger.reopen("3 09:00")
    #expect(ledger.clock.outcome == nil && ledger.verdicts.map(\.outcome) == [.met, nil] && ledger.clock.observedAt == nil)
    #expect(due(ledger) == "2026-06-03T10:00:00Z")
    try ledger.passed("3 10:00")
    #expect(ledger.clock.outcome == nil)
    try ledger.passed("3 10:01")
    #expect(ledger.clock.verdict?.breachedAt == (try Fixture.at("3 10:00")))
  }

  @Test func nothingJudgedIsNull() throws {
    var ledger = try ledger(hours(4), "1 09:00")
    #expect(ledger.clock.verdict == nil && ledger.clock.outcome == nil)
    try ledger.pause("1 10:00")
    #expect(ledger.verdicts.isEmpty)
  }

  @Test func anUntouchedTicketIsMissedAtItsTrueInstant() throws {
    var ledger = try ledger(hours(4), "1 09:00")
    try ledger.passed("1 13:00")
    #expect(ledger.verdicts.isEmpty)
    try ledger.passed("9 08:00")
    #expect(try ledger.verdicts.count == 1 && ledger.clock.verdict?.breachedAt == Fixture.at("1 13:00"))
    #expect(try ledger.clock.verdict?.decidedAt == Fixture.at("1 13:00") && ledger.clock.nextCheckAt == nil)
    try ledger.passed("9 09:00")
    try ledger.observe("9 10:00")
    #expect(ledger.verdicts.count == 1 && ledger.clock.outcome == .missed && ledger.clock.state == .stopped)
  }

  @Test func pausingAfterTheBreachRecordsIt() throws {
    var ledger = try ledger(hours(1), "1 09:00")
    try ledger.pause("1 12:00")
    #expect(try ledger.clock.outcome == .missed && ledger.clock.verdict?.breachedAt == Fixture.at("1 10:00"))
  }

  @Test func whatEndedInTimeButWasToldLateIsPutRight() throws {
    var ledger = try ledger(hours(4), "1 09:00")
    try ledger.passed("1 14:00")
    // The mail of 12:00 arrives at 14:30.
    try ledger.observe("1 12:00")
    #expect(ledger.verdicts.map(\.outcome) == [.missed, nil, .met] && ledger.verdicts.map(\.cause) == [.exceeded, .recordedLate, .observed])
    #expect(ledger.clock.consumedSeconds == 3 * 3600)
  }

  @Test func aNewCalendarKeepsUsedTimeAndTimesTheRest() throws {
    var ledger = try ledger(hours(8), "1 16:00")
    // From Tuesday noon the day has twelve hours: 1 + 3 are used, 4 remain, all before 20:00.
    try ledger.apply(.changeCalendar(effectiveAt: Fixture.at("2 12:00"), coverage: Fixture.long()))
    #expect(due(ledger) == "2026-06-02T16:00:00Z" && ledger.intervals.map(\.calendarVersion) == [Id(1)])
    try ledger.observe("2 15:00")
    #expect(ledger.intervals.map(\.workingSeconds) == [4 * 3600, 3 * 3600] && ledger.intervals.last?.calendarVersion == Id(2))
  }

  @Test func aMergedTicketIsWithdrawn() throws {
    var ledger = try ledger(hours(1), "1 09:00")
    try ledger.withdraw("1 09:30")
    #expect(ledger.verdicts.map(\.outcome) == [.withdrawn] && ledger.verdicts.first?.detail == "merged")
    #expect(ledger.clock.dueAt == nil && ledger.clock.nextCheckAt == nil)
    try ledger.passed("9 09:00")
    #expect(ledger.verdicts.count == 1)
  }

  @Test func anSLATakenAwayKeepsItsHistory() throws {
    var ledger = try ledger(hours(1), "1 09:00")
    try ledger.withdraw("1 12:00")
    #expect(ledger.verdicts.map(\.outcome) == [.missed, .withdrawn] && ledger.verdicts.map(\.sequence) == [1, 2])
  }

  @Test func aMissStaysWhenTheTicketIsMerged() throws {
    for (end, outcomes) in [("1 12:00", [Verdict.Outcome.missed]), ("1 09:30", [.withdrawn])] {
      var ledger = try ledger(hours(1), "1 09:00")
      try ledger.apply(.withdraw(at: Fixture.at(end), reason: "merged", keepsMiss: true))
      #expect(ledger.verdicts.map(\.outcome) == outcomes && ledger.clock.state == .withdrawn && ledger.clock.nextCheckAt == nil)
    }
    var ledger = try ledger(hours(1), "1 09:00")
    try ledger.observe("1 09:30")
    try ledger.apply(.withdraw(at: Fixture.at("1 12:00"), reason: "merged", keepsMiss: true))
    #expect(ledger.verdicts.map(\.outcome) == [.met, .withdrawn])
  }

  @Test func createdPausedUsesNothing() throws {
    var ledger = try ledger(hours(1), "1 09:00")
    try ledger.pause("1 09:00")
    #expect(ledger.intervals.isEmpty && ledger.clock.state == .paused && ledger.clock.dueAt == nil)
    try ledger.resume("8 09:00")
    #expect(due(ledger) == "2026-06-08T10:00:00Z")
  }

  @Test func createdClosedIsMet() throws {
    var ledger = try ledger(.workingSeconds(0), "1 09:00")
    try ledger.observe("1 09:00")
    #expect(ledger.clock.outcome == .met && ledger.intervals.isEmpty && ledger.clock.consumedSeconds == 0)
  }

  @Test func businessDaysEndWithTheDay() throws {
    var ledger = try ledger(.businessDays(2), "4 16:00")
    // Thursday is day 0, Friday 1, Monday 2.
    #expect(due(ledger) == "2026-06-08T17:00:00Z" && ledger.clock.breachAt == ledger.clock.dueAt)
    var late = ledger
    try late.observe("8 17:01")
    #expect(late.clock.outcome == .missed)
    try ledger.observe("8 17:00")
    #expect(ledger.clock.outcome == .met)
    try ledger.retarget("9 09:00", .businessDays(1))
    #expect(ledger.clock.outcome == .missed)
    try ledger.retarget("9 10:00", .businessDays(2))
    #expect(ledger.clock.outcome == .met)
  }

  @Test func aPauseMovesABusinessDayByWholeDays() throws {
    var ledger = try ledger(.businessDays(1), "1 16:00")
    try ledger.pause("2 10:00")
    try ledger.resume("3 12:00")
    // One and one hours are used of nine; the last of the seven falls into Thursday, which counts until its closing.
    #expect(due(ledger) == "2026-06-04T17:00:00Z")
    try ledger.retarget("4 09:00", .businessDays(1))
    #expect(due(ledger) == "2026-06-04T17:00:00Z" && ledger.verdicts.isEmpty)
  }

  @Test func changesOfTargetDoNotHideALateDay() throws {
    var ledger = try ledger(.businessDays(5), "1 16:00")
    try ledger.retarget("4 10:00", .businessDays(4))
    try ledger.retarget("4 12:00", .businessDays(1))
    #expect(ledger.clock.outcome == .missed)
  }

  @Test func aCalendarThatNeverOpensSetsNoDeadline() throws {
    let never = Coverage(version: Id(9), calendar: CompiledCalendar(try CalendarDefinition(zone: "UTC", week: [:])))
    for budget in [hours(1), .businessDays(1)] {
      var ledger = try Ledger(.resolution, budget, never, at: Fixture.at("1 09:00"))
      #expect(ledger.clock.dueAt == nil && ledger.clock.nextCheckAt == nil)
      try ledger.passed("30 09:00")
      try ledger.observe("30 10:00")
      #expect(ledger.clock.outcome == .met)
    }
  }

  @Test func theGapAndTheDoubledHourCountAsElapsed() throws {
    // Berlin at night: 22:00 to 06:00 has seven hours on 2026-03-29 and nine on 2026-10-25.
    let definition = try CalendarDefinition(
      zone: "Europe/Berlin", week: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, [.init(0, 360), .init(1320, 1440)]) }))
    let coverage = Coverage(version: Id(4), calendar: CompiledCalendar(definition))
    for (start, due) in [("2026-03-28T21:00:00Z", "2026-03-29T21:00:00Z"), ("2026-10-24T20:00:00Z", "2026-10-25T04:00:00Z")] {
      let ledger = try Ledger(.resolution, hours(8), coverage, at: #require(Instant(start)))
      // Spring: 7 hours until 04:00Z, the last from 20:00Z. Autumn: the eighth of nine hours.
      #expect(ledger.clock.dueAt?.description == due)
    }
  }
}
