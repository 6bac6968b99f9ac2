import Kernel

/// An exact ratio, zero or more, of whole numbers of any size, in lowest terms: what many ``Fraction``s add up to. A sum of
/// weighted scores has the denominators of all of them in it, and soon fits no machine word.
package struct ExactRatio: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let numerator: Natural
  /// Not zero.
  private let denominator: Natural

  private init(_ numerator: Natural, over denominator: Natural) {
    let divisor = numerator.greatestCommonDivisor(denominator)
    self.numerator = numerator.quotientAndRemainder(dividingBy: divisor).quotient
    self.denominator = denominator.quotientAndRemainder(dividingBy: divisor).quotient
  }

  /// Nil when the denominator is zero.
  package init?(_ numerator: UInt128, _ denominator: UInt128) {
    guard denominator != 0 else { return nil }
    self.init(Natural(numerator), over: Natural(denominator))
  }

  /// Nil for a fraction below zero.
  package init?(_ fraction: Fraction) {
    guard fraction.numerator >= 0 else { return nil }
    self.init(UInt128(fraction.numerator.magnitude), UInt128(fraction.denominator.magnitude))
  }

  /// Nil for a rate below zero.
  package init?(_ rate: Rate) {
    self.init(Fraction(rate))
  }

  package static let zero = ExactRatio(Natural(0), over: Natural(1))
  package static let one = ExactRatio(Natural(1), over: Natural(1))

  package static func + (left: ExactRatio, right: ExactRatio) -> ExactRatio {
    ExactRatio(left.numerator * right.denominator + right.numerator * left.denominator, over: left.denominator * right.denominator)
  }

  package static func * (left: ExactRatio, right: ExactRatio) -> ExactRatio {
    ExactRatio(left.numerator * right.numerator, over: left.denominator * right.denominator)
  }

  /// Nil when `divisor` is zero.
  package func divided(by divisor: ExactRatio) -> ExactRatio? {
    guard !divisor.numerator.isZero else { return nil }
    return ExactRatio(numerator * divisor.denominator, over: denominator * divisor.numerator)
  }

  package static func < (left: ExactRatio, right: ExactRatio) -> Bool { left.numerator * right.denominator < right.numerator * left.denominator }

  /// The ratio as a percentage, rounded half up to so many decimals (at most nine): `99.605`.
  package func percent(decimals: Int) -> String {
    let decimals = min(max(decimals, 0), 9)
    let scale = (0..<decimals).reduce(UInt128(100)) { scale, _ in scale * 10 }
    let two = Natural(2)
    let units = (numerator * Natural(scale) * two + denominator).quotientAndRemainder(dividingBy: denominator * two).quotient
    var digits = units.description
    guard decimals > 0 else { return digits }
    digits = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
    digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    return digits
  }

  package var description: String { "\(numerator)/\(denominator)" }
}
