import Kernel

/// Why a credit cannot be computed.
package enum CreditError: Error, Hashable, Sendable {
  /// An amount or ratio does not fit 64 bits.
  case overflow
  /// The schedule pays a part of the fee, and the line has none.
  case noFee
  /// The schedule's amounts are in another currency than the line's fee.
  case currenciesDiffer(Currency, Currency)

  package var failure: Failure {
    switch self {
    case .overflow: Failure(.invalid, BillingEngineMessages.overflow)
    case .noFee: Failure(.conflict, BillingEngineMessages.noFee)
    case .currenciesDiffer(let schedule, let line):
      Failure(.conflict, BillingEngineMessages.currenciesDiffer, ["schedule": schedule.code, "line": line.code])
    }
  }
}
