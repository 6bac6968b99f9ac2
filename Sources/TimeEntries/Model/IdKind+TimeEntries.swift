import Operations

extension IdKind {
  /// A kind of work or a rate class.
  package static let timeCode = IdKind("tcd", owner: .provider)
  package static let timeRule = IdKind("trl", owner: .tenant)
  package static let timeEntry = IdKind("tme", owner: .tenant)
  /// A running timer: its row is the provider's, its id names the customer that its time will belong to.
  package static let timer = IdKind("tmr", owner: .tenant)
  /// Other modules', of which only ids are told here.
  static let ticketOfTime = IdKind("inc", owner: .tenant)
  static let requestOfTime = IdKind("req", owner: .tenant)
  static let problemOfTime = IdKind("prb", owner: .provider)
  static let changeOfTime = IdKind("chg", owner: .provider)
  static let releaseOfTime = IdKind("rel", owner: .provider)
  static let majorOfTime = IdKind("mji", owner: .provider)
}
