/// What one problem is to another, or one change, read from left to right.
package enum ProcessLinkKind: String, Sendable, CaseIterable {
  /// Of problems: they are one.
  case duplicates
  /// Of changes: it is done after the other.
  case dependsOn = "depends_on"
  /// Goes both ways.
  case relatesTo = "relates_to"

  /// What it is called from the other end.
  package var inverse: String {
    switch self {
    case .duplicates: "duplicated_by"
    case .dependsOn: "required_by"
    case .relatesTo: rawValue
    }
  }
}
