import Kernel
import ServiceTime
import TestSupport
@testable import TimeEntries
import Testing

@Suite struct RuleTests {
  /// All pairs.
  @Test func statesGoWhereTheyMay() {
    let legal: [String: TimeEntryState] = [
      "draft change": .draft, "draft submit": .submitted, "submitted approve": .approved, "submitted return": .returned, "returned change": .returned,
      "returned submit": .submitted,
    ]
    for state in TimeEntryState.allCases {
      for event in TimeEntryState.Event.allCases { #expect(state.after(event) == legal["\(state.rawValue) \(event.rawValue)"], "\(state) \(event)") }
    }
  }

  @Test(
    arguments: [
      (1, 0, 7, 7), (15, 0, 1, 15), (15, 0, 15, 15), (15, 0, 16, 30), (15, 30, 5, 30), (15, 40, 5, 45), (6, 10, 10, 12), (1, 60, 61, 61), (480, 0, 1440, 1440),
      (7, 1440, 1, 1442),
    ] as [(Int64, Int64, Int64, Int64)])
  func minutesAreRoundedUp(step: Int64, minimum: Int64, worked: Int64, billed: Int64) {
    #expect(TimeRounding(step: step, minimum: minimum).billed(worked) == billed)
  }

  /// The extra of rounding goes to the parts in proportion: the sum is exact, and no part is a minute off its share.
  @Test func sharesAddUp() {
    var generator = SplitMix64(seed: 5)
    for _ in 0..<2000 {
      let parts = (0..<Int.random(in: 1...6, using: &generator)).map { _ in Int64.random(in: 1...240, using: &generator) }
      let sum = parts.reduce(0, +)
      let total = TimeRounding(step: .random(in: 1...60, using: &generator), minimum: .random(in: 0...600, using: &generator)).billed(sum)
      let shares = TimeRounding.shares(of: total, over: parts)
      #expect(shares.reduce(0, +) == total)
      for (share, part) in zip(shares, parts) { #expect(abs(share * sum - total * part) < sum, "\(parts) \(total)") }
    }
    #expect(TimeRounding.shares(of: 30, over: [10, 10, 10]) == [10, 10, 10])
    #expect(TimeRounding.shares(of: 20, over: [10, 10, 10]) == [7, 7, 6], "the earlier one first")
    #expect(TimeRounding.shares(of: 0, over: [10, 5]) == [0, 0])
  }

  /// A class that is not in use gives way to the next one, down to the service time's.
  @Test func aRateClassThatIsNotInUseGivesWay() {
    let all: [(Int64, RateUse)] = [(1, .serviceTime), (2, .afterHours), (3, .offDay)]
    func chosen(_ uses: [RateUse], _ situation: TimeSplit.Situation) -> Int64? {
      RateChoice(classes: all.filter { uses.contains($0.1) }.map { .init(id: $0.0, code: "c", use: $0.1) }).rateClass(of: situation)?.id
    }
    #expect(chosen([.serviceTime, .afterHours, .offDay], .offDay) == 3)
    #expect(chosen([.serviceTime, .afterHours], .offDay) == 2)
    #expect(chosen([.serviceTime], .offDay) == 1)
    #expect(chosen([.serviceTime, .offDay], .afterHours) == 1)
    #expect(chosen([.afterHours], .serviceTime) == nil)
  }

  @Test func whatCannotBeTimeIsRefused() throws {
    let zone = try #require(Zone.named("Europe/Berlin"))
    let now = try #require(Instant("2026-03-10T22:30:00Z"))
    func refusal(_ from: String? = nil, _ to: String? = nil, date: String? = nil, minutes: Int64? = nil) throws -> String {
      do {
        let told = WorkedTime.Told(from: from.flatMap(Instant.init), to: to.flatMap(Instant.init), date: date.flatMap { CalendarDate($0) }, minutes: minutes)
        let worked = try WorkedTime(told, in: zone, now: now)
        return "\(worked.date) \(worked.minutes)"
      } catch {
        return try #require(error.violations.first).message.key
      }
    }
    #expect(try refusal("2026-03-10T08:00:00Z", "2026-03-10T09:30:00Z") == "2026-03-10 90")
    #expect(try refusal("2026-03-09T23:30:00Z", "2026-03-10T00:30:00Z") == "2026-03-10 60", "the day in Berlin")
    #expect(try refusal("2026-03-09T08:00:00Z", "2026-03-10T08:00:00Z") == "2026-03-09 1440")
    #expect(try refusal("2026-03-09T08:00:00Z", "2026-03-10T08:01:00Z") == "time_entry.too_long")
    #expect(try refusal("2026-03-10T08:00:00Z", "2026-03-10T08:00:00Z") == "time_entry.order")
    #expect(try refusal("2026-03-10T08:00:30Z", "2026-03-10T08:10:00Z") == "time_entry.whole_minutes")
    #expect(try refusal("2026-03-10T22:00:00Z", "2026-03-10T22:31:00Z") == "time_entry.future")
    #expect(try refusal("2024-03-10T08:00:00Z", "2024-03-10T09:00:00Z") == "time_entry.too_old")
    #expect(try refusal(date: "2026-03-10", minutes: 15) == "2026-03-10 15")
    #expect(try refusal(date: "2026-03-11", minutes: 15) == "time_entry.future")
    #expect(try refusal(date: "2026-03-10") == "time_entry.times_or_minutes")
    #expect(try refusal("2026-03-10T08:00:00Z", "2026-03-10T09:30:00Z", minutes: 90) == "time_entry.times_or_minutes")
    #expect(try refusal() == "time_entry.times_or_minutes")
  }
}
