/// What a request is to an incident of the same customer, or to a problem, read from left to right.
package enum RequestLinkKind: String, Sendable, CaseIterable {
  /// It was ordered because of it.
  case causedBy = "caused_by"
  /// What was done for it brought it about.
  case causes
  /// What is done for it ends it.
  case resolves
  case relatesTo = "relates_to"

  /// What it is called from the other end.
  package var inverse: String {
    switch self {
    case .causedBy: Self.causes.rawValue
    case .causes: Self.causedBy.rawValue
    case .resolves: "resolved_by"
    case .relatesTo: rawValue
    }
  }

  /// By what it is called from the other end.
  package init?(inverse: String) {
    guard let found = Self.allCases.first(where: { $0.inverse == inverse }) else { return nil }
    self = found
  }
}
