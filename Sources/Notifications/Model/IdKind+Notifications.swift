import Operations

extension IdKind {
  package static let notification = IdKind("ntf", owner: .tenant)
  package static let notificationRule = IdKind("ntr", owner: .provider)
  /// Whom webhooks go to.
  package static let webhook = IdKind("whk", owner: .provider)
  /// Desk's, of which only ids are told here.
  static let toldTicket = IdKind("inc", owner: .tenant)
}
