import Contracts
import Kernel

/// Counts and sums over tickets: a row of `scorecard.daily`, or a change of one.
package struct DailyTotals: Hashable, Sendable {
  /// Which row.
  package struct Key: Hashable, Sendable {
    package let contract: Int64
    package let basis: Basis
    package let day: CalendarDate
    package let priority: Int64

    package init(contract: Int64, basis: Basis, day: CalendarDate, priority: Int64) {
      self.contract = contract
      self.basis = basis
      self.day = day
      self.priority = priority
    }

    /// The order in which rows are written, so that two writers cannot wait for each other.
    static func precedes(_ left: Key, _ right: Key) -> Bool {
      if left.contract != right.contract { return left.contract < right.contract }
      if left.basis != right.basis { return left.basis.rawValue < right.basis.rawValue }
      if left.day != right.day { return left.day < right.day }
      return left.priority < right.priority
    }
  }

  /// What is counted of one metric.
  package struct Outcomes: Hashable, Sendable {
    /// Met or missed; withdrawn and unjudged ones are neither.
    package var judged: Int64 = 0
    package var met: Int64 = 0
    /// Those with an observed time, and the sum of their seconds.
    package var timed: Int64 = 0
    package var seconds: Int64 = 0

    package init(judged: Int64 = 0, met: Int64 = 0, timed: Int64 = 0, seconds: Int64 = 0) {
      self.judged = judged
      self.met = met
      self.timed = timed
      self.seconds = seconds
    }

    mutating func add(_ outcome: TicketFact.Outcome, times factor: Int64) {
      if outcome.isJudged { judged += factor }
      if outcome.verdict == "met" { met += factor }
      if let seconds = outcome.seconds {
        timed += factor
        self.seconds += factor * seconds
      }
    }
  }

  package var tickets: Int64 = 0
  package var reopened: Int64 = 0
  package var response = Outcomes()
  package var resolution = Outcomes()

  package init() {}

  package var isZero: Bool { self == DailyTotals() }

  /// Adds a ticket, or takes it away with the factor -1.
  mutating func add(_ fact: TicketFact, times factor: Int64) {
    tickets += factor
    if fact.reopenCount > 0 { reopened += factor }
    response.add(fact.response, times: factor)
    resolution.add(fact.resolution, times: factor)
  }

  /// Nothing of a metric that no scorecard counts.
  package func outcomes(_ metric: Metric) -> Outcomes {
    switch metric {
    case .response: response
    case .update: Outcomes()
    case .resolution: resolution
    }
  }
}
