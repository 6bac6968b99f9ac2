import Kernel

/// How grave a request is, and how urgent, with the priority that the matrix made of both: numbers of their lists, 1 the gravest.
package struct RequestRating: Hashable, Sendable {
  package let impact: Int64
  package let urgency: Int64
  package let priority: Int64

  /// What a request has of which neither the order nor the offering says anything; its priority is that of the matrix as it comes.
  package static let usual = RequestRating(impact: 2, urgency: 2, priority: 3)

  package init(impact: Int64, urgency: Int64, priority: Int64) { (self.impact, self.urgency, self.priority) = (impact, urgency, priority) }

  var value: Value { .object(["impact": .integer(impact), "urgency": .integer(urgency), "priority": .integer(priority)]) }
}
