import Operations

extension IdKind {
  package static let incident = IdKind("inc", owner: .tenant)
  package static let comment = IdKind("cmt", owner: .tenant)
  package static let team = IdKind("team", owner: .provider)
  package static let teamAgreement = IdKind("tag", owner: .provider)
  package static let dispatch = IdKind("dsp", owner: .tenant)
}
