import BillingEngine
import Kernel
import ServiceTime
@testable import Suppliers
import TestSupport
import Testing

@Suite struct PlannedCostTests {
  private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }

  private func version(
    _ validFrom: String, _ costs: [UnderpinningCost], active: Bool = true, starts: String = "2026-01-01T00:00:00Z", ends: String? = nil
  ) throws -> PlannedCost.Version {
    PlannedCost.Version(
      reference: "UC", currency: try #require(Currency(code: "EUR")), zone: try #require(Zone.named("UTC")), validFrom: try #require(Instant(validFrom)),
      isActive: active, startsAt: try #require(Instant(starts)), endsAt: ends.flatMap { Instant($0) }, costs: costs)
  }

  private func total(_ parts: [PlannedCost.Part]) throws -> Fraction {
    try parts.reduce(Fraction(0)) { try $0.adding(try #require($1.minorUnits)) }
  }

  @Test func wholePeriodsCostTheirAmounts() throws {
    let costs = [
      UnderpinningCost(name: "M", minorUnits: 1001, period: .month), UnderpinningCost(name: "Q", minorUnits: 5003, period: .quarter),
      UnderpinningCost(name: "Y", minorUnits: 7001, period: .year), UnderpinningCost(name: "O", minorUnits: 300, period: .once),
    ]
    let one = try version("1970-01-01T00:00:00Z", costs)
    #expect(try total(PlannedCost.parts(of: [one], on: try day("2026-01-01")..<day("2027-01-01"))) == Fraction(1001 * 12 + 5003 * 4 + 7001 + 300))
    // What is due once falls on the first day.
    #expect(try total(PlannedCost.parts(of: [one], on: try day("2027-01-01")..<day("2028-01-01"))) == Fraction(1001 * 12 + 5003 * 4 + 7001))
    #expect(try PlannedCost.parts(of: [one], on: day("2025-01-01")..<day("2026-01-01")).isEmpty)
  }

  @Test func theDayOfAChangeBelongsToWhatHoldsAfterIt() throws {
    let old = try version("1970-01-01T00:00:00Z", [UnderpinningCost(name: "M", minorUnits: 3100, period: .month)])
    let new = try version("2026-01-16T09:00:00Z", [UnderpinningCost(name: "M", minorUnits: 6200, period: .month)])
    #expect(try total(PlannedCost.parts(of: [old, new], on: try day("2026-01-01")..<day("2026-02-01"))) == Fraction(15 * 100 + 16 * 200))
    let ended = try version("2026-01-16T09:00:00Z", [UnderpinningCost(name: "M", minorUnits: 6200, period: .month)], active: false)
    #expect(try total(PlannedCost.parts(of: [old, ended], on: try day("2026-01-01")..<day("2026-02-01"))) == Fraction(15 * 100))
    let over = try version("1970-01-01T00:00:00Z", [UnderpinningCost(name: "M", minorUnits: 3100, period: .month)], ends: "2026-01-11T00:00:00Z")
    #expect(try total(PlannedCost.parts(of: [over], on: try day("2026-01-01")..<day("2026-02-01"))) == Fraction(10 * 100))
  }

  /// Against an oracle that goes day by day: what each day costs by the version in force when it ends.
  @Test func randomContractsAgreeWithTheOracle() throws {
    var random = SplitMix64(seed: 41)
    let epoch = try day("2026-01-01").daysSinceEpoch
    for _ in 0..<60 {
      var starts = Set((0..<3).map { _ in Int64.random(in: 0..<500, using: &random) }).sorted()
      starts[0] = 0
      let term = epoch + Int64.random(in: 0..<200, using: &random)
      let end: Int64? = Bool.random(using: &random) ? term + Int64.random(in: 1..<400, using: &random) : nil
      let periods = UnderpinningCost.Period.allCases
      let versions = try starts.enumerated().map { index, start in
        let costs = (0..<3).map { name in
          UnderpinningCost(
            name: "L\(name)", minorUnits: Int64.random(in: 0...100_000, using: &random), period: periods[Int.random(in: 0..<4, using: &random)])
        }
        return PlannedCost.Version(
          reference: "UC", currency: try #require(Currency(code: "EUR")), zone: try #require(Zone.named("UTC")),
          validFrom: Instant(seconds: index == 0 ? 0 : (epoch + start) * 86_400 + 3600), isActive: index == 0 || Bool.random(using: &random),
          startsAt: Instant(seconds: term * 86_400), endsAt: end.map { Instant(seconds: $0 * 86_400) }, costs: costs)
      }
      let first = epoch + Int64.random(in: 0..<300, using: &random)
      let last = first + Int64.random(in: 1..<200, using: &random)
      var expected = Fraction(0)
      var begun: Set<String> = []
      for number in min(epoch, term)..<last {
        let evening = Instant(seconds: number * 86_400 + 86_399)
        guard let version = versions.last(where: { $0.validFrom <= evening }), version.isActive, number >= term, end.map({ number < $0 }) ?? true else {
          continue
        }
        let date = CalendarDate(daysSinceEpoch: number)
        for cost in version.costs {
          let isFirst = begun.insert(cost.name).inserted
          guard number >= first else { continue }
          let kind: BillingPeriod.Kind
          switch cost.period {
          case .once:
            if isFirst { expected = try expected.adding(Fraction(cost.minorUnits)) }
            continue
          case .month: kind = .month
          case .quarter: kind = .quarter
          case .year: kind = .year
          }
          let whole = try #require(BillingPeriod(kind, containing: date))
          expected = try expected.adding(try #require(Fraction(cost.minorUnits, whole.days)))
        }
      }
      let parts = PlannedCost.parts(of: versions, on: CalendarDate(daysSinceEpoch: first)..<CalendarDate(daysSinceEpoch: last))
      #expect(try total(parts) == expected)
    }
  }
}
