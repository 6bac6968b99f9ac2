import Kernel
import Operations
import TypedFields

/// The contract lines of a customer as the lines of a file name them.
struct NamedLines: Sendable {
  private let ids: [String: CiContent.Reference]
  /// By ``MatchKey`` of the name.
  private let names: [String: [CiContent.Reference]]

  init(_ rows: [(id: PublicId, line: CiContent.Reference, name: String?)]) {
    ids = Dictionary(rows.map { ($0.id.description, $0.line) }) { first, _ in first }
    names = Dictionary(grouping: rows.filter { $0.name != nil }) { MatchKey.of($0.name ?? "") }.mapValues { $0.map(\.line) }
  }

  /// The one line that a cell means. Nil: what is wrong with it is added to `problems`.
  func line(_ cell: String?, at field: String, _ problems: inout [Failure.Violation]) -> CiContent.Reference? {
    guard let cell else {
      problems.append(Failure.Violation(path: field, InputMessages.required))
      return nil
    }
    if let line = ids[cell] { return line }
    let meant = names[MatchKey.of(cell)] ?? []
    if meant.count == 1 { return meant.first }
    let arguments = ["text": cell.shown, "count": String(meant.count)]
    problems.append(Failure.Violation(path: field, meant.isEmpty ? AssetsMessages.unknownLine : AssetsMessages.ambiguousLine, arguments))
    return nil
  }
}
