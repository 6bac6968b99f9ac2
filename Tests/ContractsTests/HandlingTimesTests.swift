import Kernel
import TestSupport
import Testing

@testable import Contracts

/// A team's own work by priority, of which there may be more than are written.
@Suite struct HandlingTimesTests {
  @Test func theLastIsOfEveryPriorityBehindIt() {
    let written: [Int64] = [600, 1800, 1800, 1800, 60]
    let read = (1...9 as ClosedRange<Int64>).map { HandlingTimes.seconds(of: $0, in: written) }
    #expect(read == [600, 1800, 1800, 1800, 60, 60, 60, 60, 60])
    #expect(HandlingTimes.seconds(of: 3, in: []) == 0)
    #expect(HandlingTimes.written([900]) == [900, 900, 900, 900, 900])
    #expect(HandlingTimes.written([1, 2, 3, 4, 5, 6, 6, 6, 6]) == [1, 2, 3, 4, 5, 6])
    #expect(HandlingTimes.written([]) == [])
  }

  /// What is written says the same as what was told, for each priority, and in one way only.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func whatIsWrittenSaysTheSame(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let told = (0..<Int.random(in: 1...9, using: &random)).map { _ in Int64.random(in: 0...2, using: &random) }
      let written = HandlingTimes.written(told)
      #expect((HandlingTimes.least...9).contains(written.count))
      for priority in Rating.numbers {
        let place = min(Int(priority), told.count) - 1
        #expect(HandlingTimes.seconds(of: priority, in: written) == told[place], "\(told) \(written) \(priority)")
      }
      #expect(HandlingTimes.written(Rating.numbers.map { HandlingTimes.seconds(of: $0, in: written) }) == written)
    }
  }
}
