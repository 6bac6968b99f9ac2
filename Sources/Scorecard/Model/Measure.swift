import Contracts
import Kernel

/// What a figure measures.
package enum Measure: String, Sendable, CaseIterable {
  /// Targets met among those judged (SLA 达成率).
  case attainment
  /// Mean open time until a milestone was observed.
  case meanTime = "mean_time"
  /// The open time within which nine of ten milestones were observed.
  case ninetiethPercentile = "p90_time"
  /// Tickets opened, resolved or closed.
  case volume
  /// Tickets that were open at the month's end.
  case backlog
  /// Tickets that were reopened, among those of the month.
  case reopenRate = "reopen_rate"

  /// Whether it is about response or resolution.
  package var hasMetric: Bool {
    switch self {
    case .attainment, .meanTime, .ninetiethPercentile: true
    case .volume, .backlog, .reopenRate: false
    }
  }

  /// What it is counted in.
  package var unit: Figure.Unit {
    switch self {
    case .attainment, .reopenRate: .percent
    case .meanTime, .ninetiethPercentile: .seconds
    case .volume, .backlog: .tickets
    }
  }
}

extension Measure {
  /// On how many it must rest to say something: below ten the nearest rank of the ninetieth percentile is simply the longest time. Nil for
  /// counts, which say what they say.
  package var minimumSample: Int64? {
    switch self {
    case .ninetiethPercentile: 10
    case .attainment, .meanTime, .reopenRate: 1
    case .volume, .backlog: nil
    }
  }
}

/// One figure of a scorecard, with all that it was made of.
package struct Figure: Hashable, Sendable {
  package enum Unit: String, Sendable {
    case percent, seconds, tickets
  }

  package let measure: Measure
  /// Nil: both together, or a measure that has none.
  package let metric: Metric?
  /// Nil: all priorities together.
  package let priority: Int64?
  /// Nil for the backlog, which is a state and not a flow.
  package let basis: Basis?
  package let numerator: Int64?
  package let denominator: Int64?
  /// How many tickets (or judged promises) it rests on.
  package let sampleSize: Int64
  /// Nil where nothing is judged or observed: no data is never 0 % or 100 %.
  package let value: Amount?
  /// Of an attainment, where one is agreed for the month; those of longer periods are ``ObjectiveStanding``s.
  package let objective: Rate?

  package enum Amount: Hashable, Sendable {
    case rate(Rate)
    case count(Int64)
  }

  package var unit: Unit { measure.unit }

  /// Whether it rests on fewer than it takes to say something of it. It is shown all the same.
  /// - Parameter asked: how many it takes; nil: as many as the measure needs by itself.
  package func isTooFew(below asked: Int64?) -> Bool { measure.minimumSample.map { sampleSize < asked ?? $0 } ?? false }

  package var meetsObjective: Bool? {
    guard let objective, let numerator, let denominator else { return nil }
    return objective.isReached(by: numerator, of: denominator)
  }
}
