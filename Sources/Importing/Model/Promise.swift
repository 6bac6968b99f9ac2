import Contracts
import Kernel
import ServiceLevels

/// What is promised for the resolution of a ticket of some priority.
struct Promise: Sendable {
  /// A row of `contracts.sla_target`.
  let target: Int64
  let budget: ServiceLevels.Budget
  let coverage: Coverage
  /// Whether pending states stop the clock; which of them, the line's SLA says.
  let pauses: Bool
}

/// What is promised for the tickets of a log, and by which version of which contract line.
protocol Promises: Sendable {
  /// The line's versions in force when a ticket was opened; nil when the contract covers nothing then.
  func line(openedAt: Instant) -> LineTerms?
  func promise(under line: LineTerms, priority: Int64, at: Instant) -> Promise?
  /// The version that took the place of a calendar's version at `instant` or before.
  func successor(of version: Id<CalendarVersion>, until instant: Instant) -> CalendarSeries.Version?
  func areOfOneCalendar(_ one: Id<CalendarVersion>, _ other: Id<CalendarVersion>) -> Bool
}

extension Promises {
  func successor(of version: Id<CalendarVersion>, until instant: Instant) -> CalendarSeries.Version? { nil }
  func areOfOneCalendar(_ one: Id<CalendarVersion>, _ other: Id<CalendarVersion>) -> Bool { one == other }
}

/// The promises of a contract that is in the database.
struct ContractPromises: Promises {
  let book: TermsBook
  /// The profile's contract line.
  let contractLine: Int64

  func line(openedAt: Instant) -> LineTerms? { book.line(unit: nil, at: openedAt, explicit: contractLine) }

  func promise(under line: LineTerms, priority: Int64, at: Instant) -> Promise? {
    let targets = book.targets(slaVersion: line.slaVersion, facts: TargetFacts(priority: priority), at: at)
    guard let target = targets.first(where: { $0.metric == .resolution }), let calendar = book.calendar(version: target.calendarVersion) else { return nil }
    let budget: ServiceLevels.Budget =
      switch target.budget {
      case .seconds(let seconds): .workingSeconds(seconds)
      case .businessDays(let days): .businessDays(days)
      }
    return Promise(
      target: target.id, budget: budget, coverage: Coverage(version: Id(target.calendarVersion), calendar: calendar), pauses: target.pauses)
  }

  func successor(of version: Id<CalendarVersion>, until instant: Instant) -> CalendarSeries.Version? {
    book.series.successor(of: version.rawValue, until: instant)
  }

  func areOfOneCalendar(_ one: Id<CalendarVersion>, _ other: Id<CalendarVersion>) -> Bool {
    book.series.areOfOneCalendar(one.rawValue, other.rawValue)
  }
}
