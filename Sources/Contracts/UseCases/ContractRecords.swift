import Kernel
import Operations

/// A line as it is asked for.
package struct LineInput: OperationInput {
  let name: String
  let sla: PublicId
  let unit: PublicId?
  let monthlyFee: String?

  static let name = Field.text("name", 1...200, "What the line sells.", "合同行所售服务。")
  static let sla = Field.id("sla", .sla, "The SLA that it promises.", "所承诺的 SLA。")
  static let unit = Field.id("unit", .unit, "The site or department that it is for; left out: the whole customer.", "适用的站点或部门；不填则为整个客户。")
  static let monthlyFee = Field.amount("monthlyFee", "Its fee per month, in the contract's currency.", "月费，以合同货币计。")

  package static let fields: [any InputField] = [name, sla, unit.optional, monthlyFee.optional]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    sla = try values[Self.sla]
    unit = try values[Self.unit.optional]
    monthlyFee = try values[Self.monthlyFee.optional]
  }
}

package struct LineOutput: OperationOutput {
  let id: PublicId
  let contract: PublicId
  let sla: PublicId
  let unit: PublicId?
  let row: LineRow
  let targets: [TargetOutput]

  package static let fields: [OutputField<LineOutput>] = [
    OutputField("id", .id, "The line.", "合同行编号。") { .id($0.id) },
    OutputField("contract", .id, "Its contract.", "所属合同。") { .id($0.contract) },
    OutputField("name", .text, "What it sells.", "合同行所售服务。") { .text($0.row.name) },
    OutputField("state", .text, "active or ended.", "状态：active（有效）或 ended（已终止）。") { .text($0.row.state.rawValue) },
    OutputField("sla", .id, "The SLA that it promises.", "所承诺的 SLA。") { .id($0.sla) },
    OutputField("slaName", .text, "The SLA's name.", "SLA 名称。") { .text($0.row.slaName) },
    OutputField("targets", listOf: TargetOutput.self, "What is promised, as of the same instant.", "同一时刻的服务级别目标。") { $0.targets },
    OutputField("unit", .id, "The site or department that it is for; null: the whole customer.", "适用的站点或部门；null 表示整个客户。") { .id($0.unit) },
    OutputField("monthlyFee", .decimal, "Its fee per month; null where none is agreed.", "月费；未约定则为 null。") { output in
      guard let fee = output.row.monthlyFee, let currency = Currency(code: output.row.currency) else { return .null }
      return .decimal(Money(minorUnits: fee, currency: currency).amount)
    },
    OutputField("currency", .text, "The fee's currency.", "月费的货币。") { .text($0.row.currency) },
    OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant($0.row.validFrom) },
    OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]

  /// Reads the targets of the rows in one round trip.
  static func outputs(_ rows: [LineRow], in context: OperationContext) async throws -> [LineOutput] {
    let versions = Set(rows.compactMap(\.slaVersion))
    let targets = versions.isEmpty ? [] : try await context.transaction.query(TargetsOfSlaVersions(slaVersions: versions.sorted()))
    return rows.map { row in
      LineOutput(
        id: context.id(.contractLine, row.publicId), contract: context.id(.contract, row.contract), sla: context.id(.sla, row.sla),
        unit: row.unit.map { context.id(.unit, $0) }, row: row,
        targets: targets.filter { $0.slaVersion == row.slaVersion }.map { TargetOutput($0, in: context) })
    }
  }
}

/// A contract in one of its versions, without its lines.
package struct ContractSummary: OperationOutput {
  let contract: ContractFacts

  package static let fields: [OutputField<ContractSummary>] = ContractFacts.fields { $0.contract }
}

/// A contract in one of its versions, with its lines.
package struct ContractOutput: OperationOutput {
  let contract: ContractFacts
  let lines: [LineOutput]

  package static let fields: [OutputField<ContractOutput>] =
    ContractFacts.fields { $0.contract } + [
      OutputField(
        "lines", listOf: LineOutput.self, "Its lines as of the same instant, at most 200; contract_line.list has all.",
        "同一时刻的合同行，至多 200 行；全部见 contract_line.list。"
      ) {
        $0.lines
      }
    ]
}

struct ContractFacts: Sendable {
  let id: PublicId
  let customer: PublicId
  let number: String
  let row: ContractRow
  let asOf: Instant

  init(_ row: ContractRow, asOf: Instant, in context: OperationContext) {
    id = context.id(.contract, row.publicId)
    customer = context.tenant.publicId
    number = "\(context.tenant.code)-CON-\(pad(row.number, 6))"
    self.row = row
    self.asOf = asOf
  }

  /// Whether its lines count at that instant.
  var isInForce: Bool { row.state == .active && row.startsAt <= asOf && (row.endsAt.map { asOf < $0 } ?? true) }

  static func fields<Record>(_ facts: @escaping @Sendable (Record) -> ContractFacts) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The contract.", "合同编号。") { .id(facts($0).id) },
      OutputField("number", .text, "Its number for people.", "合同号。") { .text(facts($0).number) },
      OutputField("customer", .id, "The customer.", "客户。") { .id(facts($0).customer) },
      OutputField("name", .text, "Its name.", "名称。") { .text(facts($0).row.name) },
      OutputField("state", .text, "draft, active, suspended or ended.", "状态：draft（草稿）、active（有效）、suspended（暂停）或 ended（终止）。") {
        .text(facts($0).row.state.rawValue)
      },
      OutputField("inForce", .boolean, "Whether it is active and within its term as of the instant.", "在该时刻是否有效且在期限内。") { .bool(facts($0).isInForce) },
      OutputField("currency", .text, "The currency of its fees.", "费用货币。") { .text(facts($0).row.currency) },
      OutputField("zone", .text, "The zone in which its days and months are counted.", "按此时区计算日与月。") { .text(facts($0).row.zone) },
      OutputField("startsAt", .instant, "When its term begins.", "合同期限开始时间。") { .instant(facts($0).row.startsAt) },
      OutputField("endsAt", .instant, "The first instant after its term; null: open-ended.", "合同期限结束时间（不含）；null 表示无固定期限。") { .instant(facts($0).row.endsAt) },
      OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant(facts($0).row.validFrom) },
      OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant(facts($0).row.recordedAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(facts($0).row.version) },
    ]
  }
}

extension OperationContext {
  /// A contract as of an instant, with its lines.
  func contractOutput(_ id: PublicId, at: Instant) async throws -> ContractOutput {
    guard let row = try await transaction.first(ContractAt(tenant: tenant.id, publicId: id, at: at)) else { throw Failure.notFound }
    let lines = try await transaction.query(LinesAt(tenant: tenant.id, at: at, contract: row.id, afterId: 0, limit: 200))
    return ContractOutput(contract: ContractFacts(row, asOf: at, in: self), lines: try await LineOutput.outputs(lines, in: self))
  }

  func lineOutput(_ id: PublicId, at: Instant) async throws -> LineOutput {
    guard let row = try await transaction.first(LineAt(tenant: tenant.id, publicId: id, at: at)),
      let output = try await LineOutput.outputs([row], in: self).first
    else { throw Failure.notFound }
    return output
  }

  /// A line's references and fee, checked; `path` leads to the line in the input.
  func lineContent(_ inputs: [LineInput], _ currency: Currency, path: (Int) -> String) async throws -> [LineContent] {
    let (slas, units) = try await transaction.query(
      SlasOfIds(publicIds: inputs.map(\.sla), tenant: tenant.id), UnitsOfIds(tenant: tenant.id, publicIds: inputs.compactMap(\.unit)))
    let slaIds = Dictionary(slas.map { ($0.publicId, $0.id) }) { first, _ in first }
    let unitIds = Dictionary(units.map { ($0.publicId, $0.id) }) { first, _ in first }
    var contents: [LineContent] = []
    for (index, input) in inputs.enumerated() {
      guard let sla = slaIds[input.sla.random] else { throw unknownReference(path(index) + "sla") }
      var unit: Int64?
      if let wanted = input.unit {
        unit = unitIds[wanted.random]
        guard unit != nil else { throw unknownReference(path(index) + "unit") }
      }
      let fee = try input.monthlyFee.map { text throws(Failure) in try ContractRule.fee(text, currency, path: path(index) + "monthlyFee") }
      contents.append(LineContent(name: input.name, sla: sla, unit: unit, monthlyFee: fee))
    }
    return contents
  }

  /// Makes a line with its first version.
  func insertLine(_ content: LineContent, contract: Int64, contractId: PublicId, validFrom: Instant) async throws -> PublicId {
    let id = newId(.contractLine)
    guard let line = try await transaction.first(InsertLine(tenant: tenant.id, publicId: id, contract: contract, now: now)) else { throw Failure.notFound }
    transaction.enqueue(content.version(tenant: tenant.id, line: line, validFrom: validFrom, state: .active, now: now))
    record(
      Event(
        subjectKind: "contract_line", subject: line, seq: 1, type: "contract_line.added",
        payload: .object(["contract": .id(contractId), "line": .id(id), "validFrom": .instant(validFrom)]), occurredAt: now))
    return id
  }
}

/// What a line version holds.
struct LineContent: Sendable {
  let name: String
  let sla: Int64
  let unit: Int64?
  let monthlyFee: Int64?

  func version(tenant: TenantId, line: Int64, validFrom: Instant, state: LineState, now: Instant) -> InsertLineVersion {
    InsertLineVersion(
      tenant: tenant, line: line, validFrom: validFrom, name: name, state: state, sla: sla, unit: unit, monthlyFee: monthlyFee, now: now)
  }
}
