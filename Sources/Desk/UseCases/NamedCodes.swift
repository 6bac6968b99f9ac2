import Kernel
import Operations
import Postgres

/// A code that a body names.
struct NamedCode: Sendable {
  let list: CodeList
  let key: String
  /// The field that names it.
  let path: String

  init(_ list: CodeList, _ key: String, at path: String) { (self.list, self.key, self.path) = (list, key, path) }
}

extension NamedCode {
  /// The impact and the urgency that a body tells, but for those that are never retired.
  /// - Parameter path: of what holds both, with its dot.
  static func rating(impact: Int64?, urgency: Int64?, at path: String = "") -> [NamedCode] {
    let told: [(list: CodeList, key: String?, path: String)] = [
      (.impact, impact.map { String($0) }, path + "impact"), (.urgency, urgency.map { String($0) }, path + "urgency"),
    ]
    return told.compactMap { list, key, path in
      guard let key, !list.needed.contains(key) else { return nil }
      return NamedCode(list, key, at: path)
    }
  }
}

/// Codes that a body names, while the lists are asked for them.
struct NamedCodes: Sendable {
  let named: [NamedCode]
  let found: Later<CodesByKey.Found>

  /// Those that the lists have in use; for what nobody named, and a provider may have retired.
  var inUse: [String] { get throws { try found.rows.filter { $0.isActive == true }.map(\.key) } }

  /// What the lists say of them, once the round trip was made.
  /// - Parameter kept: what the ticket has already, which it may keep, whatever became of the code.
  func usable(besides kept: [CodeList: String?] = [:]) throws -> [CodesByKey.Found] {
    let rows = try found.rows
    return try named.map { code in
      let isKept = kept[code.list] == .some(code.key)
      let row = rows.first { $0.list == code.list.rawValue && $0.key == code.key }
      if let row, row.isActive == true || isKept { return row }
      if isKept { return CodesByKey.Found(list: code.list.rawValue, key: code.key, isActive: nil, waitsFor: nil) }
      guard row?.isActive == nil else { throw Failure.invalid(code.path, CodeMessages.retired, ["key": code.key]) }
      throw Failure.invalid(code.path, CodeMessages.unknown, ["key": code.key, "list": code.list.rawValue, "others": row?.others ?? "-"])
    }
  }
}

extension OperationContext {
  /// Refuses a key that its list does not have, or not in use any more; for the modules that stand on the desk.
  /// - Parameter kept: what stands there already and may stay, whatever became of the code.
  package func requireCode(_ key: String, of list: CodeList, at path: String, keeping kept: String? = nil) async throws {
    let named = codes([NamedCode(list, key, at: path)])
    try await transaction.flush()
    _ = try named.usable(besides: kept.map { [list: $0] } ?? [:])
  }

  /// Refuses impacts and urgencies that are for no new use any more; for the modules that stand on the desk.
  package func requireRatings(_ told: [(impact: Int64?, urgency: Int64?, path: String)]) async throws {
    let named = told.flatMap { NamedCode.rating(impact: $0.impact, urgency: $0.urgency, at: $0.path) }
    guard !named.isEmpty else { return }
    let found = codes(named)
    try await transaction.flush()
    _ = try found.usable()
  }

  /// How something reached us of which nobody says it, while that code is in use; for the modules that stand on the desk.
  package func sourceInUse() async throws -> String? {
    guard let usual = usualSource else { return nil }
    let named = codes([NamedCode(.source, usual, at: "source")])
    try await transaction.flush()
    return try named.inUse.first
  }

  /// Asks for codes with the next round trip.
  func codes(_ named: [NamedCode]) -> NamedCodes { NamedCodes(named: named, found: transaction.later(CodesByKey(codes: named))) }

  /// The codes that a change names.
  func codes(_ changes: [(list: CodeList, change: Change<String>, path: String)]) -> NamedCodes {
    codes(changes.compactMap { if case .set(let key) = $0.change { NamedCode($0.list, key, at: $0.path) } else { nil } })
  }
}
