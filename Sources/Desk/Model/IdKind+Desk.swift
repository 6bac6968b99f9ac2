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
  /// A major incident that a ticket ended with, as its module names it.
  package static let majorOfTicket = IdKind("mji", owner: .provider)
  package static let code = IdKind("cod", owner: .provider)
  package static let dispatchRule = IdKind("dru", owner: .provider)
  package static let queueFilter = IdKind("qfl", owner: .provider)
}
