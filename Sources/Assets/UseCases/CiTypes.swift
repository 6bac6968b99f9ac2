import Kernel
import Operations

package struct CiTypeOutput: OperationOutput {
  let id: PublicId
  let row: CiTypeRow

  init(_ row: CiTypeRow, in context: OperationContext) {
    id = context.id(.ciType, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<CiTypeOutput>] = [
    OutputField("id", .id, "The type.", "类型编号。") { .id($0.id) },
    OutputField("code", .text, "Its code, unique.", "代码，不可重复。") { .text($0.row.code) },
    OutputField("name", .document, "Its name by language.", "名称（按语言）。") { $0.row.names.value ?? .null },
    OutputField("state", .text, "active or retired.", "状态：active（可用）或 retired（已停用）。") { .text($0.row.isActive ? "active" : "retired") },
    OutputField("attributes", .list(.document), "What is told of each CI of the type.", "该类型配置项的属性。") { $0.row.attributes },
    OutputField("revision", .integer, "Which writing of the attributes these are, from 1.", "属性的修订号，从 1 开始。") { .integer($0.row.seq) },
    OutputField("revisedAt", .instant, "When they were written.", "该修订的时间。") { .instant($0.row.revisedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]
}

package enum CiTypeFields: NamesRecord {
  package static let id = Field.id("id", .ciType, "The type.", "类型编号。")
  static let attributes = Field<[AttributeDefinition]>.list(
    "attributes", of: Field<AttributeDefinition>.object("attribute", "What is told of each CI of the type.", "该类型配置项的一个属性。"), count: 0...100,
    "What is told of each CI of the type.", "该类型配置项的属性。")
}

package typealias CiTypeReference = ReferenceInput<CiTypeFields>

package enum CreateCiType: Operation {
  package struct Input: OperationInput {
    let code: String
    let name: LocalText
    let attributes: [AttributeDefinition]

    private static let code = Field.text("code", 1...40, "Its code: small letters, digits and _, a letter first.", "代码：小写字母、数字和下划线，以字母开头。")
    private static let name = Field.localText("name", 1...120, "Its name by language.", "名称（按语言）。")

    package static let fields: [any InputField] = [code, name, CiTypeFields.attributes]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[Self.code]
      name = try values[Self.name]
      attributes = try values[CiTypeFields.attributes]
    }
  }

  package static let declaration = Declaration(
    "ci_type.create", "Record a type of configuration items with its attributes.", zh: "新建配置项类型及其属性。", permission: "ci_type.manage",
    roles: AssetRights.managers, scopes: AssetRights.forAll, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiTypeOutput {
    guard TypeRule.isCode(input.code) else { throw Failure.invalid("code", AssetsMessages.badCode) }
    try TypeRule.requireSound(input.attributes)
    let id = context.newId(.ciType)
    let inserted = try await context.transaction.first(
      InsertCiType(publicId: id, code: input.code, names: input.name, attributes: .array(input.attributes.map(\.stored)), now: context.now))
    guard let row = inserted else { throw context.beaten }
    context.note("ci_type", row, 1, "created", id)
    return try await context.ciTypeOutput(id)
  }
}

package enum ReviseCiType: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: LocalText?
    let attributes: [AttributeDefinition]

    private static let name = Field.localText("name", 1...120, "Its name by language (default: as it is).", "名称（按语言，默认不变）。").optional

    package static let fields: [any InputField] = [CiTypeFields.id, name, CiTypeFields.attributes]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CiTypeFields.id]
      name = try values[Self.name]
      attributes = try values[CiTypeFields.attributes]
    }
  }

  package static let declaration = Declaration(
    "ci_type.revise", "Write a type's attributes anew. CIs keep what they hold; what no longer fits is told by ci.quality.",
    zh: "重新定义类型的属性。配置项保留现有值；不再符合要求的值由 ci.quality 报告。", permission: "ci_type.manage", roles: AssetRights.managers,
    scopes: AssetRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiTypeOutput {
    let row = try await context.ciType(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, AssetsMessages.typeRetired, ["type": row.code]) }
    try TypeRule.requireSound(input.attributes)
    guard let version = try await context.transaction.first(UpdateCiType(id: row.id, version: row.version, state: "active", names: input.name ?? row.names))
    else { throw context.beaten }
    context.transaction.enqueue(
      InsertCiTypeVersion(type: row.id, seq: row.seq + 1, attributes: .array(input.attributes.map(\.stored)), now: context.now))
    context.note("ci_type", row.id, version, "revised", input.id)
    return try await context.ciTypeOutput(input.id)
  }
}

package enum RetireCiType: Operation {
  package typealias Input = CiTypeReference

  package static let declaration = Declaration(
    "ci_type.retire", "Take a type out of use for new CIs; those that there are keep it.", zh: "停用类型：不再用于新配置项，现有配置项保留该类型。",
    permission: "ci_type.manage", roles: AssetRights.managers, scopes: AssetRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiTypeOutput {
    let row = try await context.ciType(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, AssetsMessages.typeRetired, ["type": row.code]) }
    guard let version = try await context.transaction.first(UpdateCiType(id: row.id, version: row.version, state: "retired", names: row.names)) else {
      throw context.beaten
    }
    context.note("ci_type", row.id, version, "retired", input.id)
    return try await context.ciTypeOutput(input.id)
  }
}

package enum RestoreCiType: Operation {
  package typealias Input = CiTypeReference

  package static let declaration = Declaration(
    "ci_type.restore", "Take a retired type into use again.", zh: "重新启用已停用的类型。",
    permission: "ci_type.manage", roles: AssetRights.managers, scopes: AssetRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiTypeOutput {
    let row = try await context.ciType(input.id)
    try context.requireVersion(row.version)
    guard !row.isActive else { throw Failure(.conflict, AssetsMessages.typeActive, ["type": row.code]) }
    let update = UpdateCiType(id: row.id, version: row.version, state: "active", names: row.names)
    guard let version = try await context.transaction.first(update) else { throw context.beaten }
    context.note("ci_type", row.id, version, "restored", input.id)
    return try await context.ciTypeOutput(input.id)
  }
}

package enum ReadCiType: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let revision: Int64?

    private static let revision = Field.integer(
      "revision", 1...Int64.max, "Its attributes as they were written then, from 1 (default: the newest).", "查看该修订号的属性，从 1 开始（默认最新）。"
    ).optional

    package static let fields: [any InputField] = [CiTypeFields.id, revision]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CiTypeFields.id]
      revision = try values[Self.revision]
    }
  }

  package static let declaration = Declaration(
    "ci_type.read", "Read a type with its attributes, as they are or as they were written in an earlier revision.", zh: "查看配置项类型及其属性（最新或此前某次修订）。",
    roles: AssetRights.workers.union([.finance]), reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CiTypeOutput {
    guard let revision = input.revision else { return try await context.ciTypeOutput(input.id) }
    let newest = try await context.ciType(input.id)
    context.subject(input.id)
    guard let row = try await context.transaction.first(CiTypeRevision(publicId: input.id, seq: revision)) else {
      throw Failure.invalid("revision", AssetsMessages.noSuchRevision, ["newest": String(newest.seq)])
    }
    return CiTypeOutput(row, in: context)
  }
}

package enum ListCiTypes: Operation {
  package struct Input: OperationInput {
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf("state", ["active", "retired"], "Only those in this state.", "仅限此状态：active 可用、retired 已停用。").optional

    package static let fields: [any InputField] = [state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "ci_type.list", "List the types of configuration items.", zh: "列出配置项类型。", permission: "ci_type.read",
    roles: AssetRights.workers.union([.finance]), reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CiTypeOutput> {
    let filter = input.state ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(CiTypes(state: input.state, after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.code)])
    } element: {
      CiTypeOutput($0, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func ciType(_ id: PublicId) async throws -> CiTypeRow {
    guard let row = try await transaction.first(CiTypeByPublicId(publicId: id)) else { throw Failure.notFound }
    return row
  }

  fileprivate func ciTypeOutput(_ id: PublicId) async throws -> CiTypeOutput {
    subject(id)
    return CiTypeOutput(try await ciType(id), in: self)
  }
}
