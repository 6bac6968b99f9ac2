import Foundation
import Kernel
import TestSupport
import Testing

@Suite struct TestSupportTests {
  /// The first numbers that the authors' C program gives for this seed.
  @Test func theGeneratorIsSplitMix64() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect((0..<3).map { _ in generator.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  @Test func oneSeedGivesOneSequence() {
    let first = RandomSource.seeded(7)
    let second = RandomSource.seeded(7)
    #expect(first.bytes(20) == second.bytes(20))
    #expect(first.publicIdBits() == second.publicIdBits())
    #expect(first.bytes(16) != first.bytes(16))
    #expect(RandomSource.seeded(8).bytes(16) != RandomSource.seeded(7).bytes(16))
  }

  @Test func theClockStandsStillUntilItIsMoved() {
    let start = Instant(seconds: 1_700_000_000)
    let clock = TestClock(start)
    #expect(clock.now() == start)
    clock.advance(seconds: 90)
    #expect(clock.now() == start.adding(seconds: 90))
    clock.set(start)
    #expect(clock.now() == start)
  }

  /// However many databases there are, fewer than threads or more; and where there is none.
  @Test(arguments: [0, 1, 3, 40]) func aClustersFolderGoesWhole(databases: Int) throws {
    let folder = try TemporaryFolder.make()
    let other = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(other) }
    for number in 0..<databases {
      let database = "\(folder)/data/base/\(number)"
      try FileManager.default.createDirectory(atPath: database, withIntermediateDirectories: true)
      for file in 0..<3 { try Data([1]).write(to: URL(fileURLWithPath: "\(database)/\(file)")) }
    }
    TemporaryFolder.removeCluster(folder)
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(FileManager.default.fileExists(atPath: other))
  }
}
