/// What people are told when a cycle, or the term of a contract, came to something: the type of the event. Each once.
package enum RenewalEnd: String, Sendable, CaseIterable {
  case renewed = "renewal.renewed"
  /// Somebody decided that it ends with its cycle.
  case declined = "renewal.declined"
  /// The cycle that was declined is over.
  case notRenewed = "renewal.not_renewed"
  /// The term ended, and nobody had decided.
  case lapsed = "renewal.lapsed"
  /// A term without a renewal ended.
  case contractLapsed = "contract.lapsed"

  /// Nil: there is nothing to tell of an item that comes to this.
  package init?(_ state: RenewalState, _ outcome: RenewalOutcome?) {
    switch (state, outcome) {
    case (_, .renewed?): self = .renewed
    case (_, .notRenewed?): self = .notRenewed
    case (_, .lapsed?): self = .lapsed
    case (.notRenewing, nil): self = .declined
    case (_, .superseded?), (_, nil): return nil
    }
  }
}

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
