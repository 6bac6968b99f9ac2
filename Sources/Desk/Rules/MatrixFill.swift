/// A cell of the provider's priority matrix.
struct PriorityCell: Hashable, Sendable {
  let impact: Int64
  let urgency: Int64
  let priority: Int64
}

/// What the priority matrix lacks when a level of impact or urgency was added: no pair of them is ever without a priority.
enum MatrixFill {
  /// The missing cells, by impact and then by urgency. Each gives what the nearest level gives, of two the graver one; a priority that is retired
  /// makes way for the nearest that is in use, of two the graver one again.
  /// - Parameters:
  ///   - cells: those that there are.
  ///   - inUse: the priorities that may be given anew.
  static func missing(in cells: [PriorityCell], impacts: [Int64], urgencies: [Int64], inUse: [Int64]) -> [PriorityCell] {
    impacts.sorted().flatMap { impact in
      urgencies.sorted().compactMap { urgency -> PriorityCell? in
        guard !cells.contains(where: { $0.impact == impact && $0.urgency == urgency }) else { return nil }
        func farness(_ cell: PriorityCell) -> (Int64, Int64, Int64, Int64) {
          (abs(cell.impact - impact), cell.impact, abs(cell.urgency - urgency), cell.urgency)
        }
        guard let priority = cells.min(by: { farness($0) < farness($1) })?.priority else { return nil }
        let given: Int64? = inUse.contains(priority) ? priority : inUse.min { (abs($0 - priority), $0) < (abs($1 - priority), $1) }
        return PriorityCell(impact: impact, urgency: urgency, priority: given ?? priority)
      }
    }
  }
}
