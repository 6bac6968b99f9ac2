import BillingEngine
import Kernel
import ServiceTime

/// Which version of a credit schedule judges which period, in the zone of a contract.
///
/// A version judges the periods that begin with it or later. Where its periods are of another length than those before it, it
/// begins where a period of both begins: months go on until the next quarter, and a quarter that has begun is finished. So no day
/// is in two periods, and none in no period. A version that had not begun when a later one was to begin never does.
struct ScheduleTimeline<Version: Sendable>: Sendable {
  private let zone: Zone
  private var begun: [(from: Instant, kind: BillingPeriod.Kind, version: Version)] = []

  init(_ versions: [(validFrom: Instant, kind: BillingPeriod.Kind, version: Version)], in zone: Zone) {
    self.zone = zone
    for next in versions.sorted(by: { $0.validFrom < $1.validFrom }) {
      begun.removeAll { $0.from > next.validFrom }
      let from = begun.last.map { beginning(of: next.kind, after: $0.kind, next.validFrom) } ?? next.validFrom
      begun.append((from, next.kind, next.version))
    }
  }

  private func beginning(of kind: BillingPeriod.Kind, after other: BillingPeriod.Kind, _ instant: Instant) -> Instant {
    guard kind.length != other.length, let period = BillingPeriod(max(kind.length, other.length).kind, containing: zone.date(at: instant)) else {
      return instant
    }
    let start = zone.start(of: period.first)
    return start >= instant ? start : zone.start(of: period.end)
  }

  private func held(at day: CalendarDate) -> (from: Instant, kind: BillingPeriod.Kind, version: Version)? {
    let start = zone.start(of: day)
    return begun.last { $0.from <= start }
  }

  /// Of what kind the periods are that begin with a day; nil before the first version.
  func kind(from day: CalendarDate) -> BillingPeriod.Kind? { held(at: day)?.kind }

  /// The version that held when a period began; nil where the schedule had no such period. Of a rolling year it was of that kind in its
  /// last month as well, which is the one that is paid for.
  func version(of period: BillingPeriod) -> Version? {
    guard let held = held(at: period.first), held.kind == period.kind, kind(from: period.feeDays.lowerBound) == period.kind else { return nil }
    return held.version
  }
}

extension BillingPeriod.Kind {
  /// How long it is until the next period begins.
  fileprivate enum Length: Int64, Comparable {
    case month = 1, quarter = 3, year = 12

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The periods that begin so.
    var kind: BillingPeriod.Kind {
      switch self {
      case .month: .month
      case .quarter: .quarter
      case .year: .year
      }
    }
  }

  fileprivate var length: Length {
    switch self {
    case .month, .rollingYear: .month
    case .quarter: .quarter
    case .year: .year
    }
  }
}
