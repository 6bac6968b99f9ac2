import Operations

extension IdKind {
  package static let request = IdKind("req", owner: .tenant)
  package static let approval = IdKind("apv", owner: .tenant)
  package static let task = IdKind("tsk", owner: .tenant)
  package static let entitlement = IdKind("ent", owner: .tenant)
  package static let accessReview = IdKind("rev", owner: .tenant)
  package static let requestComment = IdKind("rcm", owner: .tenant)
  /// Kinds of modules that this one does not import.
  static let orderedLine = IdKind("line", owner: .tenant)
  static let taskTeam = IdKind("team", owner: .provider)
}
