import Kernel
import Operations

extension IdKind {
  /// Of the gates, of which only ids are told here.
  static let gateInForce = IdKind("gate", owner: .provider)
  package static let handbook = IdKind("hbk", owner: .provider)
}

/// The processes that may have a handbook.
package enum HandbookProcess: String, Sendable, CaseIterable {
  case incident, request, problem, change, release, event, access, knowledge, configuration, availability, capacity, continuity, security

  /// The lists of codes that its records are kept by.
  var codeLists: [String] {
    switch self {
    case .incident: ["source", "nature", "category", "pending_reason", "closure_code", "impact", "urgency", "priority"]
    case .request: ["source", "impact", "urgency", "priority"]
    case .problem: ["category", "problem_cause", "problem_outcome", "impact", "urgency", "priority"]
    case .event: ["source", "nature"]
    case .change, .release, .access, .knowledge, .configuration, .availability, .capacity, .continuity, .security: []
    }
  }

  /// What the names of its steps begin with, before which gates may stand.
  var gatedSteps: [String] {
    switch self {
    case .incident: ["incident.", "major_incident."]
    case .request: ["task."]
    case .problem: ["problem."]
    case .change: ["change."]
    case .release: ["release."]
    case .event, .access, .knowledge, .configuration, .availability, .capacity, .continuity, .security: []
    }
  }

  /// The processes whose rules of escalation are for it.
  var escalated: [String] {
    switch self {
    case .incident: ["incident", "major_incident"]
    case .request, .problem, .change, .release: [rawValue]
    case .event, .access, .knowledge, .configuration, .availability, .capacity, .continuity, .security: []
    }
  }

  /// What the names of the events begin with that are told of it; what is asked at a gate is of any process that has some.
  package var toldEvents: [String] {
    switch self {
    case .incident: ["incident.", "major_incident.", "clock.", "process.", "gate_approval."]
    case .request, .change: ["\(rawValue).", "process.", "gate_approval."]
    case .problem: ["problem.", "incident.problem_told", "process.", "gate_approval."]
    case .release: ["release.", "process.", "gate_approval."]
    case .knowledge: ["article."]
    case .access: ["access_review."]
    case .configuration: ["ci."]
    case .event: ["event."]
    case .availability, .capacity, .continuity, .security: []
    }
  }

  /// Whether impact and urgency give its priority.
  var hasPriorities: Bool { self == .incident || self == .request || self == .problem }
}
