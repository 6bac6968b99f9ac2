import Kernel
import Operations
import TypedFields

/// A line of a file of relations: how a CI stands to another.
package struct RelationLine: LineOfFile {
  package let line: Int64
  let from: String?
  let kind: String?
  let to: String?

  private static let from = cell("from", "The serial number, asset tag or name of the CI, as match says.", "配置项的序列号、资产标签或名称（由 match 决定）。")
  private static let kind = cell(
    "kind", "How it stands to the other, read from left to right: \(RelationKind.list).", "对另一配置项的关系（从左读到右）：\(RelationKind.list)。")
  private static let to = cell("to", "The same of the other CI.", "另一配置项的序列号、资产标签或名称。")

  package static let fields: [any InputField] = [ImportWay.place, from, kind, to]

  package init(_ values: InputValues) throws(FieldError) {
    line = try values[ImportWay.place] ?? 0
    from = try values.cell(Self.from)
    kind = try values.cell(Self.kind)
    to = try values.cell(Self.to)
  }

  /// The relation that it tells.
  func relation(among cis: CisByKey) -> Result<CiRelation, LineRefusal> {
    var problems: [Failure.Violation] = []
    let left = cis.ci(from, at: "from", &problems)
    let stands = kind.flatMap(RelationKind.init)
    if let kind {
      if stands == nil {
        problems.append(Failure.Violation(path: "kind", AssetsMessages.unknownKind, ["kind": kind.shown, "allowed": RelationKind.list]))
      }
    } else {
      problems.append(Failure.Violation(path: "kind", InputMessages.required))
    }
    let right = cis.ci(to, at: "to", &problems)
    if let left, let right, left.id == right.id { problems.append(Failure.Violation(path: "to", AssetsMessages.toItself)) }
    guard let left, let stands, let right, problems.isEmpty else { return .failure(LineRefusal(problems: problems)) }
    return .success(CiRelation(from: left, kind: stands, to: right))
  }
}

/// A relation with the CIs at its ends.
struct CiRelation: Sendable {
  let from: CiRow
  let kind: RelationKind
  let to: CiRow

  var rows: Relation { Relation(from: from.id, kind: kind, to: to.id) }
}
