import Operations

extension IdKind {
  package static let measurement = IdKind("mea", owner: .tenant)
}
