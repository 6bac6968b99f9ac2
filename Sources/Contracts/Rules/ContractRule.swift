import Kernel
import Renewals
import ServiceTime

/// What a contract and its lines must be before they are stored.
enum ContractRule {
  static func currency(_ code: String) throws(Failure) -> Currency {
    guard let currency = Currency(code: code) else { throw .invalid("currency", ContractsMessages.unknownCurrency, ["code": String(code.prefix(8))]) }
    return currency
  }

  static func zone(_ name: String) throws(Failure) -> String {
    guard Zone.named(name) != nil else { throw .invalid("zone", ContractsMessages.unknownZone, ["zone": name]) }
    return name
  }

  /// The term is half open: `endsAt` is the first instant outside it.
  static func requireTerm(from startsAt: Instant, to endsAt: Instant?) throws(Failure) {
    if let endsAt, endsAt <= startsAt { throw .invalid("endsAt", ContractsMessages.termOrder) }
  }

  /// A fee in minor units.
  static func fee(_ text: String, _ currency: Currency, path: String) throws(Failure) -> Int64 {
    guard let fee = Money(text, currency: currency), fee.minorUnits >= 0 else {
      throw .invalid(path, ContractsMessages.badFee, ["currency": currency.code, "decimals": String(currency.minorUnitDigits)])
    }
    return fee.minorUnits
  }

  /// A count and what is counted: both or none.
  static func quantity(_ count: Int64?, _ unit: String?, path: String) throws(Failure) -> LineContent.Quantity? {
    switch (count, unit) {
    case (nil, nil): return nil
    case (let count?, let unit?): return LineContent.Quantity(count: count, unit: unit)
    default: throw .invalid(path + (count == nil ? "quantity" : "quantityUnit"), ContractsMessages.quantityAndUnit)
    }
  }

  /// The state after what happens to it.
  static func state(_ state: ContractState, after event: ContractState.Event) throws(Failure) -> ContractState {
    try state.next(event, orRefuse: ContractsMessages.badTransition)
  }

  /// From when a change holds that names no instant: from now on; but a contract that leaves the draft within its term is
  /// in force since the term began, as far as it has no later version.
  static func validFrom(_ event: ContractState.Event?, startsAt: Instant, newest: Instant, now: Instant) -> Instant {
    guard event == .activate, startsAt < now, startsAt > newest else { return now }
    return startsAt
  }
}
