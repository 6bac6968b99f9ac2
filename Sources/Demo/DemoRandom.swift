import Kernel
import Synchronization

/// Steele, Lea and Flood's SplitMix64: the same numbers for the same seed, so that a demonstration can be repeated.
struct DemoRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// One of `choices`, each as likely as its weight says. Nil when there is none.
  mutating func pick<Choice>(_ choices: [(Choice, weight: Int)]) -> Choice? {
    var ticket = Int.random(in: 0..<max(1, choices.reduce(0) { $0 + $1.weight }), using: &self)
    for (choice, weight) in choices {
      ticket -= weight
      if ticket < 0 { return choice }
    }
    return choices.last?.0
  }

  mutating func chance(percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  /// A waiting time in seconds with a long tail, as handling times have: `median` times two to a number from -3 to 3,
  /// the middle ones likelier.
  mutating func waitingSeconds(median: Int64) -> Int64 {
    let steps = (0..<3).reduce(0) { sum, _ in sum + Int64.random(in: -16...16, using: &self) }
    // 2^(steps/16) in fixed point: whole doublings by shifts, the sixteenths by a table of 2^(n/16) x 1024.
    let whole = steps.flooredQuotient(by: 16)
    let part = Int(steps.flooredRemainder(by: 16))
    let scaled = median * Self.sixteenths[part] / 1024
    return max(30, whole >= 0 ? scaled << whole : scaled >> -whole)
  }

  private static let sixteenths: [Int64] = [1024, 1069, 1117, 1166, 1218, 1272, 1328, 1387, 1448, 1512, 1579, 1649, 1722, 1798, 1878, 1961]
}

/// A random source of ids for one customer's story.
final class DemoIds: Sendable {
  private let random: Mutex<DemoRandom>

  init(seed: UInt64) {
    random = Mutex(DemoRandom(seed: seed))
  }

  var source: RandomSource {
    RandomSource { count in self.random.withLock { random in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) } } }
  }
}

/// The clock of a story: it stands where the story is.
final class StoryClock: WallClock {
  private let instant: Mutex<Instant>

  init(_ start: Instant) {
    instant = Mutex(start)
  }

  func now() -> Instant { instant.withLock { $0 } }
  func set(_ instant: Instant) { self.instant.withLock { $0 = instant } }
}
