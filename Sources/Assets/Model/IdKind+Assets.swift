import Operations

extension IdKind {
  /// A configuration item, of a customer or shared by the provider.
  package static let ci = IdKind("ci", owner: .tenant)
  package static let ciType = IdKind("cit", owner: .provider)
  /// Contracts' kind: this module stands beside it and reads what it publishes.
  static let coveringLine = IdKind("line", owner: .tenant)
}
