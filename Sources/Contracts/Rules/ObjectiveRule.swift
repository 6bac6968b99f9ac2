import BillingEngine
import Kernel

/// The objectives that periods of a contract are held against, by metric, priority and kind of period: the strictest of the targets
/// that can count for a ticket of that priority.
package enum ObjectiveRule {
  package struct Target: Sendable {
    let slaVersion: Int64
    let id: Int64
    let metric: Metric
    let selector: TargetSelector
    /// The kind of period at whose end it is in force.
    let period: BillingPeriod.Kind
    /// Whether that period is over in its contract's zone.
    let isOver: Bool
    /// Nil where none is agreed for periods of that kind, and where nothing is promised.
    let objective: Rate?
  }

  package static func objectives(_ targets: [Target?]) -> [ContractTerms.Objective] {
    let groups = Dictionary(grouping: targets.compactMap(\.self)) { Group(slaVersion: $0.slaVersion, period: $0.period, metric: $0.metric) }
    return Metric.allCases.flatMap { metric in
      BillingPeriod.Kind.allCases.flatMap { period in
        let versions = groups.filter { $0.key.metric == metric && $0.key.period == period }.values
        return (Int64(1)...5).compactMap { priority in
          let counting = versions.flatMap { version in version.filter { $0.objective != nil && canCount($0, priority, among: version) } }
          return counting.compactMap(\.objective).max().map {
            ContractTerms.Objective(metric: metric, priority: priority, period: period, rate: $0, isOver: counting.allSatisfy(\.isOver))
          }
        }
      }
    }
  }

  /// The targets among which one is chosen.
  private struct Group: Hashable {
    let slaVersion: Int64
    let period: BillingPeriod.Kind
    let metric: Metric
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
