import BillingEngine
import Kernel
import ServiceTime

/// When a contract line is in force, and what it costs then: the versions of the line and of its contract put together.
package struct LineTimeline: Sendable {
  package struct LineVersion: Sendable {
    /// A row of `contracts.contract_line_version`.
    package let id: Int64
    package let validFrom: Instant
    let isActive: Bool
    let monthlyFee: Int64?
    /// The SLA that it names.
    let sla: Int64
  }

  struct ContractVersion: Sendable {
    let validFrom: Instant
    let isActive: Bool
    let startsAt: Instant
    let endsAt: Instant?
  }

  package let lines: [LineVersion]
  private let contracts: [ContractVersion]
  private let currency: Currency

  init(lines: [LineVersion], contracts: [ContractVersion], currency: Currency) {
    self.lines = lines.sorted { $0.validFrom < $1.validFrom }
    self.contracts = contracts.sorted { $0.validFrom < $1.validFrom }
    self.currency = currency
  }

  /// The version of the line that holds at an instant, if it is in force then.
  private func version(at instant: Instant) -> LineVersion? {
    guard let line = lines.last(where: { $0.validFrom <= instant }), line.isActive,
      let contract = contracts.last(where: { $0.validFrom <= instant }), contract.isActive,
      contract.startsAt <= instant, contract.endsAt.map({ instant < $0 }) ?? true
    else { return nil }
    return line
  }

  /// The instants of a stretch at which something may change, its start first.
  private func turns(in span: TimeSpan) -> [Instant] {
    let all = lines.map(\.validFrom) + contracts.flatMap { [$0.validFrom, $0.startsAt] + ($0.endsAt.map { [$0] } ?? []) }
    return [span.start] + Set(all.filter { span.start < $0 && $0 < span.end }).sorted()
  }

  /// The parts of a stretch in which the line is in force.
  package func inForce(_ span: TimeSpan) -> TimeSpans {
    let turns = turns(in: span)
    return TimeSpans(
      turns.enumerated().compactMap { index, turn in
        version(at: turn) == nil ? nil : TimeSpan(turn, index + 1 < turns.count ? turns[index + 1] : span.end)
      })
  }

  /// The fees of a stretch of days. The day of a change belongs to what holds after it.
  package func fees(_ span: TimeSpan, in zone: Zone) -> [PeriodFee.Step] {
    turns(in: span).map { turn in
      PeriodFee.Step(
        from: zone.date(at: turn), monthlyFee: version(at: turn)?.monthlyFee.map { Money(minorUnits: $0, currency: currency) })
    }
  }

  /// The days of a stretch on which the line is in force when they end.
  package func daysInForce(_ span: TimeSpan, in zone: Zone) -> Int64 {
    let turns = turns(in: span)
    return turns.enumerated().reduce(0) { days, step in
      guard version(at: step.element) != nil else { return days }
      let next = step.offset + 1 < turns.count ? turns[step.offset + 1] : span.end
      return days + zone.date(at: next).daysSinceEpoch - zone.date(at: step.element).daysSinceEpoch
    }
  }

  /// What a period's credit is a part of: the exact fee of the days that the period is paid by, and how many days and hours of
  /// them the line was in force.
  package func base(of period: BillingPeriod, in zone: Zone) throws(CreditError) -> CreditBase {
    let span = zone.span(of: period.feeDays.lowerBound, to: period.feeDays.upperBound)
    let fee = try PeriodFee.exact(period.feeDays, steps: fees(span, in: zone))
    // An hour that was in force only in part is one: down time is counted by hours that have some.
    let (hours, rest) = inForce(span).microseconds.quotientAndRemainder(dividingBy: 3_600_000_000)
    return CreditBase(fee: fee?.minorUnits, currency: currency, days: daysInForce(span, in: zone), hours: rest == 0 ? hours : hours + 1)
  }

  /// The SLA of the line at the first instant of a stretch at which it is in force, and that instant.
  func sla(_ span: TimeSpan) -> (sla: Int64, at: Instant)? {
    turns(in: span).lazy.compactMap { turn in version(at: turn).map { ($0.sla, turn) } }.first
  }
}
