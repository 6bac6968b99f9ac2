import Kernel
import Operations

package struct MaintenanceWindowRecord: OperationOutput {
  let id: PublicId
  let ci: PublicId?
  let row: WindowRow

  package static let fields: [OutputField<MaintenanceWindowRecord>] = [
    OutputField("id", .id, "The window.", "维护窗口。") { .id($0.id) },
    OutputField("reason", .text, "What is being done.", "维护内容。") { .text($0.row.reason) },
    OutputField("startsAt", .instant, "When it begins.", "开始时间。") { .instant($0.row.startsAt) },
    OutputField("endsAt", .instant, "When it is over.", "结束时间。") { .instant($0.row.endsAt) },
    OutputField("ci", .id, "Only alerts that name this configuration item.", "仅限涉及此配置项的告警。") { .id($0.ci) },
    OutputField("label", .text, "Only alerts whose label has the value.", "仅限该标签取值相符的告警。") { .text($0.row.label) },
    OutputField("value", .text, "The value of the label.", "标签的取值。") { .text($0.row.value) },
    OutputField("author", .text, "Who announced it.", "登记人。") { .text($0.row.author) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.row.version) },
  ]

  init(_ row: WindowRow, in context: OperationContext) {
    id = context.id(.maintenanceWindow, row.publicId)
    ci = row.ci.map { context.id(.ciOfWindow, $0) }
    self.row = row
  }
}

extension OperationContext {
  fileprivate func maintenanceWindow(_ id: PublicId) async throws -> WindowRow {
    guard let row = try await transaction.first(WindowByPublicId(tenant: tenant.id, publicId: id.random)) else { throw Failure.notFound }
    return row
  }
}

package enum CreateMaintenanceWindow: Operation {
  package struct Input: OperationInput {
    let reason: String
    let startsAt: Instant?
    let endsAt: Instant
    let ci: PublicId?
    let label: String?
    let value: String?

    private static let reason = Field.text("reason", 1...500, "What is being done.", "维护内容。")
    private static let startsAt = Field.instant("startsAt", "When it begins (default: now).", "开始时间（默认当前时刻）。").optional
    private static let endsAt = Field.instant("endsAt", "When it is over, at most 90 days after it begins.", "结束时间，最长为开始后 90 天。")
    private static let ci = Field.id("ci", .ciOfWindow, "Only alerts that name this configuration item.", "仅限涉及此配置项的告警。").optional

    package static let fields: [any InputField] = [
      CustomerReference.field, reason, startsAt, endsAt, ci, SourceFields.label.optional, SourceFields.value.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      reason = try values[Self.reason]
      startsAt = try values[Self.startsAt]
      endsAt = try values[Self.endsAt]
      ci = try values[Self.ci]
      label = try values[SourceFields.label.optional]
      value = try values[SourceFields.value.optional]
      guard (label == nil) == (value == nil) else { throw FieldError(label == nil ? "label" : "value", EventsMessages.labelWithValue) }
    }
  }

  private static let mostDays: Int64 = 90

  package static let declaration = Declaration(
    "maintenance_window.create", "Say when alerts of a customer are expected: they open no incident until it is over.",
    zh: "登记客户的维护窗口：期间的告警不建立事件，直至窗口结束。", permission: "maintenance_window.manage", roles: EventRights.readers,
    reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MaintenanceWindowRecord {
    let startsAt = input.startsAt ?? context.now
    guard input.endsAt > startsAt, input.endsAt > context.now else { throw Failure.invalid("endsAt", EventsMessages.windowOrder) }
    guard input.endsAt <= startsAt.adding(seconds: mostDays * 86_400) else {
      throw Failure.invalid("endsAt", EventsMessages.windowTooLong, ["days": String(mostDays)])
    }
    if let ci = input.ci {
      guard try await context.transaction.first(CiOfWindow(tenant: context.tenant.id, publicId: ci.random)) != nil else {
        throw context.unknownReference("ci")
      }
    }
    let id = context.newId(.maintenanceWindow)
    context.subject(id)
    context.transaction.enqueue(
      InsertWindow(
        tenant: context.tenant.id, publicId: id.random, reason: input.reason, ci: input.ci?.random, label: input.label, value: input.value,
        startsAt: startsAt, endsAt: input.endsAt, actor: context.actor, actorName: context.principal.name, now: context.now))
    return MaintenanceWindowRecord(try await context.maintenanceWindow(id), in: context)
  }
}

package enum ListMaintenanceWindows: Operation {
  package struct Input: OperationInput {
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [CustomerReference.field, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "maintenance_window.list", "List the maintenance windows of a customer; the one that begins last comes first.", zh: "列出客户的维护窗口，开始时间最晚的在前。",
    permission: "maintenance_window.read", roles: EventRights.readers, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<MaintenanceWindowRecord> {
    let (limit, before) = try context.page(input.limit, input.cursor)
    let rows = try await context.transaction.query(
      WindowPage(
        tenant: context.tenant.id, beforeAt: try before?.instant(0) ?? Instant.accepted.upperBound.adding(seconds: 1),
        beforeId: try before?.integer(1) ?? Int64.max, limit: limit + 1))
    return context.listing(rows, limit: limit, key: { PageCursor([.integer($0.startsAt.microseconds), .integer($0.id)]) }) {
      MaintenanceWindowRecord($0, in: context)
    }
  }
}

package enum EndMaintenanceWindow: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let idField = Field.id("id", .maintenanceWindow, "The window.", "维护窗口。")
    package static let fields: [any InputField] = [idField]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.idField] }
  }

  package static let declaration = Declaration(
    "maintenance_window.end", "End a maintenance window now, or call off one that has not begun.", zh: "立即结束维护窗口，或取消尚未开始的窗口。",
    permission: "maintenance_window.manage", roles: EventRights.readers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MaintenanceWindowRecord {
    let row = try await context.maintenanceWindow(input.id)
    try context.requireVersion(row.version)
    guard row.endsAt > context.now else { throw Failure(.conflict, EventsMessages.windowOver) }
    context.subject(input.id)
    let end = EndWindow(tenant: context.tenant.id, window: row.id, version: row.version, now: context.now)
    guard try await context.transaction.first(end) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(row.version), "current": "?"])
    }
    context.transaction.enqueue(WakeAlerts(tenant: context.tenant.id, window: row.id, now: context.now))
    return MaintenanceWindowRecord(try await context.maintenanceWindow(input.id), in: context)
  }
}
