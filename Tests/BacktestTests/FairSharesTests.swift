import Backtest
import Testing

/// The list of changed tickets is for all customers.
@Suite struct FairSharesTests {
  @Test(arguments: [
    ([], 20, []), ([5], 20, [5]), ([500], 20, [20]), ([500, 3, 500], 20, [8, 3, 9]), ([500, 500], 20, [10, 10]), ([0, 7, 0], 5, [0, 5, 0]),
    ([1, 1, 1], 2, [0, 1, 1]), ([4, 4], 0, [0, 0]), ([9, 1, 2, 30], 12, [4, 1, 2, 5]),
  ] as [([Int], Int, [Int])])
  func whatOneDoesNotNeedGoesToTheOthers(wanted: [Int], quota: Int, shares: [Int]) {
    #expect(FairShares.of(wanted, quota: quota) == shares)
    #expect(FairShares.of(wanted, quota: quota).reduce(0, +) == min(quota, wanted.reduce(0, +)))
  }
}
