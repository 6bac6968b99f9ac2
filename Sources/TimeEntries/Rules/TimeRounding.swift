/// How worked minutes become billed ones: up, entry by entry, in integers. What was worked stays exact beside it.
package struct TimeRounding: Hashable, Sendable {
  /// Billed minutes are a multiple of it; 1: no rounding.
  package let step: Int64
  /// The least that an entry is billed with, before it is rounded.
  package let minimum: Int64

  package init(step: Int64, minimum: Int64) {
    self.step = max(1, step)
    self.minimum = max(0, minimum)
  }

  package static let none = TimeRounding(step: 1, minimum: 0)

  /// - Parameter minutes: of an entry, at most a day's.
  package func billed(_ minutes: Int64) -> Int64 {
    let least = max(minutes, minimum)
    let rest = least % step
    return rest == 0 ? least : least - rest + step
  }

  /// Shares out what an entry is billed with over its parts in proportion to them; what whole minutes leave over goes to the largest
  /// remainders, the earlier part first. The sum is `total`.
  /// - Parameter parts: positive minutes, together at most a day's.
  package static func shares(of total: Int64, over parts: [Int64]) -> [Int64] {
    let sum = parts.reduce(0, +)
    guard sum > 0 else { return parts.map { _ in 0 } }
    var shares = parts.map { total * $0 / sum }
    let left = Int(total - shares.reduce(0, +))
    let order = parts.indices.sorted { one, other in
      let (first, second) = (total * parts[one] % sum, total * parts[other] % sum)
      return first == second ? one < other : first > second
    }
    for index in order.prefix(left) { shares[index] += 1 }
    return shares
  }
}
