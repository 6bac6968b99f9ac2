import BillingEngine
import Kernel
import TestSupport
import Testing

@Suite struct ExactRatioTests {
  private func ratio(_ numerator: UInt128, _ denominator: UInt128) throws -> ExactRatio { try #require(ExactRatio(numerator, denominator)) }

  @Test func aRatioIsInLowestTerms() throws {
    #expect(try ratio(42, 56).description == "3/4")
    #expect(try ratio(0, 7).description == "0/1")
    #expect(ExactRatio(1, 0) == nil)
    #expect(ExactRatio(Fraction(-1)) == nil)
    #expect(try ratio(.max, .max) == .one)
    #expect(try ratio(.max, 1).description == "340282366920938463463374607431768211455/1")
    #expect(ExactRatio.one.divided(by: .zero) == nil)
  }

  /// Adding, multiplying, dividing and comparing against 128-bit arithmetic on the unreduced terms.
  @Test func smallOnesAgreeWithMachineArithmetic() throws {
    var random = SplitMix64(seed: 7)
    for _ in 0..<1000 {
      let terms = (0..<4).map { _ in UInt128(UInt64.random(in: 1...2_000_000_000, using: &random)) }
      let (a, b, c, d) = (terms[0], terms[1], terms[2], terms[3])
      let (first, second) = (try ratio(a, b), try ratio(c, d))
      #expect(try first + second == ratio(a * d + c * b, b * d))
      #expect(try first * second == ratio(a * c, b * d))
      #expect(try #require(first.divided(by: second)) == ratio(a * d, b * c))
      #expect((first < second) == (a * d < c * b))
    }
  }

  /// Whatever the size: what was added can be taken apart again, in any order.
  @Test func largeOnesKeepTheLawsOfArithmetic() throws {
    var random = SplitMix64(seed: 8)
    for _ in 0..<60 {
      let ratios = try (0..<6).map { _ in
        try ratio(UInt128(UInt64.random(in: 0 ... .max, using: &random)), UInt128(UInt64.random(in: 1 ... .max, using: &random)))
      }
      let sum = ratios.reduce(.zero, +)
      #expect(sum == ratios.reversed().reduce(.zero, +))
      let factor = try ratio(UInt128(UInt64.random(in: 1 ... .max, using: &random)), 1_000_003)
      #expect(sum * factor == ratios.map { $0 * factor }.reduce(.zero, +))
      #expect(try #require((sum * factor).divided(by: factor)) == sum)
      #expect(sum < sum + .one && !(sum < sum))
      #expect(sum.description.split(separator: "/").allSatisfy { $0.first != "0" || $0.count == 1 })
    }
  }

  @Test func aPercentageIsRoundedToItsDecimals() throws {
    #expect(try ratio(43157, 43200).percent(decimals: 6) == "99.900463")
    #expect(ExactRatio.one.percent(decimals: 3) == "100.000")
    #expect(ExactRatio.zero.percent(decimals: 0) == "0")
    #expect(try ratio(1, 2).percent(decimals: 0) == "50")
    #expect(try ratio(1, 200_000).percent(decimals: 3) == "0.001")
    #expect(try ratio(1, 3).percent(decimals: 2) == "33.33")
  }

  /// As ``Fraction`` rounds, over and over.
  @Test func percentagesAgreeWithFractions() throws {
    var random = SplitMix64(seed: 9)
    for _ in 0..<500 {
      let fraction = try #require(Fraction(Int64.random(in: 0...1_000_000_000, using: &random), Int64.random(in: 1...1_000_000, using: &random)))
      let decimals = Int.random(in: 0...9, using: &random)
      #expect(try #require(ExactRatio(fraction)).percent(decimals: decimals) == fraction.percent(decimals: decimals))
    }
  }
}
