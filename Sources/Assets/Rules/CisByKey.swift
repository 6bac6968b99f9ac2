import Kernel
import Operations
import TypedFields

extension MatchBy {
  /// The field of a line that it means.
  var field: String {
    switch self {
    case .serial: "serial"
    case .tag: "assetTag"
    case .name: "name"
    }
  }

  /// The key of a CI that it was found by.
  func key(of row: CiRow) -> String {
    switch self {
    case .serial: MatchKey.of(row.content.serial ?? "")
    case .tag: MatchKey.of(row.content.assetTag ?? "")
    case .name: row.nameKey
    }
  }
}

extension [CiRow] {
  /// Of CIs with one key those that a line can mean: those that live; when there are none, those that are retired; those that are
  /// disposed of only when the line itself says that they are.
  func meant(evenDisposed: Bool = false) -> [CiRow] {
    let live = filter(\.content.state.isLive)
    guard live.isEmpty else { return live }
    let retired = filter { $0.content.state == .retired }
    return retired.isEmpty && evenDisposed ? self : retired
  }
}

/// The CIs that the lines of a file name in their cells, all by one key.
struct CisByKey: Sendable {
  private let match: MatchBy
  /// Those that a key can mean.
  let meant: [String: [CiRow]]

  init(_ rows: [CiRow], by match: MatchBy) {
    self.match = match
    meant = Dictionary(grouping: rows) { match.key(of: $0) }.mapValues { $0.meant() }
  }

  /// The one CI that a cell means. Nil: what is wrong with it is added to `problems`.
  func ci(_ cell: String?, at field: String, _ problems: inout [Failure.Violation]) -> CiRow? {
    guard let cell else {
      problems.append(Failure.Violation(path: field, InputMessages.required))
      return nil
    }
    let found = meant[MatchKey.of(cell)] ?? []
    if found.count == 1 { return found.first }
    let arguments = ["match": match.field, "text": cell.shown, "count": String(found.count)]
    problems.append(Failure.Violation(path: field, found.isEmpty ? AssetsMessages.unknownCi : AssetsMessages.ambiguous, arguments))
    return nil
  }
}
