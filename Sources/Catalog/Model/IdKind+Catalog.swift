import Operations

extension IdKind {
  package static let serviceFamily = IdKind("fam", owner: .provider)
  package static let service = IdKind("svc", owner: .provider)
  package static let offering = IdKind("off", owner: .provider)
}
