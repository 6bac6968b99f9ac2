import Kernel
import Operations

/// The engineer's queue: the open incidents of all his customers, the one that is due next first: by what the customer was promised,
/// or, of one team, by what that team promised.
package enum ReadQueue: Operation {
  package struct Input: OperationInput {
    let shown: ShownQueue
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = ShownQueue.fields + [Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      shown = try ShownQueue(values)
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "incident.queue", "List the open incidents of all customers that the caller serves, the next due first.", zh: "列出所服务客户的全部未结事件，最先到期的在前。",
    roles: [.administrator, .accountManager, .engineer], reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<QueueLine> {
    let criteria = try await context.criteria(of: input.shown)
    // What a cursor is good for.
    let filter = JSON.text(criteria.value) + (input.shown.ci?.description ?? "")
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let look = try await context.look(criteria, ofCi: input.shown.ci, after: try after.map(QueuePositions.Found.init), limit: limit + 1)
    let found = try await look.find(in: context.transaction)
    let lines = try await lines(of: found, context)
    // Tickets are never deleted, so each position has its line; one that was resolved since the look shows its new state.
    let rows = found.compactMap { position in lines[position.id].map { (position: position, line: $0) } }
    return context.listing(rows, limit: limit, filter: filter, key: { $0.position.cursor }, element: { $0.line })
  }

  /// The tickets at the positions, read under row security with exactly their tenants bound.
  private static func lines(of positions: [QueuePositions.Found], _ context: OperationContext) async throws -> [Int64: QueueLine] {
    guard !positions.isEmpty else { return [:] }
    // The provider's own besides, for the names of its staff.
    let tenants = Set(positions.map(\.tenant) + [context.provider.id]).sorted()
    let found = try await context.bound(to: tenants) { transaction in
      try await transaction.last(TicketsOfQueue(positions: positions, provider: context.provider.id))
    }
    let provider = context.provider.handle
    return Dictionary(
      found.map { row in
        let customer = PublicId(kind: IdKind.customer.prefix, handle: row.handle, random: row.customerPublicId)
        let view = IncidentView(
          row.ticket, customer: customer ?? .none(kind: IdKind.customer.prefix, handle: row.handle), code: row.code, provider: provider,
          showsAssignment: true)
        let line = QueueLine(
          incident: view, customerCode: row.code, names: row.names, now: context.now,
          teamDueAt: row.teamDueAt, teamWarnedPercent: row.teamWarnedPercent)
        return (row.ticket.id, line)
      }
    ) { first, _ in first }
  }
}

extension QueuePositions.Found {
  var cursor: PageCursor {
    PageCursor([.integer(dueAt?.microseconds), .integer(since.microseconds), .integer(tenant.rawValue), .integer(id)])
  }

  init(_ cursor: PageCursor) throws {
    dueAt = cursor.keys.first?.integer.map { Instant(microseconds: $0) }
    since = try cursor.instant(1)
    tenant = TenantId(try cursor.integer(2))
    id = try cursor.integer(3)
  }
}
