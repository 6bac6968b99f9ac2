/// What a request is to an incident of the same customer, read from left to right.
package enum RequestLinkKind: String, Sendable, CaseIterable {
  /// It was ordered because of it.
  case causedBy = "caused_by"
  /// What was done for it brought it about.
  case causes
  /// What is done for it ends it.
  case resolves
  case relatesTo = "relates_to"

  /// What it is called from the incident's end.
  var inverse: String {
    switch self {
    case .causedBy: Self.causes.rawValue
    case .causes: Self.causedBy.rawValue
    case .resolves: "resolved_by"
    case .relatesTo: rawValue
    }
  }
}
