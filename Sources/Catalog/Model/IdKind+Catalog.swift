import Operations

extension IdKind {
  package static let serviceFamily = IdKind("fam", owner: .provider)
  package static let service = IdKind("svc", owner: .provider)
  package static let offering = IdKind("off", owner: .provider)
  package static let request = IdKind("req", owner: .tenant)
  /// Contracts' kind, which imports this module and not the other way round.
  static let orderedLine = IdKind("line", owner: .tenant)
}
