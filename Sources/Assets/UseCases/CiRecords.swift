import Kernel
import Operations

/// A configuration item as it is told.
package struct CiOutput: OperationOutput {
  let id: PublicId
  let owner: PublicId?
  let unit: PublicId?
  /// Nil: there is none, or it is not for the caller.
  let cost: Money?
  let row: CiRow

  init(_ row: CiRow, in context: OperationContext) {
    id = context.id(.ci, row.publicId)
    owner = row.content.owner.map { context.id(.person, $0.bits) }
    unit = row.content.unit.map { context.id(.unit, $0.bits) }
    cost = context.seesCosts ? row.content.cost : nil
    self.row = row
  }

  package static let fields: [OutputField<CiOutput>] = facts { $0 }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> CiOutput) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The CI.", "配置项编号。") { .id(of($0).id) },
      OutputField("name", .text, "What it is called.", "名称。") { .text(of($0).row.content.name) },
      OutputField("type", .text, "The code of its type.", "类型代码。") { .text(of($0).row.typeCode) },
      OutputField("typeName", .document, "The type's name by language.", "类型名称（按语言）。") { of($0).row.typeNames.value ?? .null },
      OutputField(
        "state", .text, "planned, ordered, in_stock, in_use, under_maintenance, retired or disposed.",
        "状态：planned（计划中）、ordered（已订购）、in_stock（库存）、in_use（使用中）、under_maintenance（维修中）、retired（已退役）或 disposed（已处置）。"
      ) { .text(of($0).row.content.state.rawValue) },
      OutputField("owner", .id, "The person of the customer who answers for it.", "客户方责任人。") { .id(of($0).owner) },
      OutputField("unit", .id, "The site or department where it is.", "所在站点或部门。") { .id(of($0).unit) },
      OutputField("ciTier", .text, "How critical it is.", "配置项等级。") { .text(of($0).row.content.tier) },
      OutputField("service", .text, "The code of the catalogue's service that it belongs to.", "所属目录服务的代码。") { record in
        .text(of(record).row.content.service.flatMap { $0.code.isEmpty ? nil : $0.code })
      },
      OutputField("serial", .text, "Its serial number.", "序列号。") { .text(of($0).row.content.serial) },
      OutputField("assetTag", .text, "Its asset tag.", "资产标签。") { .text(of($0).row.content.assetTag) },
      OutputField("warrantyUntil", .date, "The last day of its warranty.", "保修截止日。") { .date(of($0).row.content.warrantyUntil) },
      OutputField("cost", .decimal, "What it cost; null also for those who may not see costs.", "成本；无权查看成本者亦为 null。") { record in
        of(record).cost.map { Value.decimal($0.amount) } ?? .null
      },
      OutputField("currency", .text, "The currency of the cost.", "成本货币。") { .text(of($0).cost?.currency.code) },
      OutputField("attributes", .document, "By the keys of its type's attributes.", "按类型属性键的值。") { of($0).row.content.attributeValue },
      OutputField(
        "typeRevision", .integer,
        "The revision of its type by which its attributes were checked when they were last told anew (ci_type.read tells it); null: that was before it was kept.",
        "属性最近一次更新时据以校验的类型修订号（ci_type.read 可查看）；null 表示此前未记录。"
      ) { .integer(of($0).row.content.typeRevision) },
      OutputField("confirmedAt", .instant, "When somebody last saw that it is as it says here.", "最近一次确认无误的时间。") { .instant(of($0).row.confirmedAt) },
      OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant(of($0).row.recordedAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(of($0).row.version) },
    ]
  }
}

/// A CI with what covers it and what is wrong with its attributes.
package struct CiDetail: OperationOutput {
  let ci: CiOutput
  let coverage: [Coverage]
  let findings: [Failure.Violation]

  package struct Coverage: OperationOutput {
    let line: PublicId?
    let found: CoverageOfCi.Found

    package static let fields: [OutputField<Coverage>] = [
      OutputField("line", .id, "The contract line; null: none from that day on.", "合同行；null 表示自该日起无覆盖。") { .id($0.line) },
      OutputField("lineName", .text, "What the line is called.", "合同行名称。") { .text($0.found.lineName) },
      OutputField("validFrom", .date, "The first day; it ends where the next one begins.", "起始日；至下一条开始为止。") { .date($0.found.validFrom) },
      OutputField(
        "inForce", .boolean, "Whether the line is in force now, and its contract with it; null: there is no line.",
        "该合同行及其合同当前是否生效；null 表示无合同行。"
      ) { .bool($0.found.inForce) },
    ]
  }

  package static let fields: [OutputField<CiDetail>] =
    CiOutput.facts { $0.ci } + [
      OutputField(
        "coverage", listOf: Coverage.self, "The contract lines that cover it, the newest first; none for those who may not read contracts.",
        "覆盖该配置项的合同行，最新在前；无权查看合同者为空。"
      ) { $0.coverage },
      OutputField(
        "findings", .list(.document),
        "Attributes that are missing, not as the newest version of the type wants them, or not known to it: key, English, Chinese.",
        "缺失、不符合类型最新版本要求或其中已不存在的属性：键、英文、中文。"
      ) { .array($0.findings.map { $0.told("attribute") }) },
    ]
}

extension Failure.Violation {
  /// A violation as a part of a report: where, and why in both languages.
  func told(_ place: String) -> Value {
    .object([
      Value.Member(place, .text(path)), Value.Member("english", .text(message.text(.english, arguments))),
      Value.Member("chinese", .text(message.text(.chinese, arguments))),
    ])
  }
}

package struct CiReference: OperationInput, NamesRecord {
  let id: PublicId

  package static let id = Field.id("id", .ci, "The CI.", "配置项编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

/// A page of what belongs to a CI.
package typealias PageOfCi = PageOf<CiReference>

package enum ReadCi: Operation {
  package typealias Input = CiReference

  package static let declaration = Declaration(
    "ci.read", "Read a configuration item with what covers it.", zh: "查看配置项及其合同覆盖。", roles: AssetRights.everyone,
    scopes: AssetRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiDetail { try await context.ciDetail(input.id) }
}

package enum ListCis: Operation {
  package struct Input: OperationInput {
    let type: String?
    let state: String?
    let tier: String?
    let owner: PublicId?
    let unit: PublicId?
    let text: String?
    let warrantyBefore: CalendarDate?
    let limit: Int64?
    let cursor: String?

    private static let type = Field.text("type", 1...40, "Only those of this type, by its code.", "仅限此类型（代码）。").optional
    private static let state = Field.oneOf("state", CiState.allCases.map(\.rawValue), "Only those in this state.", "仅限此状态。").optional
    private static let tier = Field.text("ciTier", 1...32, "Only those of this tier.", "仅限此等级。").optional
    private static let owner = Field.id("owner", .person, "Only those for which this person answers.", "仅限此责任人。").optional
    private static let unit = Field.id("unit", .unit, "Only those at this site or department.", "仅限此站点或部门。").optional
    private static let text = Field.text("text", 1...200, "A part of the name, serial number or asset tag.", "名称、序列号或资产标签的一部分。").optional
    private static let warrantyBefore = Field.date(
      "warrantyBefore",
      "Only those whose warranty ends before this day, the earliest end first; without a state neither what is retired nor what is disposed of.",
      "仅限保修截止日早于此日的配置项，最早到期的在前；未指定状态时不含已退役和已处置的。"
    ).optional

    package static let fields: [any InputField] = [
      CustomerReference.field, type, state, tier, owner, unit, text, warrantyBefore, Paging.limit, Paging.cursor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      type = try values[Self.type]
      state = try values[Self.state]
      tier = try values[Self.tier]
      owner = try values[Self.owner]
      unit = try values[Self.unit]
      text = try values[Self.text]
      warrantyBefore = try values[Self.warrantyBefore]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor belongs to.
    var filterText: String {
      [type, state, tier, owner?.description, unit?.description, text, warrantyBefore?.description].map { $0 ?? "" }.joined(separator: "\u{1f}")
    }

    /// Behind which row the page begins.
    func place(_ after: PageCursor?) throws -> CiPage.Place {
      guard let before = warrantyBefore else { return .name(try after?.text(0) ?? "", id: try after?.integer(1) ?? .min) }
      let day = try after.map { CalendarDate(daysSinceEpoch: try $0.integer(0)) }
      return .warranty(day, id: try after?.integer(1) ?? .min, before: before)
    }

    func cursor(behind row: CiRow) -> PageCursor {
      let order: Value = warrantyBefore == nil ? .text(row.nameKey) : .integer(row.content.warrantyUntil?.daysSinceEpoch ?? 0)
      return PageCursor([order, .integer(row.id)])
    }
  }

  package static let declaration = Declaration(
    "ci.list", "List a customer's configuration items by name, or by the end of their warranties.", zh: "按名称或保修截止日列出客户的配置项。", permission: "ci.read",
    roles: AssetRights.everyone,
    scopes: AssetRights.everyScope, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CiOutput> {
    var filter = CiFilter(state: input.state, tier: input.tier, text: input.text.map(MatchKey.of))
    if let code = input.type { filter.type = try await context.type(code, path: "type").id }
    if let owner = input.owner { filter.owner = try await context.person(owner, "owner", withLeft: true).id }
    if let unit = input.unit { filter.unit = try await context.unit(unit, "unit") }
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let page = CiPage(
      tenant: context.tenant.id, scope: context.access.rows, after: try input.place(after), filter: filter, limit: limit + 1)
    let rows = try await page.rows(context.transaction)
    return context.listing(rows, limit: limit, filter: input.filterText) {
      input.cursor(behind: $0)
    } element: {
      CiOutput($0, in: context)
    }
  }
}

package enum CiHistory: Operation {
  package typealias Input = PageOfCi

  package struct Entry: OperationOutput {
    let row: ChangesOfCi.Found
    /// The provider's people are named to one another.
    let showsActor: Bool

    package static let fields: [OutputField<Entry>] = [
      OutputField("at", .instant, "When it was changed.", "变更时间。") { .instant($0.row.recordedAt) },
      OutputField(
        "version", .integer, "The version of the CI that the change made; null: it was done at the other end of a relation.", "变更产生的版本号；null 表示在关系的另一端进行的变更。"
      ) {
        .integer($0.row.seq)
      },
      OutputField("field", .text, "The field; attributes.KEY for an attribute.", "字段；属性为 attributes.键。") { .text($0.row.change.field) },
      OutputField("was", .document, "What it held before; null: nothing.", "变更前的值；无则为 null。") { $0.row.change.was },
      OutputField("became", .document, "What it held then; null: nothing.", "变更后的值；无则为 null。") { $0.row.change.became },
      OutputField("actorKind", .text, "staff, customer, service, operator or system.", "操作者类别：staff、customer、service、operator 或 system。") {
        .text($0.row.actorKind)
      },
      OutputField("actorName", .text, "Who; null for the customer's own people.", "操作者；对客户方人员为 null。") { .text($0.showsActor ? $0.row.actorName : nil) },
      OutputField("via", .text, "By which interface.", "操作途径。") { .text($0.row.via) },
    ]
  }

  package static let declaration = Declaration(
    "ci.history", "List what changed of a configuration item, field by field, the newest first.", zh: "逐字段列出配置项的变更，最新在前。",
    roles: AssetRights.staffAndCustomerManager, scopes: AssetRights.wholeCustomer, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let row = try await context.ci(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ChangesOfCi(
        tenant: context.tenant.id, ci: row.id, withCost: context.seesCosts, before: try after?.integer(0) ?? .max, limit: limit + 1))
    // A customer's people do not see every service of the catalogue.
    let isStaff = context.principal.side == .staff
    let told = rows.filter { !isStaff && $0.change.field == "service" }.flatMap { [$0.change.was.text, $0.change.became.text] }
    let codes = Set(told.compactMap { $0 })
    let shown = try await context.transaction.query(ServicesOfCodes(codes: codes.sorted(), tenant: context.tenant.id))
    let hidden = codes.subtracting(shown.map(\.code))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      Entry(row: $0.hiding(hidden), showsActor: isStaff)
    }
  }
}
