import BillingEngine
import Contracts
import Kernel

/// How an objective stands over the period by which it is judged: what was met of all that was judged in the period.
package struct ObjectiveStanding: Hashable, Sendable {
  package let metric: Metric
  /// Nil: all priorities together.
  package let priority: Int64?
  package let period: BillingPeriod
  /// Before that it stands so far.
  package let isOver: Bool
  package let met: Int64
  package let judged: Int64
  package let objective: Rate

  /// Nil where nothing is judged.
  package var value: Rate? { Rate(met, of: judged) }

  /// Whether fewer are judged than a verdict takes.
  /// - Parameter asked: how many it takes; nil: one.
  package func isTooFew(below asked: Int64?) -> Bool { judged < asked ?? 1 }

  /// Nil where nothing is judged.
  package var isMet: Bool? { objective.isReached(by: met, of: judged) }
}

extension Rate {
  /// Compared exactly, not by the rounded percentage; nil where there is nothing to compare.
  func isReached(by numerator: Int64, of denominator: Int64) -> Bool? {
    denominator > 0 ? Int128(numerator) * Int128(Rate.scale) >= Int128(units) * Int128(denominator) : nil
  }
}
