/// What one ticket is to another of the same customer, read from left to right.
package enum LinkKind: String, Sendable, CaseIterable {
  case causedBy = "caused_by"
  case duplicates
  /// Goes both ways.
  case relatesTo = "relates_to"
  /// At most one parent, and no circle.
  case childOf = "child_of"
  case resolvedBy = "resolved_by"

  /// What it is called from the other end.
  var inverse: String {
    switch self {
    case .causedBy: "causes"
    case .duplicates: "duplicated_by"
    case .relatesTo: rawValue
    case .childOf: "parent_of"
    case .resolvedBy: "resolves"
    }
  }
}
