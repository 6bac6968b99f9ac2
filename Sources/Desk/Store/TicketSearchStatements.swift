import Contracts
import Kernel
import Knowledge
import Operations
import Postgres
import Tenancy

/// Where a search finds its words: ids and sort keys only (schema-rules 23).
struct FindTickets: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let openedAt: Instant
  }

  let query: SearchQuery
  /// Staff find by what they said among themselves as well.
  let isStaff: Bool
  /// What the operation is for.
  let types: [TicketType]
  /// Nil: every tenant.
  let tenants: [Int64]?
  let scope: RowScope
  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, opened_at from finder.search_tickets($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"

  func bind(to parameters: inout Parameters) {
    parameters.append(query)
    parameters.append(isStaff)
    parameters.append(types.map(\.rawValue))
    parameters.append(tenants)
    parameters.append(scope)
    parameters.append(after?.openedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), openedAt: try row.next()) }
}

/// The tickets that were found, with their customers, as far as the caller's rows go; exactly those tenants are bound.
struct TicketsFound: Statement {
  struct Found: Sendable {
    let ticket: Ticket
    let customer: PublicId
    let code: String
  }

  let places: [FindTickets.Found]
  let scope: RowScope

  /// Pair by pair, so that each ticket is found by its key.
  static let sql = """
    \(Ticket.select), e.handle, e.public_id, e.code
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join desk.ticket t on t.tenant_id = w.tenant_id and t.id = w.id
    join tenancy.tenant e on e.id = t.tenant_id
    \(Ticket.others)
    where $3 or t.unit_id = any ($4) or t.requester_id = $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places.map(\.tenant))
    parameters.append(places.map(\.id))
    parameters.append(scope)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let ticket = try Ticket(&row)
    let (number, bits): (Int64, [UInt8]) = (try row.next(), try row.next())
    let handle = TenantHandle(UInt32(truncatingIfNeeded: number))
    let customer = PublicId(kind: IdKind.customer.prefix, handle: handle, random: bits) ?? .none(kind: IdKind.customer.prefix, handle: handle)
    return Found(ticket: ticket, customer: customer, code: try row.next())
  }
}
