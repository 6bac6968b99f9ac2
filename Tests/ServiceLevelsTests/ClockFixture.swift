import Kernel
import ServiceLevels
import ServiceTime
import Testing

/// Office hours, Monday to Friday 09:00 to 17:00 UTC, and the week of 2026-06-01 (a Monday).
enum Fixture {
  static func office() throws -> Coverage { Coverage(version: Id(1), calendar: CompiledCalendar(try .fiveByEight(zone: "UTC"))) }
  static func long() throws -> Coverage { Coverage(version: Id(2), calendar: CompiledCalendar(try .fiveByTwelve(zone: "UTC"))) }
  static func always() throws -> Coverage { Coverage(version: Id(3), calendar: CompiledCalendar(try .always(zone: "UTC"))) }

  /// `"1 10:30"`: 10:30 on the first of June 2026.
  static func at(_ text: String) throws -> Instant {
    let parts = text.split(separator: " ")
    let day = try #require(parts.first)
    let time = try #require(parts.last)
    return try #require(Instant("2026-06-\(day.count == 1 ? "0" : "")\(day)T\(time):00Z"))
  }
}

/// A clock and all that it wrote, the way a store would keep it.
struct Ledger {
  private(set) var clock: Clock
  private(set) var coverage: Coverage
  /// The calendar by which it runs on when it is reopened.
  private var next: Coverage?
  private(set) var intervals: [ClockInterval] = []
  private(set) var milestones: [Milestone] = []
  private(set) var verdicts: [Verdict] = []

  init(_ metric: Metric = .resolution, _ budget: Budget, _ coverage: Coverage, at start: Instant) throws {
    self.coverage = coverage
    clock = try Clock.start(metric, budget: budget, coverage: coverage, at: start, cause: "created").clock
  }

  @discardableResult
  mutating func apply(_ event: ClockEvent) throws -> ClockTransition {
    var event = event
    if case .reopen(let at, let cause, nil) = event, clock.nextCalendarVersion != nil { event = .reopen(at: at, cause: cause, coverage: next) }
    let transition = try clock.applying(event, calendar: coverage.calendar)
    clock = transition.clock
    if let closed = transition.closed { intervals.append(closed) }
    if let milestone = transition.milestone { milestones.append(milestone) }
    verdicts += transition.verdicts
    switch event {
    case .retarget(_, _, let coverage, _), .changeCalendar(_, let coverage), .reopen(_, _, let coverage?):
      if coverage.version == clock.calendarVersion { self.coverage = coverage }
      next = coverage.version == clock.nextCalendarVersion ? coverage : nil
    default: break
    }
    return transition
  }

  mutating func pause(_ text: String) throws { try apply(.pause(at: Fixture.at(text), reason: "awaiting_customer", evidence: "mail 7")) }
  mutating func resume(_ text: String) throws { try apply(.resume(at: Fixture.at(text), cause: "customer_answered")) }
  mutating func observe(_ text: String) throws { try apply(.observe(at: Fixture.at(text), source: "resolved")) }
  mutating func renew(_ text: String) throws { try apply(.renew(at: Fixture.at(text), source: "updated")) }
  mutating func reopen(_ text: String) throws { try apply(.reopen(at: Fixture.at(text), cause: "not_solved")) }
  mutating func withdraw(_ text: String) throws { try apply(.withdraw(at: Fixture.at(text), reason: "merged")) }
  mutating func passed(_ text: String) throws { try apply(.passed(now: Fixture.at(text))) }
  mutating func retarget(_ text: String, _ budget: Budget, _ coverage: Coverage? = nil) throws {
    try apply(.retarget(at: Fixture.at(text), budget: budget, coverage: coverage ?? self.coverage, cause: "priority_changed"))
  }
}
