import Kernel
import Operations

package struct ServiceOutput: OperationOutput {
  let id: PublicId
  let family: PublicId
  let row: ServiceRow
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
    id = context.id(.service, row.publicId)
    family = context.id(.serviceFamily, row.familyPublicId)
    self.row = row
    self.needs = needs.map { NeededOutput(id: context.id(.service, $0.needsPublicId), code: $0.needsCode) }
  }

  package static let fields: [OutputField<ServiceOutput>] =
    ServiceOutput.facts { ($0.id, $0.family, $0.row) } + [
      OutputField("needs", listOf: NeededOutput.self, "The services that it depends on.", "所依赖的服务。") { $0.needs }
    ]

  static func facts<Record>(_ of: @escaping @Sendable (Record) -> (id: PublicId, family: PublicId, row: ServiceRow)) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The service.", "服务编号。") { .id(of($0).id) },
      OutputField("code", .text, "Its code, unique.", "代码，不可重复。") { .text(of($0).row.code) },
      OutputField("family", .id, "Its family.", "所属服务族。") { .id(of($0).family) },
      OutputField("familyCode", .text, "The family's code.", "服务族代码。") { .text(of($0).row.familyCode) },
      OutputField("name", .document, "Its name by language.", "名称（按语言）。") { of($0).row.content.name.value ?? .null },
      OutputField("summary", .document, "What it is, by language.", "说明（按语言）。") { of($0).row.content.summary?.value ?? .null },
      OutputField("mode", .text, "support, managed or designed.", "模式：support（支持型）、managed（托管型）或 designed（设计型）。") {
        .text(of($0).row.content.mode.rawValue)
      },
      OutputField("owner", .document, "The position that answers for it, by language.", "服务负责岗位（按语言）。") { of($0).row.content.owner.value ?? .null },
      OutputField("state", .text, "pipeline, catalogue or retired.", "状态：pipeline（规划中）、catalogue（在目录中）或 retired（已退役）。") {
        .text(of($0).row.state.rawValue)
      },
      OutputField("stage", .text, "The stage of its life.", "生命周期阶段。") { .text(of($0).row.content.life.stage.rawValue) },
      OutputField("stages", .document, "The days on which its stages began.", "各阶段的开始日期。") { of($0).row.content.life.value },
      OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant(of($0).row.recordedAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(of($0).row.version) },
    ]
  }
}

/// A service in a listing.
package struct ServiceLine: OperationOutput {
  let id: PublicId
  let family: PublicId
  let row: ServiceRow

  init(_ row: ServiceRow, in context: OperationContext) {
    id = context.id(.service, row.publicId)
    family = context.id(.serviceFamily, row.familyPublicId)
    self.row = row
  }

  package static let fields: [OutputField<ServiceLine>] = ServiceOutput.facts { ($0.id, $0.family, $0.row) }
}

package struct ServiceReference: OperationInput {
  let id: PublicId

  static let id = Field.id("id", .service, "The service.", "服务编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

/// The days on which stages began, as an input gives them.
struct StageDays: OperationInput, Hashable {
  let days: [ServiceStage: CalendarDate]

  private static let stages = ServiceStage.allCases.map { stage in
    (stage, Field.date(stage.rawValue, "The day on which this stage began.", "该阶段的开始日期。").optional)
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
  static let stages = Field<StageDays>.object("stages", "The days on which the stages of its life began.", "生命周期各阶段的开始日期。")
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

    package static let fields: [any InputField] = [
      CatalogFields.code, ServiceFields.family, CatalogFields.name, CatalogFields.summary.optional, ServiceFields.mode, ServiceFields.owner,
      ServiceFields.stages,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[CatalogFields.code]
      family = try values[ServiceFields.family]
      name = try values[CatalogFields.name]
      summary = try values[CatalogFields.summary.optional]
      mode = try values[ServiceFields.mode]
      owner = try values[ServiceFields.owner]
      stages = try values[ServiceFields.stages]
    }
  }

  package static let declaration = Declaration(
    "service.create", "Record a service, in the pipeline or where else it stands.", zh: "登记服务（规划中或其他阶段）。", permission: "catalogue.manage",
    roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    let code = try CatalogRule.code(input.code)
    guard let family = try await context.transaction.first(FamilyByPublicId(publicId: input.family)) else { throw context.unknownReference("family") }
    let life = ServiceLife(input.stages.days)
    try CatalogRule.requireOrder(life, now: context.now) { "stages.\($0.rawValue)" }
    let content = ServiceContent(
      family: family.id, name: input.name, summary: input.summary, mode: ServiceMode(rawValue: input.mode) ?? .support, owner: input.owner, life: life)
    let (_, id) = try await context.insertService(code, content)
    return try await context.serviceOutput(id)
  }
}

package enum ReadService: Operation {
  package typealias Input = ServiceReference

  package static let declaration = Declaration(
    "service.read", "Read a service.", zh: "查看服务。", permission: "catalogue.read", roles: CatalogRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput { try await context.serviceOutput(input.id) }
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

    package static let fields: [any InputField] = [state, ServiceFields.family.optional, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      family = try values[ServiceFields.family.optional]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "service.list", "List the service portfolio by code.", zh: "按代码列出服务组合。", permission: "catalogue.read", roles: CatalogRights.staff,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ServiceLine> {
    let family = try await input.family.asyncMap { id in
      guard let row = try await context.transaction.first(FamilyByPublicId(publicId: id)) else { throw context.unknownReference("family") }
      return row.id
    }
    let filter = "\(input.state ?? "")/\(input.family?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ServicesByCode(state: input.state.flatMap(PortfolioState.init), family: family, after: try after?.text(0) ?? "", limit: limit + 1))
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
  func insertService(_ code: String, _ content: ServiceContent) async throws -> (row: Int64, id: PublicId) {
    let id = newId(.service)
    guard let row = try await transaction.first(InsertService(publicId: id, code: code, now: now, content: content)) else { throw beaten }
    note("service", row, 1, "created", .object(["service": .id(id), "stages": content.life.value]))
    return (row, id)
  }

  /// - Parameter what: the event: changed, advanced, redated.
  func update(_ row: ServiceRow, _ content: ServiceContent, _ what: String) async throws {
    guard let version = try await transaction.first(UpdateService(id: row.id, version: row.version, content: content)) else { throw beaten }
    let was = Value.members([
      ("name", row.content.name.value), ("summary", row.content.summary?.value), ("mode", .text(row.content.mode.rawValue)),
      ("owner", row.content.owner.value), ("family", .id(id(.serviceFamily, row.familyPublicId))), ("stages", row.content.life.value),
    ])
    note("service", row.id, version, what, .object(["service": .id(id(.service, row.publicId)), "was": was, "stages": content.life.value]))
  }

  /// A service that an input names.
  func service(_ id: PublicId, path: String = "id") async throws -> ServiceRow {
    guard let row = try await transaction.first(ServiceByPublicId(publicId: id)) else {
      throw path == "id" ? Failure.notFound : unknownReference(path)
    }
    return row
  }

  func serviceOutput(_ id: PublicId) async throws -> ServiceOutput {
    subject(id)
    let row = try await service(id)
    return ServiceOutput(row, needs: try await transaction.query(Dependencies(service: row.id)), in: self)
  }
}
