import Kernel

/// The objectives that the months of a contract are held against, by metric and priority: the strictest of the targets that can
/// count for a ticket of that priority.
enum ObjectiveRule {
  struct Target: Sendable {
    let slaVersion: Int64
    let id: Int64
    let metric: Metric
    let selector: TargetSelector
    /// Nil where none is agreed for months, and where nothing is promised.
    let objective: Rate?
  }

  static func objectives(_ targets: [Target]) -> [ContractTerms.Objective] {
    Metric.allCases.flatMap { metric in
      (Int64(1)...5).compactMap { priority in
        let counting = Dictionary(grouping: targets.filter { $0.metric == metric }, by: \.slaVersion).values.flatMap { ofVersion in
          ofVersion.filter { $0.objective != nil && canCount($0, priority, among: ofVersion) }
        }
        return counting.compactMap(\.objective).max { $0.units < $1.units }.map {
          ContractTerms.Objective(metric: metric, priority: priority, rate: $0)
        }
      }
    }
  }

  /// Whether a ticket of this priority can be judged by the target. The ticket of which just that is known which the target
  /// names has the fewest targets beside it: where it loses there, it loses everywhere.
  private static func canCount(_ target: Target, _ priority: Int64, among targets: [Target]) -> Bool {
    let selector = target.selector
    guard selector.priority == nil || selector.priority == priority else { return false }
    let candidates = targets.map { TargetPrecedence.Candidate(id: $0.id, metric: $0.metric, selector: $0.selector, promise: nil) }
    return (selector.ticketType.map { [$0] } ?? TicketType.allCases).contains { type in
      let facts = TargetFacts(ticketType: type, priority: priority, service: selector.service, ciTier: selector.ciTier)
      return TargetPrecedence.choose(from: candidates, for: facts).contains { $0.chosen.id == target.id }
    }
  }
}
