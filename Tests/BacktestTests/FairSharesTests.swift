import Backtest
import Testing

/// The list of changed tickets is for all customers.
@Suite struct FairSharesTests {
  static let cases: [(wanted: [Int], quota: Int, shares: [Int])] = [
    ([], 20, []), ([5], 20, [5]), ([500], 20, [20]), ([500, 3, 500], 20, [8, 3, 9]), ([500, 500], 20, [10, 10]), ([0, 7, 0], 5, [0, 5, 0]),
    ([1, 1, 1], 2, [0, 1, 1]), ([4, 4], 0, [0, 0]), ([9, 1, 2, 30], 12, [4, 1, 2, 5]),
  ]

  @Test func whatOneDoesNotNeedGoesToTheOthers() {
    for one in Self.cases {
      #expect(FairShares.of(one.wanted, quota: one.quota) == one.shares)
      #expect(one.shares.reduce(0, +) == min(one.quota, one.wanted.reduce(0, +)))
    }
  }
}
