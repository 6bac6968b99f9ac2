import Kernel
import Operations

extension IdKind {
  package static let handbook = IdKind("hbk", owner: .provider)
}

/// The processes that may have a handbook.
package enum HandbookProcess: String, Sendable, CaseIterable {
  case incident, request, problem, change, release, event, access, knowledge, configuration, availability, capacity, continuity, security

  /// The lists of codes that its records are kept by.
  var codeLists: [String] {
    switch self {
    case .incident: ["source", "nature", "category", "pending_reason", "closure_code"]
    case .problem: ["category", "problem_cause", "problem_outcome"]
    case .event: ["source", "nature"]
    case .request, .change, .release, .access, .knowledge, .configuration, .availability, .capacity, .continuity, .security: []
    }
  }

  /// Whether impact and urgency give its priority.
  var hasPriorities: Bool { self == .incident || self == .problem }
}
