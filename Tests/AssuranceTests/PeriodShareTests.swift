import BillingEngine
import Contracts
import Kernel
import ServiceTime
import TestSupport
import Testing

@testable import Assurance

/// What a share over periods of one kind is worth over periods of another, against one who spends all that may be missed day by day.
@Suite struct PeriodShareTests {
  private static func share(_ units: Int64, _ period: BillingPeriod.Kind, isOfTime: Bool = true) -> PeriodShare {
    PeriodShare(share: Rate(units: units), period: period, countsFrom: isOfTime ? .partial : nil)
  }

  private static func days(_ first: String, _ last: String) throws -> Range<CalendarDate> {
    try #require(CalendarDate(first))..<(try #require(CalendarDate(last)))
  }

  /// 99.9 % of a quarter of 90 days leaves 2.16 hours, which may all fall into February.
  @Test func aLongerPeriodMayMissAllInOneMonth() throws {
    let year = try Self.days("2026-06-01", "2027-07-01")
    let quarterly = Self.share(999_000, .quarter).least(in: .month, of: year)
    #expect(quarterly.share == Rate(units: 996_785) && quarterly.period?.description == "2027-02")
    let leap = Self.share(999_000, .quarter).least(in: .month, of: try Self.days("2028-02-10", "2028-02-20"))
    #expect(leap.share == Rate(units: 996_862) && leap.period?.description == "2028-02")
    // A year's 8.76 hours in 28 days; more than there is cannot be missed.
    #expect(Self.share(999_000, .year).least(in: .month, of: year).share == Rate(units: 986_964))
    #expect(Self.share(900_000, .year).least(in: .month, of: year).share == Rate(units: 0))
    // A rolling year lies across two years, each of which has its own.
    #expect(Self.share(999_000, .year).least(in: .rollingYear, of: year).share == Rate(units: 998_000))
  }

  @Test(arguments: [
    (BillingPeriod.Kind.month, BillingPeriod.Kind.month), (.month, .quarter), (.month, .year), (.month, .rollingYear), (.quarter, .quarter), (.quarter, .year),
    (.year, .year), (.rollingYear, .rollingYear), (.rollingYear, .year),
  ])
  func periodsWithinOneAnotherKeepTheirShare(theirs: BillingPeriod.Kind, ours: BillingPeriod.Kind) throws {
    for isOfTime in [true, false] {
      let least = Self.share(999_000, theirs, isOfTime: isOfTime).least(in: ours, of: try Self.days("2026-06-01", "2027-07-01"))
      #expect(least.share == Rate(units: 999_000) && least.period == nil)
    }
  }

  /// Of 1,000 backups of a quarter nobody knows how many are of February.
  @Test func whatIsNoTimeSaysNothingOfAPartOfItsPeriod() throws {
    let least = Self.share(990_000, .quarter, isOfTime: false).least(in: .month, of: try Self.days("2026-06-01", "2027-07-01"))
    #expect(least.share == Rate(units: 0))
  }

  @Test(arguments: 1...4) func nobodyMissesMore(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      let share = Self.share(
        [999_900, 999_000, 990_000, 900_000, 500_000].randomElement(using: &random) ?? 0, BillingPeriod.Kind.allCases.randomElement(using: &random) ?? .month)
      let kind = BillingPeriod.Kind.allCases.randomElement(using: &random) ?? .month
      let day = CalendarDate(daysSinceEpoch: Int64.random(in: 20_000...22_000, using: &random))
      let period = try #require(BillingPeriod(kind, containing: day))
      let least = share.least(in: kind, of: day..<day.adding(days: 1))
      let spent = Self.spend(share, from: period.first, to: period.end)
      let left = Rate(units: (Rate.scale * period.days - spent) / period.days)
      // Day by day is one way of many to spend rolling years, which overlap.
      if share.period == .rollingYear, kind != .month { #expect(least.share <= left) } else { #expect(least.share == left) }
    }
  }

  /// Misses as much as may be, from the first day on, keeping the accounts of all periods that a day lies in.
  private static func spend(_ share: PeriodShare, from first: CalendarDate, to end: CalendarDate) -> Int64 {
    var left: [Int64: Int64] = [:]
    var spent: Int64 = 0
    var day = first
    while day < end {
      let accounts = accounts(of: day, share.period)
      for account in accounts where left[account] == nil {
        // Two years around a day hold every period that it is in.
        let length = (-400...400).count { Self.accounts(of: day.adding(days: Int64($0)), share.period).contains(account) }
        left[account] = (Rate.scale - share.share.units) * Int64(length)
      }
      let missed = min(Rate.scale, accounts.compactMap { left[$0] }.min() ?? 0)
      for account in accounts { left[account]? -= missed }
      spent += missed
      day = day.adding(days: 1)
    }
    return spent
  }

  /// The periods of a kind that a day lies in, as numbers.
  private static func accounts(of day: CalendarDate, _ kind: BillingPeriod.Kind) -> [Int64] {
    let (year, month, _) = day.parts
    let count = year * 12 + month - 1
    return switch kind {
    case .month: [count]
    case .quarter: [count / 3]
    case .year: [year]
    case .rollingYear: (0..<12).map { count + Int64($0) }
    }
  }
}
