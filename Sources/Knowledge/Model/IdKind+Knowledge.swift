import Operations

extension IdKind {
  /// An article: the provider's, also when it is about one customer.
  package static let article = IdKind("art", owner: .provider)
}
