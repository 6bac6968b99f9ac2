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
  /// What the numbers of tickets are called, 1 the highest.
  case impact
  case urgency
  case priority

  /// The lists to which codes may be added; of the others the keys are the numbers that there are.
  static let growing: [CodeList] = allCases.filter { ![CodeList.impact, .urgency, .priority].contains($0) }

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
