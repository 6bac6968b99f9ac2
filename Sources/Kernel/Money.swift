/// An amount of money: whole minor units (cents, yen, fils) and a currency. Never a floating-point number.
/// All arithmetic is checked: what does not fit, or mixes currencies, is an error and not a wrong amount.
package struct Money: Hashable, Sendable, CustomStringConvertible {
  package let minorUnits: Int64
  package let currency: Currency

  package init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  package enum ArithmeticError: Error, Equatable {
    case overflow
    case currenciesDiffer(Currency, Currency)
  }

  package func adding(_ other: Money) throws(ArithmeticError) -> Money {
    guard currency == other.currency else { throw .currenciesDiffer(currency, other.currency) }
    let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
    guard !overflow else { throw .overflow }
    return Money(minorUnits: sum, currency: currency)
  }

  /// The amount times an exact rate, rounded once, half away from zero: the one rounding policy of Steward.
  package func multiplied(by rate: Rate) throws(ArithmeticError) -> Money {
    let product = Int128(minorUnits) * Int128(rate.units)
    guard let rounded = Int64(exactly: roundedHalfAwayFromZero(product, dividedBy: Int128(Rate.scale))) else { throw .overflow }
    return Money(minorUnits: rounded, currency: currency)
  }

  /// Reads a decimal amount such as `1250.00`; nil when it has more decimals than the currency, or does not fit.
  package init?(_ text: String, currency: Currency) {
    guard let units = parseDecimal(text, decimals: currency.minorUnitDigits) else { return nil }
    self.init(minorUnits: units, currency: currency)
  }

  /// The amount as a decimal without the currency: `1250.00`.
  package var amount: String { formatDecimal(minorUnits, decimals: currency.minorUnitDigits) }

  package var description: String { "\(amount) \(currency.code)" }
}

/// A currency of ISO 4217 with its number of decimals.
package struct Currency: Hashable, Sendable, CustomStringConvertible {
  package let code: String
  package let minorUnitDigits: Int

  private init(_ code: String, _ minorUnitDigits: Int) {
    self.code = code
    self.minorUnitDigits = minorUnitDigits
  }

  /// Nil for a code that is not in the list.
  package init?(code: String) {
    guard let found = Self.known[code] else { return nil }
    self = found
  }

  package var description: String { code }

  /// ISO 4217 list one, the currencies in circulation that differ from two decimals first.
  package static let known: [String: Currency] = {
    var known: [String: Currency] = [:]
    for code in "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(separator: " ") { known[String(code)] = Currency(String(code), 0) }
    for code in "BHD IQD JOD KWD LYD OMR TND".split(separator: " ") { known[String(code)] = Currency(String(code), 3) }
    let two =
      """
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK \
      DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD \
      KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP \
      PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH \
      USD UYU UZS VED VES WST XCD YER ZAR ZMW
      """
    for code in two.split(separator: " ") { known[String(code)] = Currency(String(code), 2) }
    return known
  }()
}

/// An exact rate with six decimals: `Rate("0.95")` is 95 %. It holds objectives, shares and price factors.
package struct Rate: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Millionths.
  package let units: Int64

  package static let scale: Int64 = 1_000_000

  package init(units: Int64) {
    self.units = units
  }

  package init?(_ text: String) {
    guard let units = parseDecimal(text, decimals: 6) else { return nil }
    self.units = units
  }

  /// Reads a percentage such as `99.9` (the database's and the API's form of an objective).
  package init?(percent text: String) {
    guard let units = parseDecimal(text, decimals: 4) else { return nil }
    self.units = units
  }

  /// `numerator / denominator` rounded half away from zero to six decimals; nil when the denominator is zero ("no
  /// data" is null, never 0 % or 100 %) or the result does not fit.
  package init?(_ numerator: Int64, of denominator: Int64) {
    guard denominator != 0 else { return nil }
    let (top, bottom) = denominator < 0 ? (-Int128(numerator), -Int128(denominator)) : (Int128(numerator), Int128(denominator))
    guard let units = Int64(exactly: roundedHalfAwayFromZero(top * Int128(Self.scale), dividedBy: bottom)) else { return nil }
    self.units = units
  }

  /// The rate as a percentage with up to four decimals, without the sign: `99.9`.
  package var percent: String { trimmed(formatDecimal(units, decimals: 4)) }

  package var description: String { trimmed(formatDecimal(units, decimals: 6)) }

  package static func < (left: Rate, right: Rate) -> Bool { left.units < right.units }

  private func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}

/// `value / divisor`, half away from zero; `divisor` is positive.
package func roundedHalfAwayFromZero(_ value: Int128, dividedBy divisor: Int128) -> Int128 {
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  guard remainder.magnitude * 2 >= divisor.magnitude else { return quotient }
  return value < 0 ? quotient - 1 : quotient + 1
}

/// Reads `[-]digits[.digits]` as a whole number of 10^-decimals; nil when malformed, too precise or too large.
private func parseDecimal(_ text: String, decimals: Int) -> Int64? {
  var rest = text[...].utf8
  let negative = rest.first == UInt8(ascii: "-")
  if negative { rest = rest.dropFirst() }
  var units: Int64 = 0
  var whole = 0
  var fraction: Int?
  for byte in rest {
    if byte == UInt8(ascii: ".") {
      guard fraction == nil, whole > 0 else { return nil }
      fraction = 0
      continue
    }
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
    let (product, overflow) = units.multipliedReportingOverflow(by: 10)
    let (sum, overflow2) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
    guard !overflow, !overflow2 else { return nil }
    units = sum
    if let count = fraction { fraction = count + 1 } else { whole += 1 }
  }
  guard whole > 0, fraction != 0, (fraction ?? 0) <= decimals else { return nil }
  for _ in (fraction ?? 0)..<decimals {
    let (product, overflow) = units.multipliedReportingOverflow(by: 10)
    guard !overflow else { return nil }
    units = product
  }
  return negative ? -units : units
}

private func formatDecimal(_ units: Int64, decimals: Int) -> String {
  var digits = String(units.magnitude)
  if decimals > 0 {
    if digits.utf8.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.utf8.count) + digits }
    digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
  }
  return units < 0 ? "-" + digits : digits
}
