import Operations

extension IdKind {
  /// A major incident: the provider's, whichever customers it concerns.
  package static let majorIncident = IdKind("mji", owner: .provider)
  package static let majorEntry = IdKind("mje", owner: .provider)
}
