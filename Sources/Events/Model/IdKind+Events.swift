import Operations

extension IdKind {
  /// Where events come from; its id is that of its service account under another prefix.
  package static let eventSource = IdKind("evs", owner: .provider)
  /// What was delivered: the provider's, whomever it concerns.
  package static let event = IdKind("evt", owner: .provider)
  package static let alert = IdKind("alr", owner: .tenant)
  package static let maintenanceWindow = IdKind("mwn", owner: .tenant)
  /// Those of Desk, Changes and Assets, of which only ids are told here.
  static let ticketOfAlert = IdKind("inc", owner: .tenant)
  static let changeOfAlert = IdKind("chg", owner: .provider)
  static let ciOfWindow = IdKind("ci", owner: .tenant)
}
