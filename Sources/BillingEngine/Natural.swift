/// A whole number, zero or more, of any size: what a sum of fractions grows to when their denominators have nothing in common.
struct Natural: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 32 bits each, the lowest first, without zeros at the end.
  private var limbs: [UInt32]

  private init(limbs: [UInt32]) {
    self.limbs = limbs
    while self.limbs.last == 0 { self.limbs.removeLast() }
  }

  init(_ value: UInt128) {
    self.init(limbs: (0..<4).map { UInt32(truncatingIfNeeded: value >> (32 * $0)) })
  }

  var isZero: Bool { limbs.isEmpty }

  private func limb(_ index: Int) -> UInt64 { index < limbs.count ? UInt64(limbs[index]) : 0 }

  static func < (left: Natural, right: Natural) -> Bool {
    guard left.limbs.count == right.limbs.count else { return left.limbs.count < right.limbs.count }
    for (a, b) in zip(left.limbs.reversed(), right.limbs.reversed()) where a != b { return a < b }
    return false
  }

  static func + (left: Natural, right: Natural) -> Natural {
    var sum: [UInt32] = []
    var carry: UInt64 = 0
    for index in 0..<max(left.limbs.count, right.limbs.count) {
      carry += left.limb(index) + right.limb(index)
      sum.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    return Natural(limbs: sum + [UInt32(truncatingIfNeeded: carry)])
  }

  static func * (left: Natural, right: Natural) -> Natural {
    var product = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (offset, factor) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for index in right.limbs.indices {
        // (2^32 - 1)^2 and twice 2^32 - 1 are 2^64 - 1.
        carry += UInt64(factor) * UInt64(right.limbs[index]) + UInt64(product[offset + index])
        product[offset + index] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      product[offset + right.limbs.count] = UInt32(truncatingIfNeeded: carry)
    }
    return Natural(limbs: product)
  }

  /// The difference of the two, whichever is the larger.
  func distance(to other: Natural) -> Natural {
    let (larger, smaller) = self < other ? (other, self) : (self, other)
    var difference: [UInt32] = []
    var borrow: UInt64 = 0
    for index in larger.limbs.indices {
      let (taken, isShort) = larger.limb(index).subtractingReportingOverflow(smaller.limb(index) + borrow)
      difference.append(UInt32(truncatingIfNeeded: taken))
      borrow = isShort ? 1 : 0
    }
    return Natural(limbs: difference)
  }

  private var bitWidth: Int { limbs.count * 32 - (limbs.last?.leadingZeroBitCount ?? 0) }

  private var trailingZeroBitCount: Int {
    let zeros = limbs.prefix { $0 == 0 }.count
    return zeros * 32 + (zeros < limbs.count ? limbs[zeros].trailingZeroBitCount : 0)
  }

  private func shiftedLeft(_ bits: Int) -> Natural {
    var shifted = [UInt32](repeating: 0, count: bits / 32)
    var carry: UInt64 = 0
    for limb in limbs {
      carry |= UInt64(limb) << UInt64(bits % 32)
      shifted.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    return Natural(limbs: shifted + [UInt32(truncatingIfNeeded: carry)])
  }

  private func shiftedRight(_ bits: Int) -> Natural {
    var shifted: [UInt32] = []
    for index in min(bits / 32, limbs.count)..<limbs.count {
      let two = limb(index + 1) << 32 | limb(index)
      shifted.append(UInt32(truncatingIfNeeded: two >> UInt64(bits % 32)))
    }
    return Natural(limbs: shifted)
  }

  /// Bit by bit: these numbers have some hundred bits. `divisor` is not zero.
  func quotientAndRemainder(dividingBy divisor: Natural) -> (quotient: Natural, remainder: Natural) {
    var quotient = [UInt32](repeating: 0, count: limbs.count)
    var remainder = Natural(0)
    for bit in (0..<bitWidth).reversed() {
      remainder = remainder.shiftedLeft(1) + Natural(UInt128(limbs[bit / 32] >> UInt32(bit % 32) & 1))
      guard remainder >= divisor else { continue }
      remainder = remainder.distance(to: divisor)
      quotient[bit / 32] |= 1 << UInt32(bit % 32)
    }
    return (Natural(limbs: quotient), remainder)
  }

  /// Stein's: halving and subtracting; the other number for a zero.
  func greatestCommonDivisor(_ other: Natural) -> Natural {
    guard !isZero else { return other }
    guard !other.isZero else { return self }
    let twos = min(trailingZeroBitCount, other.trailingZeroBitCount)
    var (odd, rest) = (shiftedRight(trailingZeroBitCount), other)
    while !rest.isZero {
      rest = rest.shiftedRight(rest.trailingZeroBitCount)
      (odd, rest) = (min(odd, rest), odd.distance(to: rest))
    }
    return odd.shiftedLeft(twos)
  }

  var description: String {
    var groups: [String] = []
    var rest = limbs
    while rest.contains(where: { $0 != 0 }) {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        let part = remainder << 32 | UInt64(rest[index])
        rest[index] = UInt32(truncatingIfNeeded: part / 1_000_000_000)
        remainder = part % 1_000_000_000
      }
      groups.append(String(remainder))
    }
    guard let first = groups.last else { return "0" }
    return groups.dropLast().reversed().reduce(first) { $0 + String(repeating: "0", count: 9 - $1.utf8.count) + $1 }
  }
}
