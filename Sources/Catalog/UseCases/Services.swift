import Kernel
import Operations

package struct ServiceOutput: OperationOutput {
  let line: ServiceLine
  let needs: [NeededOutput]

  package struct NeededOutput: OperationOutput {
    let id: PublicId
    let code: String

    package static let fields: [OutputField<NeededOutput>] = [
      OutputField("id", .id, "The service.", "服务。") { .id($0.id) },
      OutputField("code", .text, "Its code.", "代码。") { .text($0.code) },
    ]
  }

  init(_ row: ServiceRow, needs: [Dependencies.Found], in context: OperationContext) {
    line = ServiceLine(row, in: context)
    self.needs = needs.map { NeededOutput(id: context.id(.service, $0.needsPublicId), code: $0.needsCode) }
  }

  package static let fields: [OutputField<ServiceOutput>] =
    ServiceLine.facts { $0.line } + [
      OutputField("needs", listOf: NeededOutput.self, "The services that it depends on; for staff.", "所依赖的服务（仅服务商人员可见）。") { $0.needs }
    ]
}

/// A service in a listing. How it is planned and kept is the provider's own: a customer is not told.
package struct ServiceLine: OperationOutput {
  let id: PublicId
  let family: PublicId
  let row: ServiceRow
  let today: CalendarDate
  let isForStaff: Bool

  init(_ row: ServiceRow, in context: OperationContext) {
    id = context.id(.service, row.publicId)
    family = context.id(.serviceFamily, row.familyPublicId)
    self.row = row
    today = context.today
    isForStaff = context.tellsProvidersOwn
  }

  package static let fields: [OutputField<ServiceLine>] = facts { $0 }

  private var life: ServiceLife { row.content.life }

  private func forStaff(_ value: Value) -> Value { isForStaff ? value : .null }

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> ServiceLine) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The service.", "服务编号。") { .id(of($0).id) },
      OutputField("code", .text, "Its code, unique.", "代码，不可重复。") { .text(of($0).row.code) },
      OutputField("family", .id, "Its family.", "所属服务族。") { .id(of($0).family) },
      OutputField("familyCode", .text, "The family's code.", "服务族代码。") { .text(of($0).row.familyCode) },
      OutputField("familyName", .document, "The family's name by language.", "服务族名称（按语言）。") { of($0).row.familyName.value ?? .null },
      OutputField("name", .document, "Its name by language.", "名称（按语言）。") { of($0).row.content.name.value ?? .null },
      OutputField("summary", .document, "What it is, by language.", "说明（按语言）。") { of($0).row.content.summary?.value ?? .null },
      OutputField("mode", .text, "support, managed or designed.", "模式：support（支持型）、managed（托管型）或 designed（设计型）。") {
        .text(of($0).row.content.mode.rawValue)
      },
      OutputField("owner", .document, "The position that answers for it, by language.", "服务负责岗位（按语言）。") { of($0).row.content.owner.value ?? .null },
      OutputField("state", .text, "Where it stands today: pipeline, catalogue or retired.", "当前状态：pipeline（规划中）、catalogue（在目录中）或 retired（已退役）。") {
        .text(of($0).life.state(on: of($0).today).rawValue)
      },
      OutputField(
        "entersOn", .date, "In the catalogue from this day on, which lies ahead; null: nobody announced it, or it has entered.", "列入目录的日期（尚未到来）；未公布或已列入则为 null。"
      ) {
        of($0).forStaff(.date(of($0).life.announced(.operation, on: of($0).today)))
      },
      OutputField("retiresOn", .date, "Retires on this day, which lies ahead; null: nobody announced it, or it has retired.", "退役日期（尚未到来）；未公布或已退役则为 null。") {
        .date(of($0).life.announced(.retirement, on: of($0).today))
      },
      OutputField("stage", .text, "The stage of its life; for staff.", "生命周期阶段（仅服务商人员可见）。") {
        of($0).forStaff(.text(of($0).life.stage(on: of($0).today)?.rawValue))
      },
      OutputField("stages", .document, "The days on which its stages begin; for staff.", "各阶段的开始日期（仅服务商人员可见）。") { of($0).forStaff(of($0).life.value) },
      OutputField("onlyFor", .id, "The one customer that it was designed for; null: it is for all. For staff.", "仅供该客户使用；null 表示所有客户（仅服务商人员可见）。") {
        of($0).forStaff(.id(of($0).row.onlyFor))
      },
      OutputField("recordedAt", .instant, "When it was recorded; for staff.", "登记时间（仅服务商人员可见）。") { of($0).forStaff(.instant(of($0).row.recordedAt)) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(of($0).row.version) },
    ]
  }
}

package struct ServiceReference: OperationInput {
  let id: PublicId

  static let id = Field.id("id", .service, "The service.", "服务编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

/// The days on which stages begin, as an input gives them.
struct StageDays: OperationInput, Hashable {
  let days: [ServiceStage: CalendarDate]

  private static let stages = ServiceStage.allCases.map { stage in
    (stage, Field.date(stage.rawValue, "The day on which this stage begins; one ahead announces it.", "该阶段的开始日期；将来的日期即为预告。").optional)
  }

  static let fields: [any InputField] = stages.map { $0.1 }

  init(_ values: InputValues) throws(FieldError) {
    var days: [ServiceStage: CalendarDate] = [:]
    for (stage, field) in Self.stages { days[stage] = try values[field] }
    guard !days.isEmpty else { throw FieldError("requirements", CatalogMessages.needsStage) }
    self.days = days
  }
}

enum ServiceFields {
  static let family = Field.id("family", .serviceFamily, "Its family.", "所属服务族。")
  static let mode = Field.oneOf(
    "mode", ServiceMode.allCases.map(\.rawValue), "Whether the provider helps, runs it, or makes it for the customer.",
    "模式：support 支持型、managed 托管型、designed 设计型。")
  static let owner = Field.localText("owner", 1...120, "The position that answers for it: persons come and go.", "服务负责岗位。")
  static let stages = Field<StageDays>.object(
    "stages", "The days on which the stages of its life begin: one has begun at least, others may be announced.", "生命周期各阶段的开始日期：至少一个已开始，其余可为预告。")
}

package enum CreateService: Operation {
  package struct Input: OperationInput {
    let code: String
    let family: PublicId
    let name: LocalText
    let summary: LocalText?
    let mode: String
    let owner: LocalText
    let stages: StageDays
    let onlyFor: PublicId?

    private static let onlyFor = Field.id(
      "onlyFor", .customer, "The one customer that it is designed for, fixed for good; left out: it is for all.", "专为该客户设计，登记后不可更改；不填则适用于所有客户。"
    ).optional

    package static let fields: [any InputField] = [
      CatalogFields.code, ServiceFields.family, CatalogFields.name, CatalogFields.summary.optional, ServiceFields.mode, ServiceFields.owner,
      ServiceFields.stages, onlyFor,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[CatalogFields.code]
      family = try values[ServiceFields.family]
      name = try values[CatalogFields.name]
      summary = try values[CatalogFields.summary.optional]
      mode = try values[ServiceFields.mode]
      owner = try values[ServiceFields.owner]
      stages = try values[ServiceFields.stages]
      onlyFor = try values[Self.onlyFor]
    }
  }

  package static let declaration = Declaration(
    "service.create", "Record a service, in the pipeline or where else it stands.", zh: "登记服务（规划中或其他阶段）。", permission: "catalogue.manage",
    roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    let code = try CatalogRule.code(input.code)
    guard let family = try await context.transaction.first(FamilyByPublicId(publicId: input.family)) else { throw context.unknownReference("family") }
    let life = ServiceLife(input.stages.days)
    try CatalogRule.requireOrder(life, after: nil, today: context.today) { "stages.\($0.rawValue)" }
    let content = ServiceContent(
      family: family.id, name: input.name, summary: input.summary, mode: ServiceMode(rawValue: input.mode) ?? .support, owner: input.owner, life: life)
    let onlyFor = try await context.customer(input.onlyFor, "onlyFor")
    let (_, id) = try await context.insertService(code, content, onlyFor: onlyFor)
    return try await context.serviceOutput(id)
  }
}

package enum ReadService: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    package static let fields: [any InputField] = [ServiceReference.id, CustomerReference.field]

    package init(_ values: InputValues) throws(FieldError) { id = try values[ServiceReference.id] }
  }

  package static let declaration = Declaration(
    "service.read", "Read a service; a customer, one that its contracts in force sell it.", zh: "查看服务；客户仅可查看其生效合同所售的服务。", roles: CatalogRights.readers,
    scopes: CatalogRights.everyScope, reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    guard context.tenant.kind == .customer else { return try await context.serviceOutput(input.id) }
    context.subject(input.id)
    guard let row = try await context.servicesSold(only: input.id, after: "", limit: 1).first else { throw Failure.notFound }
    return ServiceOutput(row, needs: [], in: context)
  }
}

package enum ListServices: Operation {
  package struct Input: OperationInput {
    let state: String?
    let family: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", PortfolioState.allCases.map(\.rawValue), "Only those in this part of the portfolio.", "仅限此状态：pipeline 规划中、catalogue 在目录中、retired 已退役。"
    ).optional

    package static let fields: [any InputField] = [CustomerReference.field, state, ServiceFields.family.optional, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      family = try values[ServiceFields.family.optional]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "service.list", "List the service portfolio by code; for a customer, what its contracts in force sell to the caller or to those whom he may see.",
    zh: "按代码列出服务组合；对客户仅列出其生效合同售予调用者（或其可见人员）的服务。", permission: "service.read", roles: CatalogRights.readers,
    scopes: CatalogRights.everyScope, reach: .homeOr(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ServiceLine> {
    let family = try await input.family.asyncMap { id in
      guard let row = try await context.transaction.first(FamilyByPublicId(publicId: id)) else { throw context.unknownReference("family") }
      return row.id
    }
    let filter = "\(context.tenant.publicId)/\(input.state ?? "")/\(input.family?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let (state, code) = (input.state.flatMap(PortfolioState.init), try after?.text(0) ?? "")
    let rows =
      try await context.tenant.kind == .customer
      ? context.servicesSold(family: family, state: state, after: code, limit: limit + 1)
      : context.transaction.query(
        ServicesByCode(
          today: context.today, customers: context.reachableCustomers, state: state, family: family, after: code, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.code)])
    } element: {
      ServiceLine($0, in: context)
    }
  }
}

extension Optional where Wrapped: Sendable {
  func asyncMap<T>(_ transform: (Wrapped) async throws -> T) async rethrows -> T? {
    guard let self else { return nil }
    return try await transform(self)
  }
}

extension OperationContext {
  /// The services that the lines of the customer sell.
  fileprivate func servicesSold(
    only id: PublicId? = nil, family: Int64? = nil, state: PortfolioState? = nil, after: String, limit: Int64
  ) async throws -> [ServiceRow] {
    try await transaction.query(
      ServicesSold(today: today, tenant: tenant.id, sold: try await sold(), publicId: id, family: family, state: state, after: after, limit: limit))
  }

  /// - Parameter onlyFor: the one customer that it is for; nil: it is for all.
  func insertService(_ code: String, _ content: ServiceContent, onlyFor: TenantId?) async throws -> (row: Int64, id: PublicId) {
    let id = newId(.service)
    let inserted = try await transaction.first(
      InsertService(publicId: id, code: code, now: now, state: content.life.state(on: today), onlyFor: onlyFor, content: content))
    guard let row = inserted else { throw beaten }
    note("service", row, 1, "created", .object(["service": .id(id), "stages": content.life.value]))
    return (row, id)
  }

  /// - Parameter what: the event: changed, advanced, redated.
  func update(_ row: ServiceRow, _ content: ServiceContent, _ what: String) async throws {
    let updated = try await transaction.first(
      UpdateService(id: row.id, version: try await noteDays(of: row), state: content.life.state(on: today), content: content))
    guard let version = updated else { throw beaten }
    let was = Value.members([
      ("name", row.content.name.value), ("summary", row.content.summary?.value), ("mode", .text(row.content.mode.rawValue)),
      ("owner", row.content.owner.value), ("family", .id(id(.serviceFamily, row.familyPublicId))), ("stages", row.content.life.value),
    ])
    note("service", row.id, version, what, .object(["service": .id(id(.service, row.publicId)), "was": was, "stages": content.life.value]))
  }

  /// A service that an input names.
  func service(_ id: PublicId, path: String = "id") async throws -> ServiceRow {
    guard let row = try await transaction.first(ServiceByPublicId(publicId: id, customers: reachableCustomers)) else {
      throw path == "id" ? Failure.notFound : unknownReference(path)
    }
    return row
  }

  func serviceOutput(_ id: PublicId) async throws -> ServiceOutput {
    subject(id)
    let row = try await service(id)
    return ServiceOutput(row, needs: try await transaction.query(Dependencies(service: row.id, customers: reachableCustomers)), in: self)
  }
}
