import Kernel
import Operations
import ServiceTime

package struct OutageOutput: OperationOutput {
  let id: PublicId
  let service: PublicId
  let supplier: PublicId
  let row: OutageRow

  init(_ row: OutageRow, in context: OperationContext) {
    id = context.id(.outage, row.publicId)
    service = context.id(.supplierService, row.service)
    supplier = context.id(.supplier, row.supplier)
    self.row = row
  }

  package static let fields: [OutputField<OutageOutput>] = [
    OutputField("id", .id, "The outage.", "中断编号。") { .id($0.id) },
    OutputField("service", .id, "The service.", "服务。") { .id($0.service) },
    OutputField("serviceName", .text, "The service's name.", "服务名称。") { .text($0.row.serviceName) },
    OutputField("supplier", .id, "Whose it is.", "所属供应商。") { .id($0.supplier) },
    OutputField("severity", .text, "maintenance, degraded, partial or major.", "级别：maintenance（维护）、degraded（降级）、partial（部分中断）或 major（全面中断）。") {
      .text($0.row.severity.rawValue)
    },
    OutputField("startsAt", .instant, "When it began.", "开始时间。") { .instant($0.row.startsAt) },
    OutputField("endsAt", .instant, "The first instant at which it was over; null while it lasts.", "结束时间（不含）；仍在持续则为 null。") { .instant($0.row.endsAt) },
    OutputField("announcedAt", .instant, "When it was announced, for maintenance.", "维护的公告时间。") { .instant($0.row.announcedAt) },
    OutputField("title", .text, "What it was about.", "说明。") { .text($0.row.title) },
    OutputField("source", .text, "Who told it.", "来源。") { .text($0.row.source) },
    OutputField("key", .text, "By what the source knows it.", "来源中的键值。") { .text($0.row.externalKey) },
    OutputField("withdrawn", .boolean, "Whether the report turned out wrong: it counts nowhere.", "报告是否有误：有误者不计。") { .bool($0.row.withdrawn) },
    OutputField("recordedAt", .instant, "When it was first recorded.", "首次登记时间。") { .instant($0.row.recordedAt) },
    OutputField("updatedAt", .instant, "When it was last changed.", "最近变更时间。") { .instant($0.row.updatedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]

  /// What stood there before a change, for its event.
  static func was(_ report: OutageReport) -> Value {
    .object([
      "severity": .text(report.severity.rawValue), "startsAt": .instant(report.startsAt), "endsAt": .instant(report.endsAt),
      "announcedAt": .instant(report.announcedAt),
    ])
  }
}

enum OutageFields {
  static let severity = Field.oneOf(
    "severity", OutageSeverity.allCases.map(\.rawValue), "How bad it is.", "级别：maintenance 维护、degraded 降级、partial 部分中断、major 全面中断。")
  static let startsAt = Field.instant("startsAt", "When it begins.", "开始时间。")
  static let endsAt = Field.instant("endsAt", "The first instant at which it is over; left out: it lasts.", "结束时间（不含）；不填表示仍在持续。")
  static let announcedAt = Field.instant("announcedAt", "When it was announced, for maintenance.", "维护的公告时间。")
  static let title = Field.text("title", 1...300, "What it is about.", "说明。")

  static func requireOrder(_ startsAt: Instant, _ endsAt: Instant?, path: String = "endsAt") throws(Failure) {
    if let endsAt, endsAt <= startsAt { throw .invalid(path, SuppliersMessages.outageOrder) }
  }
}

package enum RecordOutage: Operation {
  package struct Input: OperationInput {
    let service: PublicId
    let severity: OutageSeverity
    let startsAt: Instant
    let endsAt: Instant?
    let announcedAt: Instant?
    let title: String?

    static let service = Field.id("service", .supplierService, "The service.", "服务编号。")

    package static let fields: [any InputField] = [
      service, OutageFields.severity, OutageFields.startsAt, OutageFields.endsAt.optional, OutageFields.announcedAt.optional, OutageFields.title.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      service = try values[Self.service]
      severity = try OutageSeverity(rawValue: values[OutageFields.severity]) ?? .partial
      startsAt = try values[OutageFields.startsAt]
      endsAt = try values[OutageFields.endsAt.optional]
      announcedAt = try values[OutageFields.announcedAt.optional]
      title = try values[OutageFields.title.optional]
    }
  }

  /// Outages that people record themselves.
  static let source = "steward"

  package static let declaration = Declaration(
    "outage.record", "Record an outage or a maintenance window of a supplier's service.", zh: "登记供应商服务的中断或维护窗口。", permission: "outage.manage",
    roles: [.administrator, .accountManager, .engineer], scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OutageOutput {
    try OutageFields.requireOrder(input.startsAt, input.endsAt)
    let service = try await context.supplierService(input.service, path: "service")
    let id = context.newId(.outage)
    context.transaction.enqueue(
      InsertOutages(
        tenant: context.tenant.id, source: source, publicIds: [id],
        reports: [
          OutageReport(
            service: service.id, key: id.description, severity: input.severity, startsAt: input.startsAt, endsAt: input.endsAt,
            announcedAt: input.announcedAt, title: input.title)
        ], now: context.now))
    return try await context.outageOutput(id)
  }
}

package enum ChangeOutage: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let severity: OutageSeverity?
    let startsAt: Change<Instant>
    let endsAt: Change<Instant>
    let announcedAt: Change<Instant>
    let title: Change<String>
    let withdrawn: Bool?

    private static let severity = OutageFields.severity.optional
    private static let withdrawn = Field.boolean(
      "withdrawn", "Whether the report turned out wrong: it stays, and counts nowhere.", "报告是否有误：记录保留，但不再计入。"
    ).optional

    package static let fields: [any InputField] = [
      ReadOutage.Input.id, severity, OutageFields.startsAt.change, OutageFields.endsAt.clearable, OutageFields.announcedAt.clearable,
      OutageFields.title.clearable, withdrawn,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReadOutage.Input.id]
      severity = try values[Self.severity].flatMap(OutageSeverity.init(rawValue:))
      startsAt = try values[OutageFields.startsAt.change]
      endsAt = try values[OutageFields.endsAt.clearable]
      announcedAt = try values[OutageFields.announcedAt.clearable]
      title = try values[OutageFields.title.clearable]
      withdrawn = try values[Self.withdrawn]
    }

    var isEmpty: Bool { startsAt.isKeep && endsAt.isKeep && announcedAt.isKeep && title.isKeep && severity == nil && withdrawn == nil }
  }

  package static let declaration = Declaration(
    "outage.change", "Correct an outage: its end, its severity, or that it was none.", zh: "更正中断记录：结束时间、级别，或撤销误报。", permission: "outage.manage",
    roles: [.administrator, .accountManager, .engineer], scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OutageOutput {
    guard let row = try await context.transaction.first(OutageByPublicId(tenant: context.tenant.id, publicId: input.id)) else { throw Failure.notFound }
    try context.requireVersion(row.version)
    guard !input.isEmpty else { throw Failure(.invalid, SuppliersMessages.nothingToChange) }
    let startsAt = input.startsAt.applied(to: row.startsAt)
    let endsAt: Instant? = input.endsAt.applied(to: row.endsAt)
    try OutageFields.requireOrder(startsAt, endsAt)
    let advanced = try await context.transaction.first(
      UpdateOutage(
        tenant: context.tenant.id, id: row.id, version: row.version, severity: input.severity ?? row.severity, startsAt: startsAt, endsAt: endsAt,
        announcedAt: input.announcedAt.applied(to: row.announcedAt), title: input.title.applied(to: row.title), withdrawn: input.withdrawn,
        isCorrection: true, now: context.now))
    guard let version = advanced else { throw context.beaten }
    context.record(
      Event(
        subjectKind: "outage", subject: row.id, seq: version, type: "outage.changed",
        payload: .object(["outage": .id(input.id), "was": OutageOutput(row, in: context).value]), occurredAt: context.now))
    return try await context.outageOutput(input.id)
  }
}

package enum ReadOutage: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    static let id = Field.id("id", .outage, "The outage.", "中断编号。")

    package static let fields: [any InputField] = [id]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.id] }
  }

  package static let declaration = Declaration(
    "outage.read", "Read an outage.", zh: "查看中断记录。", roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> OutageOutput { try await context.outageOutput(input.id) }
}

package enum ListOutages: Operation {
  package struct Input: OperationInput {
    let service: PublicId?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [RecordOutage.Input.service.optional, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      service = try values[RecordOutage.Input.service.optional]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "outage.list", "List the outages of a service, or of all, newest first.", zh: "列出某一服务或全部服务的中断，最新在前。", permission: "outage.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<OutageOutput> {
    let tenant = context.tenant.id
    let filter = input.service?.description ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let (start, id) = (try after?.instant(0) ?? Instant(microseconds: .max), try after?.integer(1) ?? .max)
    let rows: [OutageRow]
    if let wanted = input.service {
      let service = try await context.supplierService(wanted, path: "service")
      rows = try await context.transaction.query(
        OutagesOfService(tenant: tenant, service: service.id, beforeStart: start, beforeId: id, limit: limit + 1))
    } else {
      rows = try await context.transaction.query(OutagesByStart(tenant: tenant, beforeStart: start, beforeId: id, limit: limit + 1))
    }
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.startsAt.microseconds), .integer(row.id)])
    } element: { row in
      OutageOutput(row, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func outageOutput(_ id: PublicId) async throws -> OutageOutput {
    guard let row = try await transaction.first(OutageByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    subject(id)
    return OutageOutput(row, in: self)
  }
}
