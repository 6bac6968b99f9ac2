import Operations

extension IdKind {
  package static let attribute = IdKind("atr", owner: .provider)
}
