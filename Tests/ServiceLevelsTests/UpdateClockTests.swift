import Kernel
import ServiceTime
import Testing

@testable import ServiceLevels

/// The metric update, rule by rule. Office hours are Monday to Friday 09:00 to 17:00 UTC; 1 June 2026 is a Monday.
@Suite struct UpdateClockTests {
  /// Two hours from word to word.
  private func ledger(_ budget: Budget = .workingSeconds(7200)) throws -> Ledger {
    try Ledger(.update, budget, Fixture.office(), at: Fixture.at("1 09:00"))
  }

  private func due(_ ledger: Ledger) -> String? { ledger.clock.dueAt?.description }

  @Test func eachWordBeginsTheBudgetAnew() throws {
    var ledger = try ledger()
    #expect(due(ledger) == "2026-06-01T11:00:00Z")
    try ledger.renew("1 10:30")
    #expect(due(ledger) == "2026-06-01T12:30:00Z" && ledger.clock.consumedSeconds == 0)
    // Over night only open time counts.
    try ledger.renew("1 16:00")
    #expect(ledger.verdicts.map(\.outcome) == [.missed])
    var other = try self.ledger()
    try other.renew("1 10:59")
    try other.renew("1 12:59")
    try other.renew("1 14:59")
    try other.renew("1 16:30")
    #expect(due(other) == "2026-06-02T10:30:00Z" && other.verdicts.isEmpty)
    try other.observe("2 10:30")
    #expect(other.verdicts.map(\.outcome) == [.met] && other.intervals.count == 5)
  }

  @Test func aGapTooLongIsMissedAtItsInstantAndOnce() throws {
    var ledger = try ledger()
    try ledger.renew("1 10:00")
    // The job finds it, whenever it comes.
    try ledger.passed("3 09:00")
    #expect(try ledger.verdicts.map(\.breachedAt) == [Fixture.at("1 12:00")])
    #expect(due(ledger) == "2026-06-01T12:00:00Z")
    // Later gaps, late or not, change nothing; the next word is due all the same.
    try ledger.renew("3 10:00")
    #expect(due(ledger) == "2026-06-03T12:00:00Z" && ledger.clock.nextCheckAt == nil)
    try ledger.renew("4 16:00")
    try ledger.observe("5 16:00")
    #expect(ledger.verdicts.count == 1 && ledger.clock.outcome == .missed)
    try ledger.reopen("8 09:00")
    try ledger.observe("8 09:30")
    #expect(ledger.verdicts.count == 1 && ledger.clock.outcome == .missed)
  }

  @Test func waitingForTheCustomerIsNotOurTurn() throws {
    var ledger = try ledger()
    try ledger.pause("1 10:00")
    try ledger.resume("4 10:00")
    // An hour of the gap was used before.
    #expect(due(ledger) == "2026-06-04T11:00:00Z")
    try ledger.pause("4 10:30")
    // A word while the customer's answer is waited for leaves the whole budget.
    try ledger.renew("4 15:00")
    #expect(ledger.clock.state == .paused && ledger.intervals.last?.evidence == "mail 7")
    try ledger.resume("5 09:00")
    #expect(due(ledger) == "2026-06-05T11:00:00Z")
  }

  @Test func theResolutionEndsItAndAReopeningBeginsItAnew() throws {
    var ledger = try ledger()
    try ledger.observe("1 10:00")
    try ledger.reopen("3 10:00")
    #expect(due(ledger) == "2026-06-03T12:00:00Z")
    #expect(ledger.verdicts.map(\.outcome) == [.met, nil] && ledger.verdicts.last?.cause == .reopened)
    try ledger.observe("3 12:00")
    #expect(ledger.clock.outcome == .met)
  }

  /// Each gap is judged by the target under which it ended; the one that goes on, by the new one.
  @Test func anotherTargetJudgesTheGapThatGoesOn() throws {
    var ledger = try ledger()
    try ledger.passed("1 12:00")
    #expect(ledger.clock.outcome == .missed)
    try ledger.retarget("1 12:00", .workingSeconds(4 * 3600))
    #expect(ledger.clock.outcome == nil && due(ledger) == "2026-06-01T13:00:00Z")
    try ledger.renew("1 12:30")
    // Three and a half hours were too long for what is promised now, but not for what was.
    try ledger.retarget("1 13:00", .workingSeconds(3600))
    #expect(ledger.clock.outcome == nil && due(ledger) == "2026-06-01T13:30:00Z")
    try ledger.retarget("1 14:00", .workingSeconds(1800))
    #expect(try ledger.clock.verdict?.breachedAt == Fixture.at("1 13:30"))
    // What an earlier gap missed, no target takes back.
    try ledger.renew("1 15:00")
    try ledger.retarget("1 15:30", .workingSeconds(40 * 3600))
    #expect(ledger.clock.outcome == .missed && ledger.clock.verdict?.outcome == .missed)
    #expect(due(ledger) == "2026-06-08T15:00:00Z")
  }

  @Test func aNewVersionOfTheCalendarKeepsWhatTheGapUsed() throws {
    var ledger = try ledger(.workingSeconds(4 * 3600))
    try ledger.renew("1 12:00")
    try ledger.renew("1 15:00")
    try ledger.apply(.changeCalendar(effectiveAt: Fixture.at("1 16:00"), coverage: Fixture.long()))
    // One hour is used, three are left until 19:00 of the longer day.
    #expect(due(ledger) == "2026-06-01T19:00:00Z")
    try ledger.renew("1 19:00")
    #expect(due(ledger) == "2026-06-02T11:00:00Z" && ledger.verdicts.isEmpty)
  }

  @Test func businessDaysCountFromTheLastWord() throws {
    var ledger = try ledger(.businessDays(1))
    #expect(due(ledger) == "2026-06-02T17:00:00Z")
    try ledger.renew("2 10:00")
    #expect(due(ledger) == "2026-06-03T17:00:00Z")
    try ledger.passed("3 17:01")
    #expect(try ledger.clock.verdict?.breachedAt == Fixture.at("3 17:00"))
  }
}
