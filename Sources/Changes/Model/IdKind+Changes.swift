import Operations

extension IdKind {
  /// A change: the provider's, also when it concerns one customer.
  package static let change = IdKind("chg", owner: .provider)
  package static let changeModel = IdKind("chm", owner: .provider)
  package static let changeApproval = IdKind("cap", owner: .provider)
  package static let changeTask = IdKind("ctk", owner: .provider)
  package static let changeComment = IdKind("ccm", owner: .provider)
  package static let freeze = IdKind("frz", owner: .provider)
  package static let release = IdKind("rel", owner: .provider)
  package static let releaseComment = IdKind("rlm", owner: .provider)
  /// What a customer is told of a change.
  package static let changeNotice = IdKind("chn", owner: .tenant)
}
