import Kernel

/// What a configuration item may cost.
enum CostRule {
  /// In the smallest unit of any currency: a hundred thousand of them can be added up in a numeric, and each fits into 64 bits.
  static let most: Int64 = 1_000_000_000_000_000

  static func money(_ amount: String, _ code: String) throws(Failure) -> Money {
    guard let currency = Currency(code: code) else { throw .invalid("currency", AssetsMessages.unknownCurrency, ["code": code]) }
    guard let money = Money(amount, currency: currency), (0...most).contains(money.minorUnits) else {
      throw .invalid("cost", AssetsMessages.badAmount, ["currency": code])
    }
    return money
  }
}
