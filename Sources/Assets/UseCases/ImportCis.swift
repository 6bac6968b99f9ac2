import Kernel
import Operations

package enum ImportCis: Operation {
  /// As many as one call takes.
  package static let most = 20_000

  /// Of so many refusals an answer tells why: it must not be many times as large as what was sent.
  static let mostProblems = 5000

  package struct Input: OperationInput {
    let match: MatchBy
    let dryRun: Bool
    let keepGoing: Bool
    let confirm: Bool
    let lines: [ImportLine]

    private static let match = Field.oneOf(
      "match", MatchBy.allCases.map(\.rawValue), "By what a line finds its CI: serial number, asset tag or name.", "匹配方式：serial 序列号、tag 资产标签、name 名称。")
    private static let dryRun = Field.boolean("dryRun", "Only tell what would be done.", "仅预演，不写入。")
    private static let keepGoing = Field.boolean(
      "keepGoing", "Take the good lines when others are refused (default: all or nothing).", "有行被拒绝时仍导入其余行（默认全部成功或全不写入）。")
    private static let confirm = Field.boolean(
      "confirm", "Take lines that tell nothing new as a confirmation that the CI was seen (default: no).", "无变更的行视为已确认该配置项（默认否）。")
    private static let lines = Field<[ImportLine]>.list(
      "lines", of: Field<ImportLine>.object("line", "A line of the file.", "文件中的一行。"), count: 1...ImportCis.most, "The lines of the file.", "文件中的各行。")

    package static let fields: [any InputField] = [CustomerReference.field, match, dryRun.optional, keepGoing.optional, confirm.optional, lines]

    package init(_ values: InputValues) throws(FieldError) {
      match = MatchBy(rawValue: try values[Self.match]) ?? .serial
      dryRun = try values[Self.dryRun.optional] ?? false
      keepGoing = try values[Self.keepGoing.optional] ?? false
      confirm = try values[Self.confirm.optional] ?? false
      lines = try values[Self.lines]
    }
  }

  package struct Output: OperationOutput {
    let customer: PublicId
    let isWritten: Bool
    let lines: [Line]

    package struct Line: OperationOutput {
      let line: Int64
      let outcome: String
      let id: PublicId?
      let changed: [String]
      let problems: [Failure.Violation]

      package static let fields: [OutputField<Line>] = [
        OutputField("line", .integer, "Where it stands in the file.", "行号。") { .integer($0.line) },
        OutputField("outcome", .text, "created, changed, unchanged or refused.", "结果：created（新建）、changed（变更）、unchanged（无变更）或 refused（拒绝）。") {
          .text($0.outcome)
        },
        OutputField("ci", .id, "The CI; null when it is refused, or not made yet.", "配置项；被拒绝或尚未新建时为 null。") { .id($0.id) },
        OutputField("fields", .list(.text), "The fields that change.", "变更的字段。") { .array($0.changed.map { .text($0) }) },
        OutputField(
          "problems", .list(.document), "Why it is refused: field, English, Chinese. At most 20 of a line and 5,000 of a file are told.",
          "拒绝原因：字段、英文、中文；每行最多 20 条，每个文件最多 5000 条。"
        ) {
          .array($0.problems.map { $0.told("field") })
        },
      ]
    }

    private func count(_ outcome: String) -> Value { .integer(Int64(lines.count { $0.outcome == outcome })) }

    package static let fields: [OutputField<Output>] = [
      OutputField("customer", .id, "The customer.", "客户编号。") { .id($0.customer) },
      OutputField(
        "isWritten", .boolean, "Whether it was done: not in a dry run, and not when a line is refused without keepGoing.", "是否已写入：预演或（未设 keepGoing 时）有行被拒绝则否。"
      ) {
        .bool($0.isWritten)
      },
      OutputField("created", .integer, "Lines that make a CI.", "新建的行数。") { $0.count("created") },
      OutputField("changed", .integer, "Lines that change one.", "变更的行数。") { $0.count("changed") },
      OutputField("unchanged", .integer, "Lines that tell nothing new.", "无变更的行数。") { $0.count("unchanged") },
      OutputField("refused", .integer, "Lines that cannot be taken.", "被拒绝的行数。") { $0.count("refused") },
      OutputField("lines", listOf: Line.self, "Every line but the unchanged ones.", "除无变更外的各行。") { $0.lines.filter { $0.outcome != "unchanged" } },
    ]
  }

  package static let declaration = Declaration(
    "ci.import", "Record or change configuration items by the lines of a file; the same again changes nothing.", zh: "按文件各行登记或变更配置项；重复导入不产生变更。",
    permission: "ci.manage", roles: AssetRights.workers, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    // Of two imports at once the second sees what the first has made.
    if !input.dryRun { _ = try await context.transaction.first(LockCis(tenant: context.tenant.id, act: .imports)) }
    let plan = ImportPlan(input.lines, match: input.match, try await book(input, in: context))
    let isWritten = !input.dryRun && (input.keepGoing || plan.refused == 0)
    var lines: [Output.Line] = []
    var new: [NewCi] = []
    var changed: [(row: CiRow, content: CiContent)] = []
    var same: [Int64] = []
    var room = mostProblems
    for (line, outcome) in plan.outcomes {
      switch outcome {
      case .created(let type, let content):
        let ci = NewCi(publicId: context.newId(.ci), type: type.id, content: content)
        new.append(ci)
        lines.append(Output.Line(line: line, outcome: "created", id: isWritten ? ci.publicId : nil, changed: [], problems: []))
      case .changed(let row, let content):
        changed.append((row, content))
        let fields = FieldChange.between(context.told(row.content), context.told(content)).map(\.field)
        lines.append(Output.Line(line: line, outcome: "changed", id: context.id(.ci, row.publicId), changed: fields, problems: []))
      case .unchanged(let row):
        same.append(row.id)
        lines.append(Output.Line(line: line, outcome: "unchanged", id: context.id(.ci, row.publicId), changed: [], problems: []))
      case .refused(let problems):
        let told = Array(problems.prefix(room))
        room -= told.count
        lines.append(Output.Line(line: line, outcome: "refused", id: nil, changed: [], problems: told))
      }
    }
    if isWritten {
      try await insert(new, in: context)
      try await update(changed, in: context)
      if input.confirm, !same.isEmpty { _ = try await context.transaction.query(ConfirmCis(tenant: context.tenant.id, ids: same, now: context.now)) }
    }
    context.subject(context.tenant.publicId)
    return Output(customer: context.tenant.publicId, isWritten: isWritten, lines: lines)
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
    let lines = input.lines
    let known = try await input.match.rows(Set(lines.compactMap { $0.key(input.match) }).sorted(), of: tenant, context.transaction)
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
    book.known = Dictionary(grouping: known) { row in
      switch input.match {
      case .serial: MatchKey.of(row.content.serial ?? "")
      case .tag: MatchKey.of(row.content.assetTag ?? "")
      case .name: row.nameKey
      }
    }
    book.setsCosts = context.setsCosts
    return book
  }
}
