/// What people are told of a renewal that nobody has decided on, each once for a cycle, and anew when it
/// was put off and comes back. The later one says more than the earlier ones: where
/// it is due already, those are not told any more.
package enum RenewalNews: String, Sendable, CaseIterable, Comparable {
  /// It came to the list.
  case due
  /// The day by which is to be decided is near.
  case near
  /// That day has come, and nobody decided.
  case missed

  /// From 1 on, in their order.
  package var seq: Int64 {
    switch self {
    case .due: 1
    case .near: 2
    case .missed: 3
    }
  }

  /// The type of the event that tells it.
  package var eventType: String {
    switch self {
    case .due: "renewal.due"
    case .near: "renewal.decision_near"
    case .missed: "renewal.decision_missed"
    }
  }

  package static func < (one: Self, other: Self) -> Bool { one.seq < other.seq }
}
