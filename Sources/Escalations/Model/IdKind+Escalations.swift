import Operations

extension IdKind {
  package static let escalationRule = IdKind("esr", owner: .provider)
  package static let escalation = IdKind("esc", owner: .tenant)
}
