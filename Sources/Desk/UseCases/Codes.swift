import Kernel
import Operations

package struct CodeRecord: OperationOutput {
  let id: PublicId
  let parent: PublicId?
  let row: CodeRow

  init(_ row: CodeRow, in context: OperationContext) {
    id = context.id(.code, row.publicId)
    parent = row.parent.map { context.id(.code, $0) }
    self.row = row
  }

  package static let fields: [OutputField<CodeRecord>] = [
    OutputField("id", .id, "The code.", "代码编号。") { .id($0.id) },
    OutputField(
      "list", .text, "Its list: source, nature, category, pending_reason, closure_code, problem_cause, problem_outcome, impact, urgency or priority.",
      "所属列表：source、nature、category、pending_reason、closure_code、problem_cause、problem_outcome、impact、urgency 或 priority。"
    ) {
      .text($0.row.list)
    },
    OutputField("key", .text, "What tickets name it by; it never changes.", "工单引用的键，永不改变。") { .text($0.row.key) },
    OutputField("parent", .id, "Of a category: the one above.", "上级分类。") { .id($0.parent) },
    OutputField("name", .document, "Its name by language.", "名称（按语言）。") { $0.row.names.value ?? .null },
    OutputField("position", .integer, "Its place in the list, the least first.", "在列表中的顺序，小者在前。") { .integer($0.row.position) },
    OutputField(
      "waitsFor", .text, "Of a pending reason: whose turn it is: customer, supplier or provider; it never changes.",
      "挂起原因所等待的一方：customer、supplier 或 provider；永不改变。"
    ) { .text($0.row.waitsFor) },
    OutputField("service", .text, "Of a category: the code of the service that a ticket of it is about.", "分类所指定的服务代码。") { .text($0.row.service) },
    OutputField("state", .text, "active or retired.", "状态：active（可用）或 retired（已停用）。") { .text($0.row.isActive ? "active" : "retired") },
    OutputField("retiredAt", .instant, "When it was retired.", "停用时间。") { .instant($0.row.retiredAt) },
    OutputField("version", .integer, "Its version, for changes.", "版本号，修改时使用。") { .integer($0.row.version) },
  ]
}

package enum CodeFields: NamesRecord {
  package static let id = Field.id("id", .code, "The code.", "代码编号。")
  static let list = Field.oneOf(
    "list", CodeList.allCases.map(\.rawValue), "The list.",
    "列表：source 来源、nature 性质、category 分类、pending_reason 挂起原因、closure_code 结束代码、problem_cause 问题原因、problem_outcome 问题结果、impact 影响、urgency 紧急度、priority 优先级。")
  static let name = Field.localText("name", 1...120, "Its name by language.", "名称（按语言）。")
  static let position = Field.integer(
    "position", 0...1_000_000, "Its place in the list, the least first (default 500; of a number ten times the number).", "在列表中的顺序，小者在前（默认 500；数字类代码默认为其十倍）。")
  static let service = Field.text(
    "service", 2...24, "Of a category: the code of the service of the catalogue that a ticket of it, or below it, is about.",
    "分类：该分类（及其下级）工单所涉及的目录服务代码。")
  static let permission = "code.manage"
  static let managers: Set<StockRole> = [.administrator, .accountManager]
}

package typealias CodeReference = ReferenceInput<CodeFields>

package enum CreateCode: Operation {
  package struct Input: OperationInput {
    let list: CodeList
    let key: String
    let name: LocalText
    let position: Int64
    let waitsFor: String?
    let service: String?

    private static let key = Field.text(
      "key", 1...100,
      "What tickets name it by, for ever: small letters, digits, _ and -; of a category with those above it: network/vpn; of impact, urgency and priority a number from 1, the gravest, to 9.",
      "工单引用的键，永不改变：小写字母、数字、_ 和 -；分类须含上级，例如 network/vpn；影响、紧急度与优先级为 1（最高）到 9 的数字。")
    private static let waitsFor = Field.oneOf(
      "waitsFor", ["customer", "supplier", "provider"],
      "Of a pending reason, and needed there: whose turn it is, for ever. A target (pauses) and its SLA (supplierWaitsPause, providerWaitsPause) say whether that pauses a clock.",
      "挂起原因必填：等待哪一方，永不改变。是否暂停计时由目标（pauses）及其 SLA（supplierWaitsPause、providerWaitsPause）决定。")

    package static let fields: [any InputField] = [
      CodeFields.list, key, CodeFields.name, CodeFields.position.optional, waitsFor.optional, CodeFields.service.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      list = CodeList(rawValue: try values[CodeFields.list]) ?? .category
      key = try values[Self.key]
      guard CodeKey.isSound(key, of: list) else {
        guard list.isOfNumbers else { throw FieldError("key", CodeMessages.badKey) }
        let range = Rating.numbers
        throw FieldError("key", CodeMessages.badNumber, ["least": String(range.lowerBound), "most": String(range.upperBound)])
      }
      name = try values[CodeFields.name]
      position = try values[CodeFields.position.optional] ?? (list.isOfNumbers ? CodeKey.number(key).map { $0 * 10 } : nil) ?? 500
      waitsFor = try values[Self.waitsFor.optional]
      guard (list == .pendingReason) == (waitsFor != nil) else { throw FieldError("waitsFor", CodeMessages.waitsOfPending) }
      service = try values[CodeFields.service.optional]
      if list != .category, service != nil { throw FieldError("service", CodeMessages.serviceOfCategory) }
    }
  }

  package static let declaration = Declaration(
    "code.create", "Add a code to a list of the service desk.", zh: "为服务台的列表新增代码。", permission: CodeFields.permission, roles: CodeFields.managers,
    scopes: [.all], reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CodeRecord {
    var parent: Int64?
    if let above = CodeKey.parent(of: input.key) {
      parent = try await context.transaction.first(HoldCategory(key: above))
      guard parent != nil else { throw Failure.invalid("key", CodeMessages.noParent, ["key": above]) }
    }
    let service = try await context.cataloguedService(input.service)
    // Held before it is there: of two that are added at once, the second one's cells count the first.
    if input.list.isOfLevels { try await context.holdPriorityMatrix() }
    let id = context.newId(.code)
    let row = try await context.transaction.first(
      InsertCode(
        publicId: id, list: input.list.rawValue, key: input.key, parent: parent, names: input.name, position: input.position, waitsFor: input.waitsFor,
        now: context.now))
    if let service { try await context.transaction.execute(SetServiceOfCategory(key: input.key, service: service)) }
    if input.list.isOfLevels { try await context.fillPriorityMatrix() }
    if let row { context.noteCode(row, 1, "created", id) }
    return try await context.codeRecord(id)
  }
}

/// Renames a code, gives it another place, or a category another service. No ticket is touched by that.
package enum ChangeCode: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<LocalText>
    let position: Change<Int64>
    let service: Change<String>

    package static let fields: [any InputField] = [CodeFields.id, CodeFields.name.change, CodeFields.position.change, CodeFields.service.clearable]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[CodeFields.id]
      name = try values[CodeFields.name.change]
      position = try values[CodeFields.position.change]
      service = try values[CodeFields.service.clearable]
      if name.isKeep, position.isKeep, service.isKeep { throw FieldError("name", CodeMessages.nothingToChange) }
    }
  }

  package static let declaration = Declaration(
    "code.change", "Rename a code, give it another place in its list, or a category another service.", zh: "修改代码的名称、顺序或分类的服务。",
    permission: CodeFields.permission,
    roles: CodeFields.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CodeRecord {
    let row = try await context.code(input.id)
    if row.list != CodeList.category.rawValue, !input.service.isKeep { throw Failure.invalid("service", CodeMessages.serviceOfCategory) }
    switch input.service {
    case .keep: break
    case .clear: context.transaction.enqueue(ClearServiceOfCategory(key: row.key))
    case .set(let code):
      if let service = try await context.cataloguedService(code) {
        context.transaction.enqueue(SetServiceOfCategory(key: row.key, service: service))
      }
    }
    return try await context.write(
      row, names: input.name.applied(to: row.names), position: input.position.applied(to: row.position), retiredAt: row.retiredAt, "changed")
  }
}

package enum RetireCode: Operation {
  package typealias Input = CodeReference

  package static let declaration = Declaration(
    "code.retire", "Take a code out of use; tickets that have it keep it.", zh: "停用代码；已使用它的工单保持不变。", permission: CodeFields.permission,
    roles: CodeFields.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CodeRecord {
    let row = try await context.code(input.id)
    guard row.isActive else { throw Failure(.conflict, CodeMessages.retired, ["key": row.key]) }
    guard CodeList(rawValue: row.list)?.needed.contains(row.key) != true else { throw Failure(.conflict, CodeMessages.needed, ["key": row.key]) }
    let record = try await context.write(row, names: row.names, position: row.position, retiredAt: context.now, "retired")
    // Looked for once its own row is held: what is being written below it is there then.
    if let child = try await context.transaction.first(ActiveChild(parent: row.id)) {
      throw Failure(.conflict, CodeMessages.hasChildren, ["key": child])
    }
    return record
  }
}

package enum RestoreCode: Operation {
  package typealias Input = CodeReference

  package static let declaration = Declaration(
    "code.restore", "Take a retired code into use again.", zh: "重新启用已停用的代码。", permission: CodeFields.permission, roles: CodeFields.managers,
    scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CodeRecord {
    let row = try await context.code(input.id)
    guard !row.isActive else { throw Failure(.conflict, CodeMessages.active, ["key": row.key]) }
    if row.list == CodeList.category.rawValue, let above = CodeKey.parent(of: row.key) {
      guard try await context.transaction.first(HoldCategory(key: above)) != nil else {
        throw Failure(.conflict, CodeMessages.noParent, ["key": above])
      }
    }
    return try await context.write(row, names: row.names, position: row.position, retiredAt: nil, "restored")
  }
}

package enum ListCodes: Operation {
  package struct Input: OperationInput {
    let list: String?
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf("state", ["active", "retired"], "Only those in this state.", "仅限此状态：active 可用、retired 已停用。").optional

    package static let fields: [any InputField] = [CodeFields.list.optional, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      list = try values[CodeFields.list.optional]
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "code.list",
    "List the codes that tickets name: sources, natures, categories, pending reasons and closure codes; and what impacts, urgencies and priorities are called.",
    zh: "列出工单使用的代码：来源、性质、分类、挂起原因与结束代码，以及影响、紧急度与优先级的名称。", permission: "incident.read", roles: IncidentFields.readers, scopes: IncidentFields.everyScope,
    reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CodeRecord> {
    let filter = "\(input.list ?? "")/\(input.state ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let start = try after.map { (list: try $0.text(0), position: try $0.integer(1), key: try $0.text(2)) } ?? (list: "", position: -1, key: "")
    let rows = try await context.transaction.query(Codes(list: input.list, state: input.state, after: start, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.text($0.list), .integer($0.position), .text($0.key)])
    } element: {
      CodeRecord($0, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func code(_ id: PublicId) async throws -> CodeRow {
    guard let row = try await transaction.first(CodeByPublicId(publicId: id)) else { throw Failure.notFound }
    try requireVersion(row.version)
    return row
  }

  /// A service that a body names.
  func cataloguedService(_ code: String?) async throws -> Int64? {
    guard let code else { return nil }
    guard let service = try await transaction.first(CataloguedService(code: code)) else { throw unknownReference("service") }
    return service
  }

  fileprivate func codeRecord(_ id: PublicId) async throws -> CodeRecord {
    subject(id)
    guard let row = try await transaction.first(CodeByPublicId(publicId: id)) else { throw Failure.notFound }
    return CodeRecord(row, in: self)
  }

  fileprivate func write(_ row: CodeRow, names: LocalText, position: Int64, retiredAt: Instant?, _ what: String) async throws -> CodeRecord {
    let update = UpdateCode(id: row.id, version: row.version, names: names, position: position, retiredAt: retiredAt)
    guard let version = try await transaction.first(update) else {
      throw beaten
    }
    let id = id(.code, row.publicId)
    noteCode(row.id, version, what, id)
    return try await codeRecord(id)
  }

  fileprivate func noteCode(_ row: Int64, _ version: Int64, _ what: String, _ id: PublicId) {
    record(Event(subjectKind: "code", subject: row, seq: version, type: "code.\(what)", payload: .object(["id": .id(id)]), occurredAt: now))
  }
}
