/// How a list that holds so many is shared by those who have something for it: everybody gets the same, and what one does not need
/// goes to the others.
package enum FairShares {
  /// - Parameters:
  ///   - wanted: what each has, in any order; the shares are in the same order.
  ///   - quota: how many there are to give.
  package static func of(_ wanted: [Int], quota: Int) -> [Int] {
    var shares = wanted.map { _ in 0 }
    var (left, waiting) = (max(0, quota), wanted.count)
    // Who wants least first: what he leaves is there for the rest.
    for index in wanted.indices.sorted(by: { (wanted[$0], $0) < (wanted[$1], $1) }) {
      shares[index] = min(max(0, wanted[index]), left / waiting)
      left -= shares[index]
      waiting -= 1
    }
    return shares
  }
}
