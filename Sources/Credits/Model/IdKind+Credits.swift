import Operations

extension IdKind {
  package static let creditSchedule = IdKind("crs", owner: .provider)
  package static let credit = IdKind("crd", owner: .tenant)
}
