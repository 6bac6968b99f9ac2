/// What a gate stands before: an operation, by its name.
package enum GateStep: String, Sendable, CaseIterable {
  case open = "incident.open"
  case assign = "incident.assign"
  case dispatch = "incident.dispatch"
  case resolve = "incident.resolve"
  case close = "incident.close"

  /// Its place among the steps.
  var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// What somebody can still give before the step is taken. An incident that is being opened has nobody yet who works on it, and no
  /// comment. For whom it was opened, and where, no operation says afterwards; and what is resolved goes to nobody else.
  package var facts: [GateFact] {
    switch self {
    case .open: GateFact.allCases.filter { ![.owner, .team, .assignee, .publicComment, .article].contains($0) }
    case .assign, .dispatch, .resolve: GateFact.allCases.filter { ![.requester, .unit].contains($0) }
    case .close: GateFact.allCases.filter { ![.requester, .unit, .team, .assignee].contains($0) }
    }
  }
}

/// What a gate may ask for that an incident has or has not.
package enum GateFact: String, Sendable, CaseIterable {
  case description, category, source, nature, service, ciTier, cis, requester, unit, contractLine, owner, team, assignee
  /// A comment of the staff that the requester can read.
  case publicComment = "public_comment"
  /// An article of the knowledge base that the incident names.
  case article

  package var isEvidence: Bool {
    switch self {
    case .publicComment, .article: true
    case .description, .category, .source, .nature, .service, .ciTier, .cis, .requester, .unit, .contractLine, .owner, .team, .assignee: false
    }
  }

  static let fields = allCases.filter { !$0.isEvidence }.map(\.rawValue)
  static let evidence = allCases.filter(\.isEvidence).map(\.rawValue)
}
