import Operations

/// What a batch answers with: how many acts came to what, and of each its own answer.
enum BatchAnswer {
  /// Beside `items`.
  static let counts = ["done", "failed", "left"]

  /// Of each act, in the order of the acts.
  static let item: KeyValuePairs<String, OutputType> = [
    "operation": .text, "status": .integer, "replayed": .boolean, "value": .document, "problem": .document,
  ]

  static let fields: [(path: String, type: OutputType)] =
    counts.map { ($0, .integer) } + [("items", .list(.object([])))] + item.map { ("items[].\($0.key)", $0.value) }
}
