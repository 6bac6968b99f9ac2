import Kernel
import Operations
import Tenancy

/// An alert in a look over all customers.
package struct QueuedAlert: OperationOutput {
  let customer: TenantEntry
  let alert: AlertRecord

  package static let fields: [OutputField<QueuedAlert>] =
    [
      OutputField("customer", .id, "The customer.", "客户。") { .id($0.customer.publicId) },
      OutputField("customerCode", .text, "The customer's code.", "客户代码。") { .text($0.customer.code) },
      OutputField("customerName", .text, "The customer's name.", "客户名称。") { .text($0.customer.name) },
    ]
    + AlertRecord.fields.map { field in field.of { (queued: QueuedAlert) in queued.alert } }
}

/// What monitoring says now, of all customers.
package enum QueueAlerts: Operation {
  package struct Input: OperationInput {
    let customers: [PublicId]?
    let state: String?
    let limit: Int64?
    let cursor: String?

    private static let state = Field.oneOf(
      "state", AlertState.allCases.filter { $0 != .resolved }.map(\.rawValue), "Only those in this state.", "仅列出处于此状态的告警。"
    ).optional
    package static let fields: [any InputField] = [ServedCustomers.field, state, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customers = try values[ServedCustomers.field]
      state = try values[Self.state]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor is good for.
    var filterText: String { "\(state ?? "-") \((customers ?? []).map(\.description).joined(separator: ","))" }
  }

  package static let declaration = Declaration(
    "alert.queue", "List the alerts of all customers that the caller serves that are not over; what changed last comes first.",
    zh: "列出所服务客户的全部未恢复告警，最近变化的在前。", permission: "alert.read", roles: EventRights.readers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<QueuedAlert> {
    let (limit, before) = try context.page(input.limit, input.cursor, filter: input.filterText)
    let positions = try await context.transaction.query(
      AlertPositions(
        tenants: try await context.served(input.customers), state: input.state, before: try before.map(AlertPositions.Found.init), limit: limit + 1))
    let alerts = try await alerts(at: positions, context)
    let rows = positions.compactMap { position in alerts[position.id].map { (position: position, alert: $0) } }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.position.cursor }, element: { $0.alert })
  }

  /// The alerts at positions of the finder's, read under row security with exactly their customers bound.
  private static func alerts(at positions: [AlertPositions.Found], _ context: OperationContext) async throws -> [Int64: QueuedAlert] {
    guard !positions.isEmpty else { return [:] }
    let tenants = Set(positions.map(\.tenant)).sorted()
    let customers = try await context.entries(of: tenants)
    let rows = try await context.bound(to: tenants) { try await $0.last(AlertsAt(positions: positions)) }
    let byId = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    var alerts: [Int64: QueuedAlert] = [:]
    for position in positions {
      guard let row = byId[position.id], let customer = customers[position.tenant] else { continue }
      alerts[position.id] = QueuedAlert(customer: customer, alert: AlertRecord(row, of: customer, provider: context.provider))
    }
    return alerts
  }
}

extension AlertPositions.Found {
  fileprivate var cursor: PageCursor { PageCursor([.integer(changedAt.microseconds), .integer(tenant.rawValue), .integer(id)]) }

  fileprivate init(_ cursor: PageCursor) throws {
    changedAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}
