import BillingEngine
import Kernel
import ServiceTime

/// What underpinning contracts were to cost in a stretch of days: their cost lines, each by the versions that were in force.
enum PlannedCost {
  /// A version of a contract with its cost lines.
  struct Version: Sendable {
    let reference: String
    let currency: Currency
    let zone: Zone
    let validFrom: Instant
    let isActive: Bool
    let startsAt: Instant
    let endsAt: Instant?
    let costs: [UnderpinningCost]
  }

  /// The part of a cost line that falls on the days.
  struct Part: Hashable, Sendable {
    /// The contract's reference and the line's name.
    let label: String
    let days: Range<CalendarDate>
    let currency: Currency
    /// In minor units, exact; nil when it does not fit.
    let minorUnits: Fraction?
  }

  /// By the rules of ``PeriodFee``: an amount by month, quarter or year has an equal part on each of its days, the day of a change
  /// belongs to what holds after it, and a whole month, quarter or year costs exactly its amount. What is due once falls on the
  /// first day on which a line of its name is in force.
  /// - Parameter versions: of one contract, in the order in which they begin.
  static func parts(of versions: [Version], on days: Range<CalendarDate>) -> [Part] {
    var parts: [Part] = []
    var begun: Set<String> = []
    for (index, version) in versions.enumerated() where version.isActive {
      let next = index + 1 < versions.count ? versions[index + 1].validFrom : nil
      guard let inForce = version.daysInForce(until: next) else { continue }
      for cost in version.costs {
        let isFirst = begun.insert(cost.name).inserted
        let counted: Range<CalendarDate>
        if cost.period == .once {
          guard isFirst else { continue }
          counted = (inForce.lowerBound..<inForce.lowerBound.adding(days: 1)).clamped(to: days)
        } else {
          counted = inForce.clamped(to: days)
        }
        guard !counted.isEmpty else { continue }
        parts.append(
          Part(
            label: "\(version.reference): \(cost.name)", days: counted, currency: version.currency,
            minorUnits: cost.minorUnits(on: counted, in: version.currency)))
      }
    }
    return parts
  }
}

extension PlannedCost.Version {
  /// The days of the contract's zone on which it is in force when they end; nil: on none.
  fileprivate func daysInForce(until next: Instant?) -> Range<CalendarDate>? {
    let start = max(validFrom, startsAt)
    let ends = [next, endsAt].compactMap { $0 }
    let first = zone.date(at: start)
    // Open-ended: further than any period reaches.
    let end = ends.min().map { zone.date(at: $0) } ?? CalendarDate(daysSinceEpoch: 10_000_000)
    return first < end ? first..<end : nil
  }
}

extension UnderpinningCost {
  fileprivate func minorUnits(on days: Range<CalendarDate>, in currency: Currency) -> Fraction? {
    let interval: BillingPeriod.Kind
    switch period {
    case .once: return Fraction(minorUnits)
    case .month: interval = .month
    case .quarter: interval = .quarter
    case .year: interval = .year
    }
    let step = PeriodFee.Step(from: days.lowerBound, monthlyFee: Money(minorUnits: minorUnits, currency: currency))
    do throws(CreditError) { return try PeriodFee.exact(days, steps: [step], each: interval)?.minorUnits } catch { return nil }
  }
}
