/// What the daily rows change by when facts change.
enum DailyDifference {
  /// - Parameters:
  ///   - old: the stored facts.
  ///   - new: the facts as they follow from the tickets now; a ticket that is in `old` only counts no longer.
  /// - Returns: the changes that are not zero, in the order of their keys.
  static func from(_ old: [TicketFact], to new: [TicketFact]) -> [(key: DailyTotals.Key, change: DailyTotals)] {
    var changes: [DailyTotals.Key: DailyTotals] = [:]
    for (facts, factor) in [(old, Int64(-1)), (new, Int64(1))] {
      for fact in facts {
        for basis in Basis.allCases {
          guard let day = fact.day(basis) else { continue }
          let key = DailyTotals.Key(contract: fact.contract, basis: basis, day: day, priority: fact.priority)
          changes[key, default: DailyTotals()].add(fact, times: factor)
        }
      }
    }
    return changes.filter { !$0.value.isZero }.sorted { DailyTotals.Key.precedes($0.key, $1.key) }.map { ($0.key, $0.value) }
  }
}
