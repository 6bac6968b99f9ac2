import BillingEngine
import Kernel
import ServiceTime

/// What a supplier promises.
package enum UnderpinningMetric: String, Sendable, CaseIterable {
  case response, resolution
  /// How often it says how it stands.
  case update
  case availability
}

/// A target of an underpinning contract, in a form that can be judged.
struct UnderpinningTarget: Hashable, Sendable {
  enum Promise: Hashable, Sendable {
    /// Seconds of open time of the contract's coverage, with the share of cases that must keep it.
    case seconds(Int64, objective: Rate?)
    /// The end of the N-th business day of the coverage.
    case businessDays(Int64, objective: Rate?)
    /// The share of each period in which the service is there.
    case availability(Rate, period: BillingPeriod.Kind, countsFrom: OutageSeverity)
  }

  let metric: UnderpinningMetric
  let priority: Int64?
  let supplierPriority: String?
  /// Nil: every service of the supplier.
  let service: Int64?
  let promise: Promise
  /// The shares of a promised time, in percent and ascending, at whose passing its clock warns.
  let warnPercents: [Int64]
}

/// What a supplier costs.
struct UnderpinningCost: Hashable, Sendable {
  enum Period: String, Sendable, CaseIterable { case once, month, quarter, year }

  let name: String
  let minorUnits: Int64
  let period: Period
}
