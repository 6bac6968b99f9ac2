import Contracts
import Kernel
import ServiceTime
import Testing

@testable import ServiceLevels

/// A rule acts at half of a promise of one hour, counted in office hours; it begins at 9:00 on 1 June 2026, a Monday. At 10:00 something is done that
/// was, or is recorded as of a time before.
@Suite struct WatchedShareTests {
  private let tenant = TenantId(1)
  private let series: CalendarSeries

  init() throws {
    series = CalendarSeries([
      CalendarSeries.Version(id: 1, calendar: 1, validFrom: Instant(seconds: 0), compiled: CompiledCalendar(try .fiveByEight(zone: "UTC")))
    ])
  }

  private func goal(_ metric: Contracts.Metric, _ seconds: Int64 = 3600) -> Goal {
    let line = LineTerms(
      contract: 1, line: 1, lineVersion: 1, sla: 1, slaVersion: 1, contractZone: "UTC", contractName: "c", lineName: "l", resolutionStopsAt: .resolved,
      reason: .customer, waits: WaitTerms())
    let target = TargetTerms(
      id: seconds, metric: metric, priority: 3, budget: .seconds(seconds), calendar: 1, calendarVersion: 1, objective: nil, pauses: true)
    return Goal(line, target)
  }

  /// As an act at 10:00 finds them.
  private func found(_ metric: Contracts.Metric) throws -> SubjectClocks {
    var clocks = SubjectClocks(.ticket(1))
    clocks.calendars = series
    let share = WatchedShares.Share(kind: .ticket, metric: nil, percent: 50, customer: nil, since: try Fixture.at("1 09:00"))
    clocks.watched = WatchedShares(revisions: WatchedShares.Revisions(forAll: 1), shares: [share])
    try clocks.start(id: 1, goal(metric), at: Fixture.at("1 09:00"), cause: "opened")
    clocks.scheduleWarnings(of: tenant)
    clocks.passShares(of: tenant, at: try Fixture.at("1 10:00"))
    return clocks
  }

  /// What is told when the act is saved, and when the share passes next.
  private func saved(_ clocks: SubjectClocks) -> [Instant?] {
    var clocks = clocks
    clocks.scheduleWarnings(of: tenant)
    let told: [Instant?] = clocks.takePassed().map { $0.passing.at }
    return told + clocks.clocks.map(\.nextShareAt)
  }

  @Test func whatPassedBeforeTheActIsTold() throws {
    var clocks = try found(.update)
    try clocks.apply(.updated, at: Fixture.at("1 09:40"))
    #expect(try saved(clocks) == [Fixture.at("1 09:30"), Fixture.at("1 10:10")])
  }

  /// Guard: told all the same, people would be called for a word that had been given.
  @Test func whatAWordOfBeforeHinderedDidNotPass() throws {
    var clocks = try found(.update)
    try clocks.apply(.updated, at: Fixture.at("1 09:20"))
    #expect(try saved(clocks) == [Fixture.at("1 09:50")])
  }

  /// Guard: taken for passed, half of the longer promise would never pass.
  @Test func whatALongerPromiseHinderedPassesLater() throws {
    var clocks = try found(.resolution)
    try clocks.retarget(to: [goal(.resolution, 7200)], ids: [], startedAt: Fixture.at("1 09:00"), at: Fixture.at("1 09:20"), history: [])
    #expect(try saved(clocks) == [Fixture.at("1 10:00")])
    #expect(clocks.clocks.first?.clock.state == .running)
  }
}
