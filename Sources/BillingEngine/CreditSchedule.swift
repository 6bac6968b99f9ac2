import Kernel

/// What a service level that was missed is worth (服务补偿): bands of attainment, each with what it pays.
///
/// An attainment pays by the band that holds it, and by none when no band does: bands may leave gaps (a real schedule of the
/// trade pays above 99.0 % and below, and nothing at exactly 99.0 %), but never overlap.
package struct CreditSchedule: Hashable, Sendable {
  /// What is attained.
  package enum Measure: String, Sendable, CaseIterable {
    /// The share of the period in which the service was there.
    case availability
    /// The share of judged tickets that met their target.
    case response, resolution
    /// What was recorded of another measure and judged, such as backups that succeeded.
    case measured

    /// Whether it is of tickets.
    package var isOfTickets: Bool { self == .response || self == .resolution }
  }

  /// What is measured, and paid, by itself.
  package enum Scope: String, Sendable, CaseIterable {
    case line, service, region, instance
  }

  /// The most that a period pays.
  package enum Cap: Hashable, Sendable {
    /// A share of the period's fee.
    case percent(Rate)
    case days(Int64)
    case amount(Money)
  }

  package let measure: Measure
  /// The code of what is measured; of ``Measure/measured`` only.
  package let metric: String?
  package let period: BillingPeriod.Kind
  package let scope: Scope
  package let bands: [CreditBand]
  /// What is promised; nil where the bands say it all. It says whether a period is met, and pays nothing.
  package let commitment: CreditBound?
  package let cap: Cap?
  /// How many days after the period's end a credit may be claimed; nil: for ever.
  package let claimDays: Int64?
  /// Only tickets of this priority; nil: of any. For measures of tickets.
  package let priority: Int64?
  /// How outages are counted. For availability.
  package let downtime: DowntimeTerms

  /// The last day on which a credit for `period` may be claimed.
  package func claimBy(_ period: BillingPeriod) -> CalendarDate? { claimDays.map { period.end.adding(days: $0 - 1) } }

  /// The band that holds an attainment, by its place in the list.
  package func band(of attainment: Fraction) -> Int? { bands.firstIndex { $0.contains(attainment) } }

  /// Whether the promise was kept; nil where none is stated.
  package func isMet(_ attainment: Fraction) -> Bool? { commitment.map { $0.isLowerBound(of: attainment) } }
}

/// One end of a band.
package struct CreditBound: Hashable, Sendable {
  package let value: Rate
  package let isInclusive: Bool

  package init(_ value: Rate, isInclusive: Bool) {
    self.value = value
    self.isInclusive = isInclusive
  }

  func isLowerBound(of attainment: Fraction) -> Bool {
    let bound = Fraction(value)
    return isInclusive ? attainment >= bound : attainment > bound
  }

  func isUpperBound(of attainment: Fraction) -> Bool {
    let bound = Fraction(value)
    return isInclusive ? attainment <= bound : attainment < bound
  }
}

/// A range of attainment and what it pays. An end that is nil does not bound it.
package struct CreditBand: Hashable, Sendable {
  package let lower: CreditBound?
  package let upper: CreditBound?
  package let basis: CreditBasis

  package init(lower: CreditBound?, upper: CreditBound?, basis: CreditBasis) {
    self.lower = lower
    self.upper = upper
    self.basis = basis
  }

  package func contains(_ attainment: Fraction) -> Bool { lower?.isLowerBound(of: attainment) ?? true && upper?.isUpperBound(of: attainment) ?? true }

  /// Whether no attainment is in it.
  var isEmpty: Bool {
    guard let lower, let upper else { return false }
    return lower.value > upper.value || (lower.value == upper.value && !(lower.isInclusive && upper.isInclusive))
  }

  /// Whether some attainment is in both.
  func overlaps(_ other: CreditBand) -> Bool {
    let both = CreditBand(lower: Self.tighter(lower, other.lower) { $0 > $1 }, upper: Self.tighter(upper, other.upper) { $0 < $1 }, basis: basis)
    return !both.isEmpty
  }

  private static func tighter(_ one: CreditBound?, _ other: CreditBound?, _ isTighter: (Rate, Rate) -> Bool) -> CreditBound? {
    guard let one, let other else { return one ?? other }
    if one.value == other.value { return CreditBound(one.value, isInclusive: one.isInclusive && other.isInclusive) }
    return isTighter(one.value, other.value) ? one : other
  }
}

/// What a band pays.
package enum CreditBasis: Hashable, Sendable {
  /// A share of the fee of the period.
  case percent(Rate)
  /// So many days of service: the fee of that many of the period's days.
  case days(Int64)
  /// A multiple of the fee of the period.
  case multiple(Rate)
  /// The fee of every hour of the period in which the service was down for more than so many seconds.
  case hours(downSecondsOver: Int64)
  case amount(Money)
}

/// Which outages count as down, for schedules of availability. What the words mean is ServiceTime's; here they are data.
package struct DowntimeTerms: Hashable, Sendable {
  /// The least severity that counts.
  package enum Severity: String, Sendable, CaseIterable { case degraded, partial, major }

  package enum Maintenance: Hashable, Sendable {
    /// Maintenance is no outage, and excuses none.
    case ignored
    /// Maintenance is down time like any other.
    case counts
    /// Windows announced so many seconds ahead excuse what falls in them, the first so many of a period (nil: all); others
    /// are down time.
    case excused(noticeSeconds: Int64, windows: Int64?)
  }

  package let countsFrom: Severity
  /// An outage must last so long to count.
  package let minimumSeconds: Int64
  package let maintenance: Maintenance

  package init(countsFrom: Severity = .partial, minimumSeconds: Int64 = 0, maintenance: Maintenance = .ignored) {
    self.countsFrom = countsFrom
    self.minimumSeconds = minimumSeconds
    self.maintenance = maintenance
  }
}
