import Operations

extension IdKind {
  package static let gate = IdKind("gate", owner: .provider)
  /// Desk's, of which only ids are told here.
  static let gatedIncident = IdKind("inc", owner: .tenant)
}
