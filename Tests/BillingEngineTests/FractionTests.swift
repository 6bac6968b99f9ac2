import BillingEngine
import Kernel
import TestSupport
import Testing

@Suite struct FractionTests {
  @Test func aFractionIsInLowestTerms() throws {
    let fraction = try #require(Fraction(-42, -56))
    #expect(fraction.description == "3/4")
    #expect(Fraction(6, -4)?.description == "-3/2")
    #expect(Fraction(0, 7)?.description == "0/1")
    #expect(Fraction(1, 0) == nil)
    #expect(Fraction(.min, -1) == nil)
    #expect(Fraction(.min, .min) == Fraction(1))
    #expect(Fraction(1, .min) == nil)
    #expect(Fraction(Rate(units: 995_000)).description == "199/200")
  }

  @Test func comparingNeverOverflows() throws {
    let almostOne = try #require(Fraction(.max - 1, .max))
    #expect(almostOne < Fraction(1))
    #expect(try #require(Fraction(.max - 2, .max - 1)) < almostOne)
    #expect(Fraction(.min) < Fraction(.max))
  }

  @Test func whatDoesNotFitIsAnError() throws {
    #expect(throws: CreditError.overflow) { try Fraction(.max).adding(Fraction(1)) }
    #expect(throws: CreditError.overflow) { try Fraction(.max).multiplied(by: Fraction(2)) }
    #expect(throws: CreditError.overflow) { try #require(Fraction(1, .max)).adding(#require(Fraction(1, .max - 1))) }
    #expect(try Fraction(.max).multiplied(by: #require(Fraction(1, .max))) == Fraction(1))
  }

  @Test(
    arguments: [
      (1, 2, 1), (-1, 2, -1), (1, 3, 0), (2, 3, 1), (-2, 3, -1), (5, 2, 3), (7, 1, 7), (Int64.max, 1, Int64.max), (Int64.max, 2, Int64.max / 2 + 1),
    ] as [(Int64, Int64, Int64)])
  func roundingIsHalfAwayFromZero(numerator: Int64, denominator: Int64, rounded: Int64) throws {
    #expect(try #require(Fraction(numerator, denominator)).rounded == rounded)
  }

  @Test func aPercentageIsRoundedToItsDecimals() throws {
    #expect(try #require(Fraction(43157, 43200)).percent(decimals: 6) == "99.900463")
    #expect(Fraction(1).percent(decimals: 3) == "100.000")
    #expect(Fraction(0).percent(decimals: 3) == "0.000")
    #expect(try #require(Fraction(1, 2)).percent(decimals: 0) == "50")
    #expect(try #require(Fraction(-1, 3)).percent(decimals: 2) == "-33.33")
    #expect(try #require(Fraction(1, 200_000)).percent(decimals: 3) == "0.001")
  }

  /// Adding, multiplying and comparing against 128-bit arithmetic on the unreduced terms.
  @Test func arithmeticAgreesWithTheUnreducedTerms() throws {
    var random = SplitMix64(seed: 1)
    for _ in 0..<2000 {
      let terms = (0..<4).map { _ in Int64.random(in: -100_000...100_000, using: &random) }
      guard let first = Fraction(terms[0], terms[1]), let second = Fraction(terms[2], terms[3]) else {
        #expect(terms[1] == 0 || terms[3] == 0)
        continue
      }
      let (a, b, c, d) = (Int128(terms[0]), Int128(terms[1]), Int128(terms[2]), Int128(terms[3]))
      func agrees(_ result: Fraction, _ top: Int128, _ bottom: Int128) -> Bool { Int128(result.numerator) * bottom == top * Int128(result.denominator) }
      #expect(agrees(try first.adding(second), a * d + c * b, b * d))
      #expect(agrees(try first.multiplied(by: second), a * c, b * d))
      #expect((first < second) == (b * d > 0 ? a * d < c * b : a * d > c * b))
      #expect(first.denominator > 0)
    }
  }
}
