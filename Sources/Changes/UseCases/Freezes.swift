import Desk
import Kernel
import Operations
import Tenancy

package struct FreezeRecord: OperationOutput {
  let id: PublicId
  let row: FreezeRow

  init(_ row: FreezeRow, in context: OperationContext) {
    id = context.id(.freeze, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<FreezeRecord>] = [
    OutputField("id", .id, "The freeze.", "冻结期编号。") { .id($0.id) },
    OutputField("customer", .id, "For changes that concern this customer; null: for all.", "适用的客户；null 表示全部。") { .id($0.row.customer) },
    OutputField("service", .text, "For changes that touch this service of the catalogue; null: for all.", "适用的服务代码；null 表示全部。") { .text($0.row.service) },
    OutputField("reason", .text, "Why nothing is changed.", "原因。") { .text($0.row.reason) },
    OutputField("startsAt", .instant, "When it begins.", "开始时间。") { .instant($0.row.startsAt) },
    OutputField("endsAt", .instant, "When it is over.", "结束时间。") { .instant($0.row.endsAt) },
    OutputField("author", .text, "Who decided so.", "登记人。") { .text($0.row.author) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]
}

package enum CreateFreeze: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let service: String?
    let reason: String
    let startsAt: Instant
    let endsAt: Instant

    private static let customer = Field.id("customer", .customer, "Only for changes that concern this customer.", "仅适用于涉及此客户的变更。").optional
    private static let service = Field.text("service", 1...60, "Only for changes that touch this service, by its code.", "仅适用于涉及此服务的变更（服务代码）。").optional
    package static let fields: [any InputField] = [customer, service, ChangeFields.reason, ChangeFields.startsAt, ChangeFields.endsAt]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      service = try values[Self.service]
      reason = try values[ChangeFields.reason]
      startsAt = try values[ChangeFields.startsAt]
      endsAt = try values[ChangeFields.endsAt]
      try ChangeFields.checkWindow(startsAt, endsAt)
    }
  }

  package static let declaration = Declaration(
    "freeze.create", "Say when nothing is changed: for all, for a customer, for a service.", zh: "登记变更冻结期：全部、某客户或某服务。",
    permission: ChangeRights.manage, roles: ChangeRights.managers, reach: .homeOr(by: "customer", andProvider: true), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> FreezeRecord {
    if input.customer == nil { try context.requireEveryCustomer() } else if context.tenant.kind != .customer { throw context.unknownReference("customer") }
    guard input.endsAt > context.now else { throw Failure.invalid("endsAt", ChangeMessages.windowOver) }
    var service: (id: Int64, code: String)?
    if let code = input.service {
      service = try await context.transaction.first(ServiceToFreeze(code: code))
      if service == nil { throw context.unknownReference("service") }
    }
    let id = context.newId(.freeze)
    context.subject(id)
    context.transaction.enqueue(
      InsertFreeze(
        provider: context.provider.id, publicId: id, customer: input.customer == nil ? nil : context.tenant.id, service: service, reason: input.reason,
        startsAt: input.startsAt, endsAt: input.endsAt, author: context.principal.name, now: context.now))
    return FreezeRecord(try await context.freeze(id), in: context)
  }
}

package enum ListFreezes: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let from: Instant?
    let to: Instant?
    let limit: Int64?
    let cursor: String?

    private static let customer = Field.id(
      "customer", .customer, "Only those that hold for this customer: his own, and those for all.", "仅限适用于此客户的冻结期（含适用于全部客户的）。"
    ).optional
    private static let from = Field.instant("from", "Only those that end after this.", "仅限此时间之后结束的冻结期。").optional
    private static let to = Field.instant("to", "Only those that begin before this.", "仅限此时间之前开始的冻结期。").optional
    package static let fields: [any InputField] = [customer, from, to, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      from = try values[Self.from]
      to = try values[Self.to]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
      if let from, let to, to <= from { throw FieldError("to", ChangeMessages.windowOrder) }
    }
  }

  package static let declaration = Declaration(
    "freeze.list", "List when nothing is changed, also only in a period or for a customer; what begins last comes first.",
    zh: "列出变更冻结期，可按期间或客户筛选，开始时间最晚的在前。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<FreezeRecord> {
    let filter = "\(input.customer?.description ?? "")/\(input.from?.microseconds ?? 0)/\(input.to?.microseconds ?? 0)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      FreezePage(
        provider: context.provider.id, customers: context.reachableCustomers, from: input.from, to: input.to,
        customer: input.customer == nil ? nil : context.tenant.id, before: try after.map { (startsAt: try $0.instant(0), id: try $0.integer(1)) },
        limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.startsAt.microseconds), .integer($0.id)]) }) {
      FreezeRecord($0, in: context)
    }
  }
}

package enum EndFreeze: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let id = Field.id("id", .freeze, "The freeze.", "冻结期编号。")
    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "freeze.end", "End a freeze now, or call off one that has not begun.", zh: "立即结束冻结期，或取消尚未开始的冻结期。", permission: ChangeRights.manage,
    roles: ChangeRights.managers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> FreezeRecord {
    let row = try await context.freeze(input.id)
    // One for all is ended by who serves all.
    if row.customer == nil { try context.requireEveryCustomer() }
    try context.requireVersion(row.version)
    guard row.endsAt > context.now else { throw Failure(.conflict, ChangeMessages.windowOver) }
    context.subject(input.id)
    let end = EndFreezeRow(provider: context.provider.id, freeze: row.id, version: row.version, now: context.now)
    guard try await context.transaction.first(end) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    return FreezeRecord(try await context.freeze(input.id), in: context)
  }
}

/// It stands in the change and its history, with who let it pass.
package enum OverrideFreeze: Operation {
  package typealias Input = ChangeReason

  package static let declaration = Declaration(
    "change.override_freeze", "Let a change be done in the freezes that hold for it now, with the reason; what is written of it afterwards ends that.",
    zh: "允许变更在当前适用的冻结期内实施并说明理由；此后修改变更即失效。", permission: "change.override_freeze",
    roles: [.administrator], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try work.row.process.requireAhead()
    // Those that hold now: a later one, or another window, is decided on anew.
    let passed = try await work.freezes(passed: [])
    (work.row.freezeReason, work.row.freezes) = (input.reason, passed.map(\.id))
    work.note(
      "freeze_overridden",
      [
        Value.Member("reason", .text(input.reason)),
        Value.Member("freezes", .array(passed.map { .id(context.id(.freeze, $0.publicId)) })),
      ])
    try await work.save()
    return try await work.record(in: context)
  }
}

extension OperationContext {
  fileprivate func freeze(_ id: PublicId) async throws -> FreezeRow {
    let found = FreezeByPublicId(provider: provider.id, customers: reachableCustomers, publicId: id)
    guard principal.side == .staff, let row = try await transaction.first(found) else { throw Failure.notFound }
    return row
  }
}

extension ChangeWork {
  /// The freezes that hold in what is left of its window, for nothing is done any more in what has passed of it; once it is begun, or where it has
  /// none, also now.
  fileprivate func freezes(passed: [Int64]) async throws -> [FreezeRow] {
    let isNow = row.process.state == .implementing || row.process.startsAt == nil
    let (from, to) = (row.process.startsAt ?? now, row.process.endsAt ?? now)
    return try await transaction.query(
      FreezesOfChange(
        provider: provider.id, change: row.id, from: isNow ? now : max(from, now), to: isNow ? max(to, now.adding(seconds: 1)) : to, passed: passed))
  }

  /// Refuses what is planned for a freeze and was not let pass. An emergency passes; that it does stands in its history.
  mutating func requireNoFreeze() async throws {
    guard let freeze = try await freezes(passed: row.freezes).first else { return }
    guard row.process.kind == .emergency else {
      throw Failure(.conflict, ChangeMessages.frozen, ["until": freeze.endsAt.description, "reason": freeze.reason])
    }
    note("in_freeze", [Value.Member("freeze", .id(provider.id(IdKind.freeze.prefix, freeze.publicId)))])
  }
}
