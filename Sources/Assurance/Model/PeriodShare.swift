import BillingEngine
import Kernel
import ServiceTime

/// A share of each period of a kind in which something is there or right.
package struct PeriodShare: Hashable, Sendable {
  package let share: Rate
  package let period: BillingPeriod.Kind
  /// Of availability: the least severity that counts as down. Nil of what is no time.
  package let countsFrom: OutageSeverity?

  package init(share: Rate, period: BillingPeriod.Kind = .month, countsFrom: OutageSeverity? = nil) {
    self.share = share
    self.period = period
    self.countsFrom = countsFrom
  }

  /// What is left of it in the worst period of another kind.
  struct Least: Hashable, Sendable {
    let share: Rate
    /// Nil: no period has less than what is promised.
    let period: BillingPeriod?
  }

  /// The least share that any period of `kind` may have while each of this one's periods has its own: all that may be missed may be
  /// missed at once. Of 99.9 % of a quarter, 2.16 hours may fall into one month, which then has 99.7 %. Of what is no time nobody
  /// knows how much falls into which period: only periods that lie within one another say anything.
  ///
  /// - Parameter days: the periods are those that have one of these days. Periods begin where their dates do, whatever the zone.
  /// - Returns: rounded down to millionths.
  func least(in kind: BillingPeriod.Kind, of days: Range<CalendarDate>) -> Least {
    var worst = Least(share: share, period: nil)
    var day = days.lowerBound
    while day < days.upperBound, let period = BillingPeriod(kind, containing: day) {
      let whole = Rate.scale * period.days
      let left = Rate(units: (whole - min(mostMissed(in: period), whole)) / period.days)
      if left < worst.share { worst = Least(share: left, period: period) }
      day = period.end
    }
    return worst
  }

  private var isOfTime: Bool { countsFrom != nil }
  private var missable: Int64 { Rate.scale - min(max(share.units, 0), Rate.scale) }

  /// In millionths of a day.
  private func mostMissed(in wanted: BillingPeriod) -> Int64 {
    guard period != .rollingYear else { return mostMissedOfRollingYears(in: wanted) }
    var missed: Int64 = 0
    var day = wanted.first
    while day < wanted.end, let part = BillingPeriod(period, containing: day) {
      let isInside = wanted.first <= part.first && part.end <= wanted.end
      let within = Rate.scale * (min(part.end, wanted.end).daysSinceEpoch - day.daysSinceEpoch)
      missed += isOfTime || isInside ? min(missable * part.days, within) : within
      day = part.end
    }
    return missed
  }

  /// Each month ends one of them: the strictest of those that the whole period lies in.
  private func mostMissedOfRollingYears(in wanted: BillingPeriod) -> Int64 {
    var missed = Rate.scale * wanted.days
    var last = CalendarMonth(containing: wanted.end.adding(days: -1))
    while let year = BillingPeriod(.rollingYear, containing: last.firstDay), year.first <= wanted.first {
      if isOfTime || year.first == wanted.first && year.end == wanted.end { missed = min(missed, missable * year.days) }
      last = CalendarMonth(containing: last.end)
    }
    return missed
  }
}
