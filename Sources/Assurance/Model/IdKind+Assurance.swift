import Operations

extension IdKind {
  package static let proof = IdKind("prf", owner: .tenant)
  package static let acceptedRisk = IdKind("rsk", owner: .tenant)
}
