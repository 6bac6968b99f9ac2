import Contracts
import Kernel

/// What is promised of one metric: a target of the SLA version that a line has, as the proof sees it.
package struct Promise: Hashable, Sendable {
  package enum Terms: Hashable, Sendable {
    /// So much time in the hours of a calendar.
    case time(Budget, calendar: Int64)
    /// A share of a period in which something is there or right.
    case share(Rate)
  }

  package let metric: String
  /// Nil for a measured metric.
  package let priority: Int64?
  package let terms: Terms

  package init(metric: String, priority: Int64?, terms: Terms) {
    self.metric = metric
    self.priority = priority
    self.terms = terms
  }

  var label: PromiseLabel { PromiseLabel(metric: metric, priority: priority) }
}

/// Which promise a gap is in.
package struct PromiseLabel: Hashable, Comparable, Sendable {
  package let metric: String
  package let priority: Int64?

  package init(metric: String, priority: Int64?) {
    self.metric = metric
    self.priority = priority
  }

  /// For programs and files: `resolution P1`, `availability`.
  package var code: String { priority.map { "\(metric) P\($0)" } ?? metric }

  package static func < (left: Self, right: Self) -> Bool { (left.metric, left.priority ?? 0) < (right.metric, right.priority ?? 0) }
}

/// The metrics of a ticket's clocks, for which the chain needs time.
enum ClockMetric: String, Sendable, CaseIterable {
  case response, resolution, update

  static let all = Set(allCases.map(\.rawValue))
}
