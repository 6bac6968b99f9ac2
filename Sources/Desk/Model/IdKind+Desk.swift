import Operations

extension IdKind {
  package static let incident = IdKind("inc", owner: .tenant)
  package static let comment = IdKind("cmt", owner: .tenant)
  package static let team = IdKind("team", owner: .provider)
  package static let teamAgreement = IdKind("tag", owner: .provider)
  package static let dispatch = IdKind("dsp", owner: .tenant)
  /// A CI of the customer, as Assets names it; and one that the provider shares, by an id of the provider's tenant.
  package static let ticketCi = IdKind("ci", owner: .tenant)
  package static let sharedCi = IdKind("ci", owner: .provider)
  package static let code = IdKind("cod", owner: .provider)
  package static let queueFilter = IdKind("qfl", owner: .provider)
}
