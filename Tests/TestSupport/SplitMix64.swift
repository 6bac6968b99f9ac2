import Kernel
import Synchronization

/// Steele, Lea and Flood's generator: the same numbers for the same seed, on every machine.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

extension RandomSource {
  /// A source that gives the same bytes for the same seed in the same order of calls.
  package static func seeded(_ seed: UInt64) -> RandomSource {
    let generator = SharedGenerator(seed)
    return RandomSource { count in generator.bytes(count) }
  }
}

private final class SharedGenerator: Sendable {
  private let generator: Mutex<SplitMix64>

  init(_ seed: UInt64) {
    generator = Mutex(SplitMix64(seed: seed))
  }

  func bytes(_ count: Int) -> [UInt8] { generator.withLock { generator in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) } } }
}
