import Contracts
import Kernel
import ServiceLevels

/// How many promises were judged, and how many of them kept: under the SLA that is tried out, and as it counts now.
package struct Attainment: Hashable, Sendable {
  package var met: Int64 = 0
  package var judged: Int64 = 0
  /// Tickets that the SLA promises something for, and that cannot be judged (yet).
  package var open: Int64 = 0
  package var metNow: Int64 = 0
  package var judgedNow: Int64 = 0

  package init() {}

  package static func + (left: Attainment, right: Attainment) -> Attainment {
    var sum = left
    sum.met += right.met
    sum.judged += right.judged
    sum.open += right.open
    sum.metNow += right.metNow
    sum.judgedNow += right.judgedNow
    return sum
  }

  /// Nil where nothing is judged.
  package var rate: Rate? { Rate(met, of: judged) }
  package var rateNow: Rate? { Rate(metNow, of: judgedNow) }
}

/// What is counted together.
package struct AttainmentKey: Hashable, Sendable {
  package let metric: ServiceLevels.Metric
  package let priority: Int64
  package let month: CalendarMonth
}

/// A ticket of which a promise is judged otherwise than now.
package struct VerdictChange: Hashable, Sendable {
  package let ticket: Int64
  package let metric: ServiceLevels.Metric
  package let priority: Int64
  /// Nil: not judged.
  package let isMetNow: Bool?
  package let isMet: Bool?
  package let elapsedSeconds: Int64?
  package let budgetSeconds: Int64?
}

/// What trying an SLA out on a customer's tickets came to.
package struct Outcome: Sendable {
  package internal(set) var tickets: Int64 = 0
  package internal(set) var attainments: [AttainmentKey: Attainment] = [:]
  package internal(set) var changed: Int64 = 0
  /// Of what was kept now and would be missed, and the other way round.
  package internal(set) var newlyMissed: Int64 = 0
  package internal(set) var newlyMet: Int64 = 0
  /// The first of the changes in the order of tickets and metrics; as many as were asked for.
  package internal(set) var changes: [VerdictChange] = []

  package init() {}

  /// Of several customers.
  package static func + (left: Outcome, right: Outcome) -> Outcome {
    var sum = left
    sum.add(right)
    return sum
  }

  package func sum(_ metric: ServiceLevels.Metric, priority: Int64? = nil, month: CalendarMonth? = nil) -> Attainment {
    attainments.reduce(Attainment()) { sum, one in
      guard one.key.metric == metric, priority.map({ $0 == one.key.priority }) ?? true, month.map({ $0 == one.key.month }) ?? true else { return sum }
      return sum + one.value
    }
  }

  package var months: [CalendarMonth] { Set(attainments.keys.map(\.month)).sorted() }
  package var priorities: [Int64] { Set(attainments.keys.map(\.priority)).sorted() }
  /// Those about which the SLA, or what counts now, says something.
  package var metrics: [ServiceLevels.Metric] { ServiceLevels.Metric.allCases.filter { metric in attainments.keys.contains { $0.metric == metric } } }
}
