import Desk
import Kernel
import Operations

/// A model of standard changes, with what one of its versions says.
package struct ChangeModelRecord: OperationOutput {
  let id: PublicId
  let row: ModelRow

  init(_ row: ModelRow, in context: OperationContext) {
    id = context.id(.changeModel, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<ChangeModelRecord>] = [
    OutputField("id", .id, "The model.", "模型编号。") { .id($0.id) },
    OutputField("code", .text, "Its code.", "代码。") { .text($0.row.code) },
    OutputField("name", .document, "What it is called, by language.", "名称（按语言）。") { $0.row.names },
    OutputField("state", .text, "active or retired.", "状态：active 启用、retired 停用。") { .text($0.row.isRetired ? "retired" : "active") },
    OutputField("newest", .integer, "Its newest version.", "最新版本。") { .integer($0.row.lastSeq) },
    OutputField("inForce", .integer, "The version by which changes are made; null: somebody has to agree to one first.", "生效版本；null 表示尚待批准。") {
      .integer($0.row.approvedSeq)
    },
    OutputField("content", .document, "What the newest version says.", "最新版本的内容。") { $0.row.content },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

package struct ChangeModelReference: OperationInput {
  let id: PublicId

  static let id = Field.id("id", .changeModel, "The model.", "模型编号。")
  package static let fields: [any InputField] = [id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
}

package enum CreateChangeModel: Operation {
  package struct Input: OperationInput {
    let code: String
    let name: LocalText
    let content: ModelContent

    private static let code = Field.text("code", 1...60, "Its code, which never changes.", "代码，不可更改。")
    static let name = Field.localText("name", 1...200, "What it is called.", "名称。")
    static let content = Field<ModelContent>.object("content", "What it says of each change.", "模型内容。")
    package static let fields: [any InputField] = [code, name, content]

    package init(_ values: InputValues) throws(FieldError) {
      code = try values[Self.code]
      name = try values[Self.name]
      content = try values[Self.content]
    }
  }

  package static let declaration = Declaration(
    "change_model.create", "Write a model of standard changes; it holds when somebody else agrees to it.", zh: "新建标准变更模型；经他人批准后生效。",
    permission: ChangeRights.manage, roles: ChangeRights.managers, scopes: [.all], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeModelRecord {
    try await context.check(input.content)
    let id = context.newId(.changeModel)
    context.subject(id)
    let insert = InsertModel(
      provider: context.provider.id, publicId: id, code: input.code, names: input.name.value ?? .null, now: context.now)
    guard let model = try await context.transaction.first(insert) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "no model")
    }
    context.transaction.enqueue(
      InsertModelVersion(
        provider: context.provider.id, model: model, seq: 1, content: input.content.stored, author: Party(context.principal), now: context.now))
    return ChangeModelRecord(try await context.changeModel(id), in: context)
  }
}

package enum ReviseChangeModel: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: LocalText
    let content: ModelContent

    package static let fields: [any InputField] = [ChangeModelReference.id, CreateChangeModel.Input.name, CreateChangeModel.Input.content]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeModelReference.id]
      name = try values[CreateChangeModel.Input.name]
      content = try values[CreateChangeModel.Input.content]
    }
  }

  package static let declaration = Declaration(
    "change_model.revise", "Write another version of a model; the one in force holds until somebody else agrees to it.", zh: "修订变更模型；新版本经他人批准后生效。",
    permission: ChangeRights.manage, roles: ChangeRights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeModelRecord {
    try await context.check(input.content)
    var row = try await context.heldModel(input.id)
    guard !row.isRetired else { throw Failure(.conflict, ChangeMessages.modelRetired) }
    row.lastSeq += 1
    row.names = input.name.value ?? .null
    context.transaction.enqueue(
      InsertModelVersion(
        provider: context.provider.id, model: row.id, seq: row.lastSeq, content: input.content.stored, author: Party(context.principal),
        now: context.now))
    return try await context.save(row)
  }
}

package enum ApproveChangeModel: Operation {
  package typealias Input = ChangeModelReference

  package static let declaration = Declaration(
    "change_model.approve", "Agree to the newest version of a model, which somebody else wrote: changes are made by it from now on.",
    zh: "批准他人编写的变更模型最新版本，自此生效。", permission: "change_model.approve", roles: ChangeRights.managers, scopes: [.all], reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeModelRecord {
    var row = try await context.heldModel(input.id)
    guard !row.isRetired else { throw Failure(.conflict, ChangeMessages.modelRetired) }
    guard row.approvedSeq != row.lastSeq else { throw Failure(.conflict, ChangeMessages.approvedAlready) }
    switch FourEyes.refusal(of: Party(context.principal), than: [row.author]) {
    case .noPerson?: throw Failure(.denied, ChangeMessages.needsPerson)
    case .tookPart?: throw Failure(.denied, ChangeMessages.ownModel)
    case nil: break
    }
    row.approvedSeq = row.lastSeq
    context.transaction.enqueue(
      ApproveModelVersion(provider: context.provider.id, model: row.id, seq: row.lastSeq, approver: context.actor.id, now: context.now))
    return try await context.save(row)
  }
}

package enum RetireChangeModel: Operation {
  package typealias Input = ChangeModelReference

  package static let declaration = Declaration(
    "change_model.retire", "Make no changes by a model any more; those that were made by it go on.", zh: "停用变更模型；已据其提出的变更不受影响。",
    permission: ChangeRights.manage, roles: ChangeRights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeModelRecord {
    var row = try await context.heldModel(input.id)
    guard !row.isRetired else { throw Failure(.conflict, ChangeMessages.modelRetired) }
    row.isRetired = true
    return try await context.save(row)
  }
}

package enum ReadChangeModel: Operation {
  package typealias Input = ChangeModelReference

  package static let declaration = Declaration(
    "change_model.read", "Read a model of standard changes.", zh: "查看变更模型。", permission: ChangeRights.read, roles: ChangeRights.readers, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeModelRecord {
    ChangeModelRecord(try await context.changeModel(input.id), in: context)
  }
}

package enum ListChangeModels: Operation {
  package struct Input: OperationInput {
    let withRetired: Bool
    let limit: Int64?
    let cursor: String?

    private static let withRetired = Field.boolean("withRetired", "Also those that are retired (default: no).", "是否包含已停用的模型（默认否）。").optional
    package static let fields: [any InputField] = [withRetired, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      withRetired = try values[Self.withRetired] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "change_model.list", "List the models of standard changes by their codes.", zh: "按代码列出标准变更模型。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeModelRecord> {
    let filter = String(input.withRetired)
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ModelPage(provider: context.provider.id, withRetired: input.withRetired, after: try after?.text(0) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.text($0.code)]) }) { ChangeModelRecord($0, in: context) }
  }
}

extension OperationContext {
  /// - Parameter inForce: with the version by which changes are made, else with the newest.
  func changeModel(_ id: PublicId, inForce: Bool = false) async throws -> ModelRow {
    let found = ModelByPublicId(provider: provider.id, publicId: id, inForce: inForce)
    guard principal.side == .staff, let row = try await transaction.first(found) else { throw Failure.notFound }
    return row
  }

  fileprivate func heldModel(_ id: PublicId) async throws -> ModelRow {
    _ = try await transaction.first(HoldModel(provider: provider.id, publicId: id))
    let row = try await changeModel(id)
    try requireVersion(row.version)
    subject(id)
    return row
  }

  fileprivate func save(_ row: ModelRow) async throws -> ChangeModelRecord {
    var row = row
    row.version += 1
    transaction.enqueue(UpdateModel(provider: provider.id, row: row))
    return ChangeModelRecord(try await changeModel(id(.changeModel, row.publicId)), in: self)
  }

  /// Whether changes could be made by it: its answers fit the questions, its teams are there.
  fileprivate func check(_ content: ModelContent) async throws {
    _ = try RiskRule.judge(content.answers.members ?? [], by: try await questionnaire().content)
    for (index, task) in content.tasks.enumerated() {
      if let team = task.team, try await transaction.first(TeamByPublicId(publicId: team)) == nil {
        throw unknownReference("content.tasks[\(index)].team")
      }
    }
  }
}
