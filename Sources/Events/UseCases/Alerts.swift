import Kernel
import Operations
import Tenancy

package struct AlertRecord: OperationOutput {
  let id: PublicId
  let source: PublicId
  let incident: PublicId?
  let window: PublicId?
  let change: PublicId?
  let row: AlertRow

  package static let fields: [OutputField<AlertRecord>] = [
    OutputField("id", .id, "The alert.", "告警。") { .id($0.id) },
    OutputField("source", .id, "Where it comes from.", "来源。") { .id($0.source) },
    OutputField("title", .text, "What it is called.", "标题。") { .text(AlertWords.title($0.row.labels, $0.row.annotations)) },
    OutputField("fingerprint", .text, "What the source calls the thing by.", "来源对该对象的标识。") { .text($0.row.fingerprint) },
    OutputField(
      "state", .text, "firing, suppressed (expected, in a maintenance window or that of a change) or resolved.",
      "状态：firing（告警）、suppressed（维护窗口或变更窗口内抑制）或 resolved（恢复）。"
    ) {
      .text($0.row.state)
    },
    OutputField("incident", .id, "The incident that it went into; null: none.", "所并入的事件；null 表示无。") { .id($0.incident) },
    OutputField("window", .id, "The maintenance window that covers it.", "覆盖它的维护窗口。") { .id($0.window) },
    OutputField("change", .id, "The change in whose window it is expected.", "将其列为预期告警的变更。") { .id($0.change) },
    OutputField("labels", .document, "Its labels.", "标签。") { LabelSet.value($0.row.labels) },
    OutputField("annotations", .document, "Its annotations.", "注释。") { LabelSet.value($0.row.annotations) },
    OutputField("link", .text, "Where the source shows it.", "来源中的链接。") { .text($0.row.link) },
    OutputField("startsAt", .instant, "When it began, as the source says.", "开始时间（以来源为准）。") { .instant($0.row.startsAt) },
    OutputField("endsAt", .instant, "When it was over.", "恢复时间。") { .instant($0.row.endsAt) },
    OutputField("occurrences", .integer, "How often it began.", "出现次数。") { .integer($0.row.occurrences) },
    OutputField("changedAt", .instant, "When its state last changed.", "状态最近变化时间。") { .instant($0.row.changedAt) },
  ]

  init(_ row: AlertRow, in context: OperationContext) { self.init(row, of: context.tenant, provider: context.provider) }

  init(_ row: AlertRow, of customer: TenantEntry, provider: TenantEntry) {
    id = customer.id(IdKind.alert.prefix, row.publicId)
    source = provider.id(IdKind.eventSource.prefix, row.sourcePublicId)
    incident = row.ticket.map { customer.id(IdKind.ticketOfAlert.prefix, $0) }
    window = row.window.map { customer.id(IdKind.maintenanceWindow.prefix, $0) }
    change = row.change.map { provider.id(IdKind.changeOfAlert.prefix, $0) }
    self.row = row
  }
}

package enum ReadAlert: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    private static let idField = Field.id("id", .alert, "The alert.", "告警。")
    package static let fields: [any InputField] = [idField]

    package init(_ values: InputValues) throws(FieldError) { id = try values[Self.idField] }
  }

  package static let declaration = Declaration(
    "alert.read", "Read an alert of a customer.", zh: "查看客户的告警。", roles: EventRights.readers, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> AlertRecord {
    guard let row = try await context.transaction.first(AlertByPublicId(tenant: context.tenant.id, publicId: input.id.random)) else {
      throw Failure.notFound
    }
    return AlertRecord(row, in: context)
  }
}

package enum ListAlerts: Operation {
  package struct Input: OperationInput {
    let state: String?
    let incident: PublicId?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", AlertState.allCases.map(\.rawValue), "Only those in this state.", "仅列出处于此状态的告警。"
    ).optional
    private static let incident = Field.id("incident", .ticketOfAlert, "Only those that went into this incident.", "仅列出并入此事件的告警。").optional
    package static let fields: [any InputField] = [CustomerReference.field, state, incident, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      state = try values[Self.state]
      incident = try values[Self.incident]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "alert.list", "List the alerts of a customer; what changed last comes first.", zh: "列出客户的告警，最近变化的在前。", permission: "alert.read",
    roles: EventRights.readers, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AlertRecord> {
    let filter = "\(input.state ?? "-") \(input.incident?.description ?? "-")"
    let (limit, before) = try context.page(input.limit, input.cursor, filter: filter)
    if let incident = input.incident {
      guard try await context.transaction.first(TicketOfAlerts(tenant: context.tenant.id, publicId: incident.random)) != nil else {
        throw context.unknownReference("incident")
      }
    }
    let page = AlertPage(
      tenant: context.tenant.id, state: input.state, ticket: input.incident?.random,
      beforeAt: try before?.instant(0) ?? Instant.accepted.upperBound, beforeId: try before?.integer(1) ?? Int64.max, limit: limit + 1)
    let isOpen = input.state.map { $0 != AlertState.resolved.rawValue } ?? false
    let rows = isOpen ? try await context.transaction.query(OpenAlertPage(page: page)) : try await context.transaction.query(page)
    return context.listing(
      rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.changedAt.microseconds), .integer($0.id)]) }
    ) { AlertRecord($0, in: context) }
  }
}
