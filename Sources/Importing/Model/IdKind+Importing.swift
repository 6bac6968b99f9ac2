import Operations

extension IdKind {
  package static let importRecord = IdKind("imp", owner: .tenant)
}
