/// The lists of codes that the provider keeps for its tickets.
package enum CodeList: String, Sendable, CaseIterable {
  /// How it reached us.
  case source
  /// What kind of matter it is.
  case nature
  /// What it is about: a tree, whose keys name those above: `network/vpn`.
  case category
  /// What it waits for.
  case pendingReason = "pending_reason"
  /// How it ended.
  case closureCode = "closure_code"
  /// What a problem comes from, and how it ended.
  case problemCause = "problem_cause"
  case problemOutcome = "problem_outcome"
  /// The numbers of tickets, 1 the gravest, and what they are called.
  case impact
  case urgency
  case priority

  /// Whether its keys are numbers.
  var isOfNumbers: Bool { isOfLevels || self == .priority }

  /// Whether the priority matrix has a row or a column for each of its codes.
  var isOfLevels: Bool { self == .impact || self == .urgency }

  /// Keys that Steward itself writes, and so must be able to.
  var needed: Set<String> {
    switch self {
    case .pendingReason: [PendingReason.awaitingSupplier.rawValue]
    case .closureCode: [ClosureCode.duplicate.rawValue]
    case .problemOutcome: ["removed"]
    // What monitoring opens.
    case .source: ["monitoring"]
    case .nature: ["event"]
    // What a ticket has of which nobody said it.
    case .impact, .urgency: ["2"]
    case .category, .problemCause, .priority: []
    }
  }
}
