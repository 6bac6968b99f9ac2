import Kernel

/// What a line costs in a stretch of whole days.
package enum PeriodFee {
  /// A fee (of a month, unless said otherwise) from a day on, until the next one begins. Nil: the line costs nothing then (not
  /// begun, ended).
  package struct Step: Hashable, Sendable {
    package let from: CalendarDate
    package let monthlyFee: Money?

    package init(from: CalendarDate, monthlyFee: Money?) {
      self.from = from
      self.monthlyFee = monthlyFee
    }
  }

  /// The sum over the days of what a day costs: the monthly fee that holds on that day over the days of its month, so that
  /// every day belongs to exactly one fee and a whole month costs exactly its fee. In minor units, not rounded.
  /// - Parameters:
  ///   - steps: in any order; of two on one day the later in the list holds.
  ///   - interval: what one fee is for: a month, a quarter or a year of the calendar.
  /// - Returns: nil when no step with a fee falls on any of the days.
  package static func exact(
    _ days: Range<CalendarDate>, steps: [Step], each interval: BillingPeriod.Kind = .month
  ) throws(CreditError) -> (minorUnits: Fraction, currency: Currency)? {
    let ordered = steps.enumerated().sorted { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }.map(\.element)
    var total = Fraction(0)
    var currency: Currency?
    for (index, step) in ordered.enumerated() {
      guard let fee = step.monthlyFee else { continue }
      let until = index + 1 < ordered.count ? ordered[index + 1].from : days.upperBound
      var day = max(step.from, days.lowerBound)
      let end = min(until, days.upperBound)
      guard day < end else { continue }
      if let currency, currency != fee.currency { throw .currenciesDiffer(currency, fee.currency) }
      currency = fee.currency
      while day < end {
        guard let whole = BillingPeriod(interval, containing: day) else { throw .overflow }
        let next = min(whole.end, end)
        guard let share = Fraction(next.daysSinceEpoch - day.daysSinceEpoch, whole.days) else { throw .overflow }
        total = try total.adding(try Fraction(fee.minorUnits).multiplied(by: share))
        day = next
      }
    }
    return currency.map { (total, $0) }
  }
}
