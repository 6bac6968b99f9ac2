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
  /// In the order in which they are listed: verdicts that turn over come before those that there are in one case only.
  package enum Kind: String, Hashable, Comparable, Sendable, CaseIterable {
    case newlyMissed = "newly_missed"
    case newlyMet = "newly_met"
    /// Nothing is judged now.
    case newlyJudged = "newly_judged"
    case noLongerJudged = "no_longer_judged"

    /// Nil: the same.
    init?(isMetNow: Bool?, isMet: Bool?) {
      switch (isMetNow, isMet) {
      case (true, false): self = .newlyMissed
      case (false, true): self = .newlyMet
      case (nil, .some): self = .newlyJudged
      case (.some, nil): self = .noLongerJudged
      default: return nil
      }
    }

    package var rank: Int64 {
      switch self {
      case .newlyMissed: 1
      case .newlyMet: 2
      case .newlyJudged: 3
      case .noLongerJudged: 4
      }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  }

  /// Where it stands in the list.
  package struct Place: Hashable, Comparable, Sendable {
    package let rank: Int64
    package let ticket: Int64
    package let metric: String

    package init(rank: Int64, ticket: Int64, metric: String) {
      self.rank = rank
      self.ticket = ticket
      self.metric = metric
    }

    /// Before all.
    package static let start = Place(rank: 0, ticket: 0, metric: "")

    package static func < (left: Self, right: Self) -> Bool { (left.rank, left.ticket, left.metric) < (right.rank, right.ticket, right.metric) }
  }

  package let kind: Kind
  package let ticket: Int64
  package let metric: ServiceLevels.Metric
  package let priority: Int64
  /// Nil: not judged.
  package let isMetNow: Bool?
  package let isMet: Bool?
  package let elapsedSeconds: Int64?
  package let budgetSeconds: Int64?

  package var place: Place { Place(rank: kind.rank, ticket: ticket, metric: metric.rawValue) }
}

/// What trying an SLA out on a customer's tickets came to.
package struct Outcome: Sendable {
  package internal(set) var tickets: Int64 = 0
  package internal(set) var attainments: [AttainmentKey: Attainment] = [:]
  /// Of these, how many whose story does not tell their history: they are in no figure.
  package internal(set) var withoutHistory: Int64 = 0
  package internal(set) var changes: [VerdictChange.Kind: Int64] = [:]
  /// The first of the changes that were asked for in the order of ``VerdictChange/Place``; as many as were asked for.
  package internal(set) var listed: [VerdictChange] = []

  package init() {}

  package func count(_ kind: VerdictChange.Kind) -> Int64 { changes[kind] ?? 0 }

  /// Verdicts that turn over: met now and missed then, or the other way round.
  package var changed: Int64 { count(.newlyMissed) + count(.newlyMet) }

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
