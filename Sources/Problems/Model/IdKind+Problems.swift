import Operations

extension IdKind {
  /// A problem: the provider's, also when it is about one customer.
  package static let problem = IdKind("prb", owner: .provider)
  package static let problemComment = IdKind("pcm", owner: .provider)
}
