import Kernel
import Operations

package enum ImportCis: Operation {
  package struct Input: OperationInput {
    let way: ImportWay
    let confirm: Bool
    let lines: [ImportLine]

    private static let confirm = Field.boolean(
      "confirm", "Take lines that tell nothing new as a confirmation that the CI was seen (default: no).", "无变更的行视为已确认该配置项（默认否）。"
    ).optional
    private static let lines = ImportWay.lines(of: ImportLine.self)

    package static let fields: [any InputField] = ImportWay.fields + [confirm, lines]

    package init(_ values: InputValues) throws(FieldError) {
      way = try ImportWay(values)
      confirm = try values[Self.confirm] ?? false
      lines = try values[Self.lines]
    }
  }

  package static let declaration = Declaration(
    "ci.import", "Record or change configuration items by the lines of a file; the same again changes nothing.", zh: "按文件各行登记或变更配置项；重复导入不产生变更。",
    permission: "ci.manage", roles: AssetRights.workers, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ImportAnswer {
    try await context.holdImports(input.way)
    let plan = ImportPlan(input.lines, match: input.way.match, try await book(input, in: context))
    let isWritten = input.way.writes(refused: plan.refused)
    var report = LineReport()
    var new: [NewCi] = []
    var changed: [(row: CiRow, content: CiContent)] = []
    var same: [Int64] = []
    for (line, outcome) in plan.outcomes {
      switch outcome {
      case .created(let type, let content):
        let ci = NewCi(publicId: context.newId(.ci), type: type.id, content: content)
        new.append(ci)
        report.add(line, .created, isWritten ? ci.publicId : nil)
      case .changed(let row, let content):
        changed.append((row, content))
        let fields = FieldChange.between(context.told(row.content), context.told(content)).map(\.field)
        report.add(line, .changed, context.id(.ci, row.publicId), fields)
      case .unchanged(let row):
        same.append(row.id)
        report.add(line, .unchanged, context.id(.ci, row.publicId))
      case .refused(let problems): report.refuse(line, problems)
      }
    }
    if isWritten {
      try await insert(new, in: context)
      try await update(changed, in: context)
      if input.confirm, !same.isEmpty { _ = try await context.transaction.query(ConfirmCis(tenant: context.tenant.id, ids: same, now: context.now)) }
    }
    return context.answer(report, isWritten: isWritten)
  }

  private static func insert(_ new: [NewCi], in context: OperationContext) async throws {
    guard !new.isEmpty else { return }
    let rows = try await context.transaction.query(InsertCis(tenant: context.tenant.id, cis: new, now: context.now))
    let ids = Dictionary(rows.map { ($0.publicId, $0.id) }) { first, _ in first }
    var changes: [CiChange] = []
    for ci in new {
      guard let row = ids[ci.publicId.random] else { throw context.beaten }
      changes += FieldChange.between([], context.told(ci.content)).map { CiChange(ci: row, seq: 1, change: $0) }
      context.note("ci", row, 1, "created", ci.publicId)
    }
    context.keep(changes)
  }

  /// All in one round trip; each refuses to overwrite what another has changed since.
  private static func update(_ changed: [(row: CiRow, content: CiContent)], in context: OperationContext) async throws {
    guard !changed.isEmpty else { return }
    let updates = changed.map { row, content in
      context.transaction.later(
        UpdateCi(tenant: context.tenant.id, id: row.id, version: row.version, content: content, confirmedAt: context.now))
    }
    var changes: [CiChange] = []
    for (row, content) in changed {
      changes += FieldChange.between(context.told(row.content), context.told(content)).map { CiChange(ci: row.id, seq: row.version + 1, change: $0) }
      context.note("ci", row.id, row.version + 1, "changed", context.id(.ci, row.publicId))
    }
    context.keep(changes)
    try await context.transaction.flush()
    for update in updates where try update.first == nil { throw context.beaten }
  }

  /// What the lines name, in a few round trips however many they are.
  private static func book(_ input: Input, in context: OperationContext) async throws -> ImportPlan.Book {
    let tenant = context.tenant.id
    let (lines, match) = (input.lines, input.way.match)
    let known = try await match.rows(Set(lines.compactMap { $0.key(match) }).sorted(), of: tenant, context.transaction)
    let (persons, units, tiers, services) = try await context.transaction.query(
      PersonsByEmail(tenant: tenant, emails: Set(lines.compactMap { $0.owner.map(LoginName.canonical) }).sorted()), UnitNames(tenant: tenant), ActiveTiers(),
      ServicesOfCodes(codes: Set(lines.compactMap(\.service)).sorted(), tenant: tenant))
    var book = ImportPlan.Book()
    let codes = Set(lines.compactMap(\.type)).union(known.map(\.typeCode))
    for type in try await context.transaction.query(CiTypesByCode(codes: codes.sorted())) { book.types[type.code] = (type, try type.rule()) }
    book.persons = Dictionary(persons.map { ($0.email, $0.person) }) { first, _ in first }
    book.units = Dictionary(grouping: units) { MatchKey.of($0.name) }.mapValues { $0.map(\.unit) }
    book.tiers = Set(tiers)
    book.services = Dictionary(services.map { ($0.code, $0) }) { first, _ in first }
    book.known = Dictionary(grouping: known) { match.key(of: $0) }
    book.setsCosts = context.setsCosts
    return book
  }
}
