/// What one problem is to another, or one change, or one request of a customer, read from left to right.
package enum ProcessLinkKind: String, Sendable, CaseIterable {
  /// Of problems and requests: they are one.
  case duplicates
  /// Of changes and requests: it is done after the other.
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

  /// Its ends as they are kept: what goes both ways is written one way.
  package func ends(_ left: Int64, _ right: Int64) -> (from: Int64, to: Int64) {
    self == .relatesTo && left > right ? (right, left) : (left, right)
  }
}
