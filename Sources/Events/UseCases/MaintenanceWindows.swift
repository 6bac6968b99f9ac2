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

  /// One that is not over, as the caller saw it last.
  fileprivate func windowToAlter(_ id: PublicId) async throws -> WindowRow {
    let row = try await maintenanceWindow(id)
    try requireVersion(row.version)
    guard row.endsAt > now else { throw Failure(.conflict, EventsMessages.windowOver) }
    subject(id)
    return row
  }

  /// What it covers is looked at again when it is over now.
  fileprivate func save(_ update: UpdateWindow) async throws {
    guard try await transaction.first(update) != nil else {
      throw Failure(.versionMismatch, OperationMessages.versionMismatch, ["expected": String(update.version), "current": "?"])
    }
    transaction.enqueue(WakeAlerts(tenant: tenant.id, window: update.window, at: update.endsAt))
  }

  /// Windows end after they begin and after now, and within some months.
  fileprivate func requireSpan(from startsAt: Instant, to endsAt: Instant) throws(Failure) {
    guard endsAt > startsAt, endsAt > now else { throw Failure.invalid("endsAt", EventsMessages.windowOrder) }
    guard endsAt <= startsAt.adding(seconds: WindowFields.mostDays * 86_400) else {
      throw Failure.invalid("endsAt", EventsMessages.windowTooLong, ["days": String(WindowFields.mostDays)])
    }
  }
}

/// The fields that the operations on maintenance windows share.
private enum WindowFields {
  static let id = Field.id("id", .maintenanceWindow, "The window.", "维护窗口。")
  static let reason = Field.text("reason", 1...500, "What is being done.", "维护内容。")
  static let endsAt = Field.instant("endsAt", "When it is over, at most 90 days after it begins.", "结束时间，最长为开始后 90 天。")

  static let mostDays: Int64 = 90
}

package enum CreateMaintenanceWindow: Operation {
  package struct Input: OperationInput {
    let reason: String
    let startsAt: Instant?
    let endsAt: Instant
    let ci: PublicId?
    let label: String?
    let value: String?

    private static let startsAt = Field.instant("startsAt", "When it begins (default: now).", "开始时间（默认当前时刻）。").optional
    private static let ci = Field.id("ci", .ciOfWindow, "Only alerts that name this configuration item.", "仅限涉及此配置项的告警。").optional

    package static let fields: [any InputField] = [
      CustomerReference.field, WindowFields.reason, startsAt, WindowFields.endsAt, ci, SourceFields.label.optional, SourceFields.value.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      reason = try values[WindowFields.reason]
      startsAt = try values[Self.startsAt]
      endsAt = try values[WindowFields.endsAt]
      ci = try values[Self.ci]
      label = try values[SourceFields.label.optional]
      value = try values[SourceFields.value.optional]
      guard (label == nil) == (value == nil) else { throw FieldError(label == nil ? "label" : "value", EventsMessages.labelWithValue) }
    }
  }

  package static let declaration = Declaration(
    "maintenance_window.create", "Say when alerts of a customer are expected: they open no incident until it is over.",
    zh: "登记客户的维护窗口：期间的告警不建立事件，直至窗口结束。", permission: "maintenance_window.manage", roles: EventRights.readers,
    reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MaintenanceWindowRecord {
    let startsAt = input.startsAt ?? context.now
    try context.requireSpan(from: startsAt, to: input.endsAt)
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
  package typealias Input = PageOfCustomer

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

/// What it covers stays covered as long as the window lasts now: work takes longer than was thought, or less.
package enum ChangeMaintenanceWindow: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: Change<String>
    let endsAt: Change<Instant>

    package static let fields: [any InputField] = [WindowFields.id, WindowFields.reason.change, WindowFields.endsAt.change]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[WindowFields.id]
      reason = try values[WindowFields.reason.change]
      endsAt = try values[WindowFields.endsAt.change]
    }
  }

  package static let declaration = Declaration(
    "maintenance_window.change", "Say anew when a maintenance window that is not over ends, or what is being done.", zh: "修改尚未结束的维护窗口的结束时间或维护内容。",
    permission: "maintenance_window.manage", roles: EventRights.readers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MaintenanceWindowRecord {
    let row = try await context.windowToAlter(input.id)
    let (reason, endsAt) = (input.reason.applied(to: row.reason), input.endsAt.applied(to: row.endsAt))
    guard reason != row.reason || endsAt != row.endsAt else { throw Failure(.invalid, EventsMessages.windowUnchanged) }
    if endsAt != row.endsAt { try context.requireSpan(from: row.startsAt, to: endsAt) }
    try await context.save(UpdateWindow(tenant: context.tenant.id, window: row.id, version: row.version, reason: reason, endsAt: endsAt))
    return MaintenanceWindowRecord(try await context.maintenanceWindow(input.id), in: context)
  }
}

package enum EndMaintenanceWindow: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    package static let fields: [any InputField] = [WindowFields.id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[WindowFields.id] }
  }

  package static let declaration = Declaration(
    "maintenance_window.end", "End a maintenance window now, or call off one that has not begun.", zh: "立即结束维护窗口，或取消尚未开始的窗口。",
    permission: "maintenance_window.manage", roles: EventRights.readers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> MaintenanceWindowRecord {
    let row = try await context.windowToAlter(input.id)
    // One that has not begun will not be.
    let endsAt = max(row.startsAt, context.now)
    try await context.save(UpdateWindow(tenant: context.tenant.id, window: row.id, version: row.version, reason: row.reason, endsAt: endsAt))
    return MaintenanceWindowRecord(try await context.maintenanceWindow(input.id), in: context)
  }
}
