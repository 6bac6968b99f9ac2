import BillingEngine
import Kernel
import ServiceTime
import Testing

@testable import Credits

/// Periods of schedules whose versions have periods of different length.
@Suite struct ScheduleTimelineTests {
  struct Case: Sendable {
    let versions: [(from: String, kind: BillingPeriod.Kind)]
    /// The periods of 2026 and 2027 in their order, with the number of their version.
    let periods: [String]
  }

  static let cases: [Case] = [
    Case(
      versions: [("1970-01-01", .month), ("2026-02-15", .quarter), ("2026-11-15", .month)],
      periods: ["2026-01 0", "2026-02 0", "2026-03 0", "2026-Q2 1", "2026-Q3 1", "2026-Q4 1", "2027-01 2"]),
    Case(
      versions: [("1970-01-01", .quarter), ("2026-02-15", .month), ("2026-03-20", .quarter)],
      periods: ["2026-Q1 0", "2026-Q2 2", "2026-Q3 2", "2026-Q4 2", "2027-Q1 2"]),
    Case(versions: [("1970-01-01", .year), ("2026-02-15", .quarter)], periods: ["2026 0", "2027-Q1 1"]),
    Case(versions: [("1970-01-01", .quarter), ("2026-04-01", .month)], periods: ["2026-Q1 0", "2026-04 1", "2026-05 1"]),
    Case(versions: [("1970-01-01", .month), ("2026-02-15", .month)], periods: ["2026-01 0", "2026-02 0", "2026-03 1"]),
  ]

  @Test(arguments: cases.indices) func everyDayIsInOnePeriod(number: Int) throws {
    let one = Self.cases[number]
    let zone = try #require(Zone.named("Europe/Berlin"))
    let versions = try one.versions.enumerated().map { index, version in
      (validFrom: zone.start(of: try #require(CalendarDate(version.from))), kind: version.kind, version: index)
    }
    let timeline = ScheduleTimeline(versions, in: zone)
    let first = try #require(CalendarDate("2026-01-01"))
    var (day, found): (CalendarDate, [String]) = (first, [])
    while found.count < one.periods.count {
      let periods = BillingPeriod.Kind.allCases.compactMap { BillingPeriod($0, containing: day) }.filter { timeline.version(of: $0) != nil }
      #expect(periods.count == 1, "\(day): \(periods)")
      guard let period = periods.first, let version = timeline.version(of: period) else { return }
      #expect(period.first == day)
      found.append("\(period) \(version)")
      day = period.end
    }
    #expect(found == one.periods)
  }

  /// The month and the rolling year that ends with it bear one name: one of them counts.
  @Test func ofAMonthAndARollingYearOneCounts() throws {
    let zone = try #require(Zone.named("UTC"))
    let change = zone.start(of: try #require(CalendarDate("2026-01-01")))
    for (before, after) in [(BillingPeriod.Kind.rollingYear, BillingPeriod.Kind.month), (.month, .rollingYear)] {
      let timeline = ScheduleTimeline([(validFrom: Instant(seconds: 0), kind: before, version: 0), (validFrom: change, kind: after, version: 1)], in: zone)
      for name in ["2025-06", "2025-12", "2026-01", "2026-06", "2026-12"] {
        let counting = BillingPeriod.Kind.allCases.compactMap { BillingPeriod($0, named: name) }.filter { timeline.version(of: $0) != nil }
        #expect(counting.count <= 1, "\(name): \(counting)")
      }
      #expect(BillingPeriod(before, named: "2025-12").flatMap { timeline.version(of: $0) } == 0)
      #expect(BillingPeriod(after, named: "2026-12").flatMap { timeline.version(of: $0) } == 1)
    }
  }
}
