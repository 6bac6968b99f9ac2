import BillingEngine
import Kernel
import TestSupport
import Testing

@Suite struct BillingPeriodTests {
  @Test(arguments: [
    (BillingPeriod.Kind.month, "2026-02", "2026-02-01", "2026-03-01"), (.month, "2024-02", "2024-02-01", "2024-03-01"),
    (.month, "2026-12", "2026-12-01", "2027-01-01"), (.quarter, "2026-Q1", "2026-01-01", "2026-04-01"),
    (.quarter, "2026-Q4", "2026-10-01", "2027-01-01"), (.year, "2024", "2024-01-01", "2025-01-01"),
    (.rollingYear, "2026-03", "2025-04-01", "2026-04-01"), (.rollingYear, "2026-12", "2026-01-01", "2027-01-01"),
  ])
  func aNameMeansItsDays(kind: BillingPeriod.Kind, name: String, first: String, end: String) throws {
    let period = try #require(BillingPeriod(kind, named: name))
    #expect(period.first.description == first)
    #expect(period.end.description == end)
    #expect(period.description == name)
    #expect(BillingPeriod(kind, containing: period.end.adding(days: -1)) == period)
  }

  @Test(arguments: [
    (BillingPeriod.Kind.month, "2026-13"), (.month, "2026"), (.month, "1970-12"), (.month, "9999-01"), (.quarter, "2026-Q5"), (.quarter, "2026-Q0"),
    (.quarter, "2026-03"), (.quarter, "2026-q1"), (.quarter, "９026-Q1"), (.year, "26"), (.year, "2026-01"), (.year, ""), (.rollingYear, "1970-01"),
  ])
  func anotherTextIsNone(kind: BillingPeriod.Kind, name: String) { #expect(BillingPeriod(kind, named: name) == nil) }

  /// Every day lies in one month, quarter and year: each begins where the one before ends, also where a contract's zone changes its clock.
  @Test func periodsTouch() throws {
    let first = try #require(CalendarDate("2023-12-15"))
    for kind in [BillingPeriod.Kind.month, .quarter, .year] {
      var period = try #require(BillingPeriod(kind, containing: first))
      for offset: Int64 in 0..<1500 {
        let day = first.adding(days: offset)
        let next = try #require(BillingPeriod(kind, containing: day))
        #expect(next.first <= day && day < next.end)
        #expect(next == period || next.first == period.end)
        period = next
      }
    }
  }

  @Test func aRollingYearPaysItsLastMonth() throws {
    let year = try #require(BillingPeriod(.rollingYear, named: "2026-02"))
    #expect(year.days == 365)
    #expect(year.feeDays.lowerBound.description == "2026-02-01")
    #expect(year.feeDays.upperBound == year.end)
  }
}

@Suite struct PeriodFeeTests {
  private func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(text)) }
  private let euro = Currency(code: "EUR")

  @Test func aWholeMonthCostsExactlyItsFee() throws {
    let euro = try #require(euro)
    for month in 1...12 as ClosedRange<Int64> {
      let days = try #require(CalendarMonth(year: 2024, month: month))
      let fee = try PeriodFee.exact(
        days.firstDay..<days.end, steps: [PeriodFee.Step(from: try day("2020-01-01"), monthlyFee: Money(minorUnits: 99_999, currency: euro))])
      #expect(fee?.minorUnits == Fraction(99_999))
    }
  }

  @Test func theDayOfAChangeBelongsToTheNewFee() throws {
    let euro = try #require(euro)
    let steps = [
      PeriodFee.Step(from: try day("2026-01-01"), monthlyFee: Money(minorUnits: 3100, currency: euro)),
      PeriodFee.Step(from: try day("2026-01-11"), monthlyFee: Money(minorUnits: 6200, currency: euro)),
    ]
    // Ten days of 1 and 21 of 2.
    #expect(try PeriodFee.exact(try day("2026-01-01")..<day("2026-02-01"), steps: steps)?.minorUnits == Fraction(5200))
  }

  @Test func withoutAFeeThereIsNone() throws {
    #expect(try PeriodFee.exact(try day("2026-01-01")..<day("2026-02-01"), steps: []) == nil)
    #expect(try PeriodFee.exact(try day("2026-01-01")..<day("2026-02-01"), steps: [PeriodFee.Step(from: try day("2020-01-01"), monthlyFee: nil)]) == nil)
  }

  @Test func twoCurrenciesAreRefused() throws {
    let (euro, dollar) = (try #require(euro), try #require(Currency(code: "USD")))
    #expect(throws: CreditError.currenciesDiffer(euro, dollar)) {
      try PeriodFee.exact(
        try day("2026-01-01")..<day("2026-02-01"),
        steps: [
          PeriodFee.Step(from: try day("2026-01-01"), monthlyFee: Money(minorUnits: 1, currency: euro)),
          PeriodFee.Step(from: try day("2026-01-02"), monthlyFee: Money(minorUnits: 1, currency: dollar)),
        ])
    }
  }

  /// Day by day, over random fees, against a sum in 360,360ths of a minor unit, which every month's days divide.
  @Test func theSumIsThatOfTheDays() throws {
    let euro = try #require(euro)
    var random = SplitMix64(seed: 7)
    let unit: Int64 = 28 * 29 * 15 * 31
    for _ in 0..<200 {
      let start = try day("2023-06-15").adding(days: Int64.random(in: 0...600, using: &random))
      let first = CalendarMonth(containing: start).firstDay
      let end = CalendarMonth(containing: first.adding(days: Int64.random(in: 0...400, using: &random))).end
      let steps = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        PeriodFee.Step(
          from: first.adding(days: Int64.random(in: -40...420, using: &random)),
          monthlyFee: Bool.random(using: &random) ? Money(minorUnits: Int64.random(in: 0...1_000_000, using: &random), currency: euro) : nil)
      }
      var sum: Int64 = 0
      var isPaid = false
      var current = first
      while current < end {
        let holding = steps.enumerated().filter { $0.element.from <= current }.max { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }
        if let fee = holding?.element.monthlyFee {
          isPaid = true
          let month = CalendarMonth(containing: current)
          sum += fee.minorUnits * (unit / (month.end.daysSinceEpoch - month.firstDay.daysSinceEpoch))
        }
        current = current.adding(days: 1)
      }
      let fee = try PeriodFee.exact(first..<end, steps: steps)
      #expect((fee != nil) == isPaid)
      #expect((fee?.minorUnits ?? Fraction(0)) == Fraction(sum, unit))
    }
  }
}
