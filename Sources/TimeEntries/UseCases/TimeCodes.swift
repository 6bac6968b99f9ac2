import Kernel
import Operations

package struct TimeCodeOutput: OperationOutput {
  let id: PublicId
  let row: TimeCodeRow

  init(_ row: TimeCodeRow, in context: OperationContext) {
    id = context.id(.timeCode, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<TimeCodeOutput>] = [
    OutputField("id", .id, "The code.", "代码编号。") { .id($0.id) },
    OutputField("kind", .text, "work_type or rate_class.", "类别：work_type（工作类型）或 rate_class（费率类别）。") { .text($0.row.kind.rawValue) },
    OutputField("code", .text, "The code, unique in its list.", "代码，在其列表中唯一。") { .text($0.row.code) },
    OutputField("name", .document, "Its name by language.", "名称（按语言）。") { $0.row.names.value ?? .null },
    OutputField("billable", .boolean, "Of a work type: whether it is billed where nothing else is said.", "工作类型默认是否计费。") { .bool($0.row.billable) },
    OutputField("applies", .text, "Of a rate class: service_time, after_hours, off_day or named.", "费率类别适用的时段：service_time、after_hours、off_day 或 named（按名称）。") {
      .text($0.row.use?.rawValue)
    },
    OutputField("state", .text, "active or retired.", "状态：active（在用）或 retired（已停用）。") { .text($0.row.isActive ? "active" : "retired") },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

private enum TimeCodeFields {
  static let id = Field.id("id", .timeCode, "The code.", "代码编号。")
  static let kind = Field.oneOf(
    "kind", TimeCodeKind.allCases.map(\.rawValue), "Which list: work types or rate classes.", "列表：work_type（工作类型）或 rate_class（费率类别）。")
  static let name = Field.localText("name", 1...120, "Its name by language.", "名称（按语言）。")
  static let billable = Field.boolean("billable", "Of a work type: whether it is billed where nothing else is said.", "工作类型默认是否计费。")
}

package struct TimeCodeReference: OperationInput {
  let id: PublicId

  package static let fields: [any InputField] = [TimeCodeFields.id]

  package init(_ values: InputValues) throws(FieldError) { id = try values[TimeCodeFields.id] }
}

package enum CreateTimeCode: Operation {
  package struct Input: OperationInput {
    let kind: TimeCodeKind
    let code: String
    let name: LocalText
    let billable: Bool?
    let use: RateUse?

    private static let code = Field.text("code", 1...40, "Its code: small letters, digits and _, a letter first.", "代码：小写字母、数字和下划线，以字母开头。")
    private static let applies = Field.oneOf(
      "applies", RateUse.allCases.map(\.rawValue), "Of a rate class: the time that it is for; named: only where somebody names it.",
      "费率类别适用的时段；named 表示仅在被指定时适用。"
    ).optional

    package static let fields: [any InputField] = [TimeCodeFields.kind, code, TimeCodeFields.name, TimeCodeFields.billable.optional, applies]

    package init(_ values: InputValues) throws(FieldError) {
      kind = TimeCodeKind(rawValue: try values[TimeCodeFields.kind]) ?? .workType
      code = try values[Self.code]
      name = try values[TimeCodeFields.name]
      billable = try values[TimeCodeFields.billable.optional]
      use = try values[Self.applies].flatMap(RateUse.init(rawValue:))
      guard Self.isCode(code) else { throw FieldError("code", TimeEntriesMessages.badCode) }
      guard (kind == .workType) == (billable != nil) else { throw FieldError("billable", TimeEntriesMessages.billableOfWork) }
      guard (kind == .rateClass) == (use != nil) else { throw FieldError("applies", TimeEntriesMessages.appliesOfRate) }
    }

    private static func isCode(_ text: String) -> Bool {
      let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
      let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
      return (text.utf8.first.map(letters.contains) ?? false)
        && text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") }
    }
  }

  package static let declaration = Declaration(
    "time_code.create", "Add a work type or a rate class to the lists.", zh: "新增工作类型或费率类别。", permission: "time_code.manage",
    roles: TimeRights.managers, scopes: TimeRights.forAll, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeCodeOutput {
    let id = context.newId(.timeCode)
    let inserted = try await context.transaction.first(
      InsertTimeCode(
        publicId: id, kind: input.kind, code: input.code, names: input.name, billable: input.billable, use: input.use, now: context.now))
    guard let row = inserted else { throw context.beaten }
    context.noteTime("time_code", row, 1, "time_code.created", id)
    return try await context.timeCodeOutput(id)
  }
}

package enum ChangeTimeCode: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: LocalText?
    let billable: Bool?

    package static let fields: [any InputField] = [TimeCodeFields.id, TimeCodeFields.name.optional, TimeCodeFields.billable.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[TimeCodeFields.id]
      name = try values[TimeCodeFields.name.optional]
      billable = try values[TimeCodeFields.billable.optional]
    }
  }

  package static let declaration = Declaration(
    "time_code.change", "Rename a work type or rate class, or say whether a kind of work is billed from now on.", zh: "修改工作类型或费率类别的名称，或工作类型今后是否计费。",
    permission: "time_code.manage", roles: TimeRights.managers, scopes: TimeRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeCodeOutput {
    let row = try await context.timeCode(input.id)
    try context.requireVersion(row.version)
    guard input.name != nil || input.billable != nil else { throw Failure.invalid("", TimeEntriesMessages.nothingToChange) }
    guard row.kind == .workType || input.billable == nil else { throw Failure.invalid("billable", TimeEntriesMessages.billableOfWork) }
    return try await context.update(row, input.name ?? row.names, input.billable ?? row.billable, isActive: row.isActive, "time_code.changed")
  }
}

package enum RetireTimeCode: Operation {
  package typealias Input = TimeCodeReference

  package static let declaration = Declaration(
    "time_code.retire", "Take a work type or rate class out of use; what has it keeps it.", zh: "停用工作类型或费率类别；已使用者保留。", permission: "time_code.manage",
    roles: TimeRights.managers, scopes: TimeRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeCodeOutput {
    let row = try await context.timeCode(input.id)
    try context.requireVersion(row.version)
    guard row.isActive else { throw Failure(.conflict, TimeEntriesMessages.retired, ["code": row.code]) }
    guard row.use != .serviceTime else { throw Failure(.conflict, TimeEntriesMessages.needed) }
    return try await context.update(row, row.names, row.billable, isActive: false, "time_code.retired")
  }
}

package enum RestoreTimeCode: Operation {
  package typealias Input = TimeCodeReference

  package static let declaration = Declaration(
    "time_code.restore", "Take a retired work type or rate class into use again.", zh: "重新启用已停用的工作类型或费率类别。", permission: "time_code.manage",
    roles: TimeRights.managers, scopes: TimeRights.forAll, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeCodeOutput {
    let row = try await context.timeCode(input.id)
    try context.requireVersion(row.version)
    guard !row.isActive else { throw Failure(.conflict, TimeEntriesMessages.active, ["code": row.code]) }
    return try await context.update(row, row.names, row.billable, isActive: true, "time_code.restored")
  }
}

package enum ListTimeCodes: Operation {
  package struct Input: OperationInput {
    let kind: TimeCodeKind?
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf("state", ["active", "retired"], "Only those in this state.", "仅限此状态：active 在用、retired 已停用。").optional

    package static let fields: [any InputField] = [TimeCodeFields.kind.optional, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      kind = try values[TimeCodeFields.kind.optional].flatMap(TimeCodeKind.init(rawValue:))
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "time_code.list", "List work types and rate classes.", zh: "列出工作类型与费率类别。", permission: "time_code.read", roles: TimeRights.staff, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TimeCodeOutput> {
    let filter = "\(input.kind?.rawValue ?? "")/\(input.state ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      TimeCodes(
        kind: input.kind, state: input.state, afterKind: try after?.text(0) ?? "", afterCode: try after?.text(1) ?? "", limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.text(row.kind.rawValue), .text(row.code)])
    } element: { row in
      TimeCodeOutput(row, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func timeCode(_ id: PublicId) async throws -> TimeCodeRow {
    guard let row = try await transaction.first(TimeCodeByPublicId(publicId: id)) else { throw Failure.notFound }
    return row
  }

  fileprivate func timeCodeOutput(_ id: PublicId) async throws -> TimeCodeOutput {
    subject(id)
    return TimeCodeOutput(try await timeCode(id), in: self)
  }

  fileprivate func update(_ row: TimeCodeRow, _ names: LocalText, _ billable: Bool?, isActive: Bool, _ type: String) async throws -> TimeCodeOutput {
    let updated = try await transaction.first(
      UpdateTimeCode(id: row.id, version: row.version, names: names, billable: billable, isActive: isActive))
    guard let version = updated else { throw beaten }
    let id = self.id(.timeCode, row.publicId)
    noteTime("time_code", row.id, version, type, id)
    return try await timeCodeOutput(id)
  }
}
