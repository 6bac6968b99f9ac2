import Kernel
import Operations

/// The lines of a file, and how they are taken.
package struct FileImport<Line: LineOfFile>: OperationInput {
  let way: ImportWay
  let lines: [Line]

  package static var fields: [any InputField] { ImportWay.fields + [ImportWay.lines(of: Line.self)] }

  package init(_ values: InputValues) throws(FieldError) {
    way = try ImportWay(values)
    lines = try values[ImportWay.lines(of: Line.self)]
  }
}

package enum ImportRelations: Operation {
  package typealias Input = FileImport<RelationLine>

  package static let declaration = Declaration(
    "ci.import_relations", "Record how configuration items stand to one another by the lines of a file; the same again changes nothing.",
    zh: "按文件各行登记配置项之间的关系；重复导入不产生变更。",
    permission: RelateCi.declaration.permission, roles: AssetRights.workers, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ImportAnswer {
    let tenant = context.tenant.id
    try await context.holdImports(input.way)
    let cis = try await context.cis(input.lines.flatMap { [$0.from, $0.to] }, by: input.way.match)
    let told = input.lines.map { $0.relation(among: cis) }
    let relations = told.compactMap { try? $0.get() }
    let wholes = relations.filter { $0.kind == .partOf }.map(\.to.id)
    if !wholes.isEmpty, !input.way.dryRun { _ = try await context.transaction.first(LockCis(tenant: tenant, act: .parts)) }
    let (there, parts) = try await context.transaction.query(
      RelationsThere(tenant: tenant, relations: relations.map(\.rows)), WholesOf(tenant: tenant, cis: Set(wholes).sorted()))
    let outcomes = RelationPlan.outcomes(told, there: Set(there), parts: parts)
    return try await context.take(outcomes, of: input.lines, input.way, field: "relation", ci: \.from) { new in
      guard try await context.relate(new) else { throw context.beaten }
    }
  }
}

package enum ImportCoverage: Operation {
  package typealias Input = FileImport<CoverageLine>

  package static let declaration = Declaration(
    "ci.import_coverage", "Say by the lines of a file which contract lines cover configuration items; the same again changes nothing.",
    zh: "按文件各行设定覆盖配置项的合同行；重复导入不产生变更。",
    permission: CoverCi.declaration.permission, roles: AssetRights.managers, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ImportAnswer {
    let tenant = context.tenant.id
    try await context.holdImports(input.way)
    let cis = try await context.cis(input.lines.map(\.ci), by: input.way.match)
    let rows = cis.meant.values.flatMap { $0.map(\.id) }
    let (lines, known) = try await context.transaction.query(NamedLineRows(tenant: tenant), CoverageOfCis(tenant: tenant, cis: rows.sorted()))
    // What a line is called is for who may read contracts; others name it by its id.
    let showsNames = context.seesContracts
    let named = NamedLines(lines.map { (id: context.id(.coveringLine, $0.line.bits), line: $0.line, name: showsNames ? $0.name : nil) })
    let told = input.lines.map { $0.coverage(among: cis, named, today: context.today) }
    let outcomes = CoveragePlan.outcomes(
      told, numbers: input.lines.places, known: Dictionary(grouping: known) { $0.ci }.mapValues { $0.map(\.coverage) })
    return try await context.take(outcomes, of: input.lines, input.way, field: "coverage", ci: \.ci) { new in
      // In the order of their days, in which each takes over from the one before.
      try await context.cover(new.sorted { $0.becomes.validFrom < $1.becomes.validFrom })
    }
  }
}

extension OperationContext {
  /// The CIs that cells name by a key.
  fileprivate func cis(_ cells: [String?], by match: MatchBy) async throws -> CisByKey {
    let keys = Set(cells.compactMap { $0.map(MatchKey.of) })
    return CisByKey(try await match.rows(keys.sorted(), of: tenant.id, transaction), by: match)
  }

  /// Writes what lines come to, unless one too many is refused, and tells of each of them.
  /// - Parameters:
  ///   - field: what changes in the history of the CI.
  ///   - ci: whose history that is.
  fileprivate func take<Act: Sendable>(
    _ outcomes: [LineOutcome<Act>], of lines: [some LineOfFile], _ way: ImportWay, field: String, ci: (Act) -> CiRow,
    _ write: ([Act]) async throws -> Void
  ) async throws -> ImportAnswer {
    let acts = outcomes.compactMap(\.act)
    let isWritten = way.writes(refused: outcomes.count { $0.isRefused })
    if isWritten, !acts.isEmpty { try await write(acts) }
    var report = LineReport()
    for (line, outcome) in zip(lines.places, outcomes) {
      switch outcome {
      case .created(let act): report.add(line, .created, id(.ci, ci(act).publicId), [field])
      case .changed(let act): report.add(line, .changed, id(.ci, ci(act).publicId), [field])
      case .unchanged(let row): report.add(line, .unchanged, id(.ci, row.publicId))
      case .refused(let problems): report.refuse(line, problems)
      }
    }
    return answer(report, isWritten: isWritten)
  }
}
