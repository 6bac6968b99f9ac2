import Operations

extension IdKind {
  package static let calendar = IdKind("cal", owner: .provider)
  package static let holidaySet = IdKind("hol", owner: .provider)
  package static let sla = IdKind("sla", owner: .provider)
  package static let contract = IdKind("con", owner: .tenant)
  package static let contractTemplate = IdKind("tpl", owner: .provider)
  package static let contractContact = IdKind("ctc", owner: .tenant)
  package static let renewal = IdKind("ren", owner: .tenant)
  package static let contractLine = IdKind("line", owner: .tenant)
}
