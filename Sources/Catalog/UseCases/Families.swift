import Kernel
import Operations

package struct FamilyOutput: OperationOutput {
  let id: PublicId
  let row: FamilyRow

  init(_ row: FamilyRow, in context: OperationContext) {
    id = context.id(.serviceFamily, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<FamilyOutput>] = [
    OutputField("id", .id, "The family.", "服务族编号。") { .id($0.id) },
    OutputField("code", .text, "Its code, unique.", "代码，不可重复。") { .text($0.row.code) },
    OutputField("name", .document, "Its name by language.", "名称（按语言）。") { $0.row.name.value ?? .null },
    OutputField("summary", .document, "What belongs to it, by language.", "说明（按语言）。") { $0.row.summary?.value ?? .null },
    OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

enum CatalogFields {
  static let code = Field.text("code", 2...24, "A short name in capital letters, digits and hyphens, unique.", "大写字母、数字和连字符组成的代码，不可重复。")
  static let name = Field.localText("name", 1...200, "Its name.", "名称。")
  static let summary = Field.localText("summary", 1...4000, multiline: true, "What it is, in a few sentences.", "简要说明。")
}

package struct FamilyReference: OperationInput {
  let id: PublicId

  static let id = Field.id("id", .serviceFamily, "The family.", "服务族编号。")

  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

package enum CreateFamily: Operation {
  package struct Input: OperationInput {
    let code: String
    let name: LocalText
    let summary: LocalText?

    package static let fields: [any InputField] = [CatalogFields.code, CatalogFields.name, CatalogFields.summary.optional]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[CatalogFields.code]
      name = try values[CatalogFields.name]
      summary = try values[CatalogFields.summary.optional]
    }
  }

  package static let declaration = Declaration(
    "service_family.create", "Make a family of services.", zh: "新建服务族。", permission: "catalogue.manage", roles: CatalogRights.managers,
    scopes: CatalogRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> FamilyOutput {
    let code = try CatalogRule.code(input.code)
    let (_, id) = try await context.insertFamily(code, name: input.name, summary: input.summary)
    return try await context.familyOutput(id)
  }
}

package enum ReadFamily: Operation {
  package typealias Input = FamilyReference

  package static let declaration = Declaration(
    "service_family.read", "Read a family of services.", zh: "查看服务族。", permission: "catalogue.read", roles: CatalogRights.staff, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> FamilyOutput { try await context.familyOutput(input.id) }
}

package enum ListFamilies: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "service_family.list", "List the families of services by code.", zh: "按代码列出服务族。", permission: "catalogue.read", roles: CatalogRights.staff,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<FamilyOutput> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(FamiliesByCode(after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit) {
      PageCursor([.text($0.code)])
    } element: {
      FamilyOutput($0, in: context)
    }
  }
}

package enum ChangeFamily: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<LocalText>
    let summary: Change<LocalText>

    package static let fields: [any InputField] = [FamilyReference.id, CatalogFields.name.change, CatalogFields.summary.clearable]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[FamilyReference.id]
      name = try values[CatalogFields.name.change]
      summary = try values[CatalogFields.summary.clearable]
    }
  }

  package static let declaration = Declaration(
    "service_family.change", "Change a family's name or summary.", zh: "变更服务族的名称或说明。", permission: "catalogue.manage",
    roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> FamilyOutput {
    guard let row = try await context.transaction.first(FamilyByPublicId(publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard !(input.name.isKeep && input.summary.isKeep) else { throw Failure(.invalid, CatalogMessages.nothingToChange) }
    try await context.update(row, name: input.name.applied(to: row.name), summary: input.summary.applied(to: row.summary))
    return try await context.familyOutput(input.id)
  }
}

extension OperationContext {
  func insertFamily(_ code: String, name: LocalText, summary: LocalText?) async throws -> (row: Int64, id: PublicId) {
    let id = newId(.serviceFamily)
    guard let row = try await transaction.first(InsertFamily(publicId: id, code: code, name: name, summary: summary, now: now)) else { throw beaten }
    note("service_family", row, 1, "created", .object(["family": .id(id)]))
    return (row, id)
  }

  func update(_ row: FamilyRow, name: LocalText, summary: LocalText?) async throws {
    let updated = try await transaction.first(UpdateFamily(id: row.id, version: row.version, name: name, summary: summary))
    guard let version = updated else { throw beaten }
    let was = Value.members([("name", row.name.value), ("summary", row.summary?.value)])
    note("service_family", row.id, version, "changed", .object(["family": .id(id(.serviceFamily, row.publicId)), "was": was]))
  }

  fileprivate func familyOutput(_ id: PublicId) async throws -> FamilyOutput {
    subject(id)
    guard let row = try await transaction.first(FamilyByPublicId(publicId: id)) else { throw Failure.notFound }
    return FamilyOutput(row, in: self)
  }

  /// An event of something in the catalogue: `service.changed`.
  func note(_ kind: String, _ subject: Int64, _ seq: Int64, _ what: String, _ payload: Value) {
    record(Event(subjectKind: kind, subject: subject, seq: seq, type: "\(kind).\(what)", payload: payload, occurredAt: now))
  }
}
