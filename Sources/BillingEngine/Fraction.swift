import Kernel

/// An exact ratio of two whole numbers, in lowest terms: an attainment, a share of a fee, an amount before it is rounded.
/// Comparing never overflows; what does not fit after arithmetic is an error, never a wrong number.
package struct Fraction: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let numerator: Int64
  /// Positive.
  package let denominator: Int64

  /// Nil when the denominator is zero, or when the lowest terms do not fit.
  package init?(_ numerator: Int64, _ denominator: Int64) {
    guard denominator != 0 else { return nil }
    self.init(Int128(numerator), over: Int128(denominator))
  }

  package init(_ whole: Int64) {
    numerator = whole
    denominator = 1
  }

  package init(_ rate: Rate) {
    // A divisor of a million fits whatever the rate is.
    let divisor = Int64(clamping: greatestCommonDivisor(UInt128(rate.units.magnitude), UInt128(Rate.scale)))
    numerator = rate.units / divisor
    denominator = Rate.scale / divisor
  }

  /// `denominator` is not zero.
  private init?(_ numerator: Int128, over denominator: Int128) {
    let divisor = Int128(clamping: greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
    let (top, bottom) = denominator < 0 ? (-(numerator / divisor), -(denominator / divisor)) : (numerator / divisor, denominator / divisor)
    guard let top = Int64(exactly: top), let bottom = Int64(exactly: bottom) else { return nil }
    self.numerator = top
    self.denominator = bottom
  }

  package func adding(_ other: Fraction) throws(CreditError) -> Fraction {
    // Two products of 63 bits each: the sum fits 127.
    let top = Int128(numerator) * Int128(other.denominator) + Int128(other.numerator) * Int128(denominator)
    guard let sum = Fraction(top, over: Int128(denominator) * Int128(other.denominator)) else { throw .overflow }
    return sum
  }

  package func multiplied(by other: Fraction) throws(CreditError) -> Fraction {
    let (top, bottom) = (Int128(numerator) * Int128(other.numerator), Int128(denominator) * Int128(other.denominator))
    guard let product = Fraction(top, over: bottom) else { throw .overflow }
    return product
  }

  /// The nearest whole number, halves away from zero: the one rounding policy of Steward.
  package var rounded: Int64 {
    // Dividing by one or more never leaves the range.
    Int64(clamping: roundedHalfAwayFromZero(Int128(numerator), dividedBy: Int128(denominator)))
  }

  /// The ratio as a percentage, rounded half away from zero to so many decimals (at most nine): `99.605`.
  package func percent(decimals: Int) -> String {
    let decimals = min(max(decimals, 0), 9)
    let scale = (0..<decimals).reduce(Int128(100)) { scale, _ in scale * 10 }
    let units = roundedHalfAwayFromZero(Int128(numerator) * scale, dividedBy: Int128(denominator))
    var digits = String(units.magnitude)
    if decimals > 0 {
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    return units < 0 ? "-" + digits : digits
  }

  package var description: String { "\(numerator)/\(denominator)" }

  package static func < (left: Fraction, right: Fraction) -> Bool {
    Int128(left.numerator) * Int128(right.denominator) < Int128(right.numerator) * Int128(left.denominator)
  }
}

/// Euclid's; zero only for two zeros.
private func greatestCommonDivisor(_ first: UInt128, _ second: UInt128) -> UInt128 {
  var (larger, smaller) = (first, second)
  while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
  return larger
}
