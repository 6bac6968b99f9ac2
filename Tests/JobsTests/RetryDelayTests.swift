import Testing

@testable import Jobs

@Suite struct RetryDelayTests {
  @Test(arguments: [(1, 2), (2, 4), (3, 8), (4, 16), (5, 32), (6, 64), (7, 128), (8, 256), (9, 300), (10, 300), (Int64.max, 300)] as [(Int64, Int64)])
  func itDoublesUpToFiveMinutesAndIsShorterByAFifthAtTheMost(attempt: Int64, longest: Int64) {
    let jobs: [Int64] = [0, 1, 2, 1_000_000, .max, .min] + Array(3..<300)
    for job in jobs {
      let delay = RetryDelay.microseconds(job: job, attempt: attempt)
      #expect(delay <= longest * 1_000_000 && delay >= longest * 800_000, "job \(job): \(delay)")
      #expect(delay == RetryDelay.microseconds(job: job, attempt: attempt), "the same each time that it is asked")
    }
  }

  /// A thousand jobs that failed at one instant, as when what they need went away, come back spread over the whole fifth.
  @Test(arguments: [1, 5, 9] as [Int64]) func whatFailedTogetherDoesNotComeBackTogether(attempt: Int64) {
    let longest: Int64 = min(Int64(1) << attempt, RetryDelay.longestSeconds) * 1_000_000
    let tenth: Int64 = longest / 50
    var tenths = [Int64: Int]()
    for job in Int64(1)...1000 { tenths[min((longest - RetryDelay.microseconds(job: job, attempt: attempt)) / tenth, 9), default: 0] += 1 }
    #expect(tenths.count == 10)
    #expect(tenths.values.allSatisfy { $0 > 50 && $0 < 200 }, "\(tenths)")
  }

  /// Nor twice at the same distance from each other.
  @Test func anAttemptIsAsFarFromItsNeighbourAsAnother() {
    let apart = (8...12).map { attempt in
      RetryDelay.microseconds(job: 1, attempt: attempt) - RetryDelay.microseconds(job: 2, attempt: attempt)
    }
    #expect(Set(apart).count == apart.count)
  }
}
