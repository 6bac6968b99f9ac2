import Contracts
import Kernel
import ServiceTime
import Testing

@testable import ServiceLevels

/// Waits under terms that change while they last. Office hours; 1 June 2026 is a Monday.
@Suite struct WaitTermsTests {
  private let series: CalendarSeries
  private let target = TargetTerms(
    id: 1, metric: .resolution, priority: 3, budget: .seconds(40 * 3600), calendar: 1, calendarVersion: 1, objective: nil, pauses: true)

  init() throws {
    series = CalendarSeries([
      CalendarSeries.Version(id: 1, calendar: 1, validFrom: Instant(seconds: 0), compiled: CompiledCalendar(try .fiveByEight(zone: "UTC")))
    ])
  }

  private func line(_ waits: WaitTerms) -> LineTerms {
    LineTerms(
      contract: 1, line: 1, lineVersion: 1, sla: 1, slaVersion: 1, contractZone: "UTC", contractName: "c", lineName: "l", resolutionStopsAt: .resolved,
      reason: .customer, waits: waits)
  }

  private func clock(_ waits: WaitTerms, _ metric: Contracts.Metric = .resolution) throws -> SubjectClock {
    let at = try Fixture.at("1 09:00")
    let target = TargetTerms(
      id: 1, metric: metric, priority: 3, budget: .seconds(40 * 3600), calendar: 1, calendarVersion: 1, objective: nil, pauses: true)
    return try SubjectClock.start(
      id: 1, subject: .ticket(1), Goal(line(waits), target), try series.coverage(target.calendarVersion, at: at), at: at, cause: "opened")
  }

  @Test func aWaitThatGoesOnTakesTheNewLimitLessWhatItUsed() throws {
    let wait = (act: ClockAct.paused(cause: "scheduled"), at: try Fixture.at("1 10:00"))
    var clock = try clock(WaitTerms())
    try clock.apply(wait.act, at: wait.at, series)
    #expect(clock.clock.pauseEndsAt == nil)
    // Two hours are used: one of three is left, then six of eight.
    try clock.retarget(to: Goal(line(WaitTerms(limitSeconds: 3 * 3600)), target), wait: wait, at: Fixture.at("1 12:00"), series)
    #expect(try clock.clock.pauseEndsAt == Fixture.at("1 13:00") && clock.clock.waitLeftSeconds == 3600)
    try clock.retarget(to: Goal(line(WaitTerms(limitSeconds: 8 * 3600)), target), wait: wait, at: Fixture.at("1 12:00"), series)
    #expect(try clock.clock.pauseEndsAt == Fixture.at("2 10:00"))
    try clock.retarget(to: Goal(line(WaitTerms(totalSeconds: 4 * 3600)), target), wait: wait, at: Fixture.at("1 12:30"), series)
    #expect(try clock.clock.pauseEndsAt == Fixture.at("1 14:00"))
    // Two and a half hours are more than two.
    try clock.retarget(to: Goal(line(WaitTerms(limitSeconds: 2 * 3600)), target), wait: wait, at: Fixture.at("1 12:30"), series)
    #expect(try clock.clock.state == .running && clock.clock.stateCause == "wait_limit" && clock.clock.stateSince == Fixture.at("1 12:30"))
    #expect(clock.clock.waitLeftSeconds == 0 && clock.clock.pauseEndsAt == nil)
  }

  /// Guards: forgotten, the shares would be told twice; kept over a word, those of the new gap never.
  @Test(arguments: [Contracts.Metric.resolution, .update]) func whatIsTakenUpAgainPassesNoShareTwice(metric: Contracts.Metric) throws {
    var former = try clock(WaitTerms(), metric)
    (former.warnedPercent, former.passedPercent) = (50, 60)
    try former.withdraw("no_target", at: Fixture.at("1 12:00"), series)
    func takenUp(after word: Instant?) throws -> [Int64?] {
      let clock = try SubjectClock.start(id: 2, takingUp: former, after: word, at: Fixture.at("1 15:00"), cause: "escalated", series)
      return [clock.warnedPercent, clock.passedPercent]
    }
    #expect(try takenUp(after: nil) == [50, 60])
    #expect(try takenUp(after: Fixture.at("1 14:00")) == (metric == .update ? [nil, nil] : [50, 60]))
  }

  @Test func theLimitOfOneWaitSaysNothingAboutTheNext() throws {
    var clock = try clock(WaitTerms(limitSeconds: 3600))
    try clock.apply(.paused(cause: "scheduled"), at: Fixture.at("1 10:00"), series)
    try clock.catchUp(until: Fixture.at("1 12:00"), series)
    #expect(clock.clock.state == .running && clock.clock.waitLeftSeconds == 0)
    try clock.apply(.resumed, at: Fixture.at("1 13:00"), series)
    #expect(clock.clock.waitLeftSeconds == nil)
    // This SLA does not pause for suppliers; the next one does.
    let wait = (act: ClockAct.paused(cause: "awaiting_supplier", on: .supplier), at: try Fixture.at("1 14:00"))
    try clock.apply(wait.act, at: wait.at, series)
    #expect(clock.clock.state == .running)
    let next = line(WaitTerms(supplierPauses: true, limitSeconds: 3600))
    try clock.retarget(to: Goal(next, target), wait: wait, at: Fixture.at("1 15:00"), series)
    #expect(try clock.clock.state == .paused && clock.clock.pauseEndsAt == Fixture.at("1 16:00"))
  }

  /// Each kind of wait stops a clock by a term of its own, and none where the target does not pause.
  @Test(arguments: [false, true], [false, true]) func whatIsTheProvidersOwnStopsTheClockWhereTheSLASaysSo(supplier: Bool, provider: Bool) throws {
    let waits: [(on: ClockAct.WaitedFor, stops: Bool)] = [(.customer, true), (.supplier, supplier), (.provider, provider)]
    for (waitedFor, stops) in waits {
      var clock = try clock(WaitTerms(supplierPauses: supplier, providerPauses: provider))
      try clock.apply(.paused(cause: "x", on: waitedFor), at: Fixture.at("1 10:00"), series)
      #expect(clock.clock.state == (stops ? .paused : .running))
      // Under terms by which it does not, it runs on.
      let wait = (act: ClockAct.paused(cause: "x", on: waitedFor), at: try Fixture.at("1 10:00"))
      try clock.retarget(to: Goal(line(WaitTerms()), target), wait: wait, at: Fixture.at("1 11:00"), series)
      #expect(clock.clock.state == (waitedFor == .customer ? .paused : .running))
    }
  }
}
