import Kernel
import Postgres

/// What a listing of one customer's tickets is narrowed to.
struct TicketFilter: Sendable {
  var states: [TicketState]?
  var priority: Int64?
  var contract: Int64?
  var openedFrom: Instant?
  var closureCode: String?

  static let condition = """
    where t.tenant_id = $1 and ($2 or t.unit_id = any ($3) or t.requester_id = $4) and ($5::text[] is null or t.state = any ($5))
      and ($6::bigint is null or t.priority = $6) and ($7::bigint is null or t.contract_id = $7) and t.opened_at >= $8
      and (t.opened_at, t.id) < ($9, $10) and ($12::text is null or t.closure_code = $12)
    """

  /// Whether it asks for open tickets only, for which there is an index of their own.
  var isOpenOnly: Bool { states?.allSatisfy(\.isOpen) ?? false }
}

/// Tickets of one customer, the one opened last first.
struct TicketsOfTenant: Statement {
  let tenant: TenantId
  let scope: RowScope
  let filter: TicketFilter
  /// The position after which the page begins.
  let before: (openedAt: Instant, id: Int64)
  let limit: Int64

  static let sql = "\(Ticket.select) \(Ticket.from) \(TicketFilter.condition) order by t.opened_at desc, t.id desc limit $11"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(scope)
    parameters.append(filter.states?.map(\.rawValue))
    parameters.append(filter.priority)
    parameters.append(filter.contract)
    parameters.append(filter.openedFrom ?? Instant.accepted.lowerBound)
    parameters.append(before.openedAt)
    parameters.append(before.id)
    parameters.append(limit)
    parameters.append(filter.closureCode)
  }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The same when only open tickets are asked for: the condition is that of the index `ticket_open`, which does not grow
/// with the years.
struct OpenTicketsOfTenant: Statement {
  let tickets: TicketsOfTenant

  static let sql = """
    \(Ticket.select) \(Ticket.from) \(TicketFilter.condition) and t.state in ('new', 'active', 'pending')
    order by t.opened_at desc, t.id desc limit $11
    """

  func bind(to parameters: inout Parameters) { tickets.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The same of those that ended so, by the index of closure codes: a condition that may be left out finds none, where the server plans once for all.
struct TicketsOfClosureCode: Statement {
  let tickets: TicketsOfTenant

  static let sql = """
    \(Ticket.select) \(Ticket.from) \(TicketFilter.condition) and t.closure_code = $12 order by t.opened_at desc, t.id desc limit $11
    """

  func bind(to parameters: inout Parameters) { tickets.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The same for somebody who sees only what he reported himself, by the index of requesters.
struct OwnTickets: Statement {
  let tickets: TicketsOfTenant

  static let sql = """
    \(Ticket.select) \(Ticket.from) \(TicketFilter.condition) and t.requester_id = $4 order by t.opened_at desc, t.id desc limit $11
    """

  func bind(to parameters: inout Parameters) { tickets.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The same of one person, by the same index.
struct TicketsOfRequester: Statement {
  let tickets: TicketsOfTenant
  let requester: Int64

  static let sql = """
    \(Ticket.select) \(Ticket.from) \(TicketFilter.condition) and t.requester_id = $13 order by t.opened_at desc, t.id desc limit $11
    """

  func bind(to parameters: inout Parameters) {
    tickets.bind(to: &parameters)
    parameters.append(requester)
  }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The cross-tenant queue: ids and sort keys only (schema-rules 23).
struct QueuePositions: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let dueAt: Instant?
    /// When it was opened; in a team's own order, when its turn began.
    let since: Instant
  }

  /// Nil: every tenant.
  let tenants: [Int64]?
  let team: Int64?
  let assignee: Int64?
  let unassignedOnly: Bool
  let priority: Int64?
  let owner: Int64?
  let unownedOnly: Bool
  /// To whom they are offered: to an account, or to one of ``offeredTeams``.
  let offeredTo: Int64?
  var state: TicketState?
  /// A category and those below it.
  var categories: [String]?
  var nature: String?
  /// Only what is due at or after the one and before the other; what has no running clock is due at the end of time.
  var dueFrom: Instant?
  var dueBefore: Instant?
  /// Whose offers count with those to the account.
  var offeredTeams: [Int64] = []
  /// Only those of one of these; nil: of any, or of none.
  var wantedTeams: [Int64]?
  let after: Found?
  let limit: Int64

  static let sql = """
    select tenant_id, id, due_at, opened_at
    from finder.open_tickets($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(team)
    parameters.append(assignee)
    parameters.append(unassignedOnly)
    parameters.append(priority)
    parameters.append(owner)
    parameters.append(unownedOnly)
    parameters.append(offeredTo)
    parameters.append(state?.rawValue)
    parameters.append(categories)
    parameters.append(nature)
    parameters.append(dueFrom)
    parameters.append(dueBefore)
    parameters.append(after?.dueAt)
    parameters.append(after?.since)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
    parameters.append(offeredTeams)
    parameters.append(wantedTeams)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), id: try row.next(), dueAt: try row.next(), since: try row.next())
  }
}

/// The same of one team, by when its own turns are due.
struct TeamQueuePositions: Statement {
  let queue: QueuePositions

  static let sql = """
    select tenant_id, id, due_at, started_at
    from finder.team_tickets($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
    """

  func bind(to parameters: inout Parameters) { queue.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> QueuePositions.Found { try QueuePositions.decode(&row) }
}

/// The tickets of a page of the queue, with their customers; exactly those tenants are bound.
struct TicketsOfQueue: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let handle: TenantHandle
    let code: String
    let customerPublicId: [UInt8]
    let names: QueueLine.Names
    let ticket: Ticket
    /// Of the turn of its team that goes on.
    let teamDueAt: Instant?
    let teamWarnedPercent: Int64?
  }

  let positions: [QueuePositions.Found]
  /// Whose tenant the staff belong to; it is bound besides.
  let provider: TenantId

  /// Pair by pair, so that each ticket is found by its key: by sets of both, all tickets of the customers would be read. The
  /// pairs come first because the planner keeps the order of more than `join_collapse_limit` (8) relations as it is written.
  static let sql = """
    \(Ticket.select), e.id, e.handle, e.code, e.public_id, e.name, p.name, m.name, y.name, z.name, a.due_at,
      a.warned_percent
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join desk.ticket t on t.tenant_id = w.tenant_id and t.id = w.id
    join tenancy.tenant e on e.id = t.tenant_id
    left join desk.assignment a on a.tenant_id = t.tenant_id and a.ticket_id = t.id and a.ended_at is null
    \(Ticket.others)
    left join tenancy.account y on y.tenant_id = $3 and y.id = t.assignee_id
    left join tenancy.account z on z.tenant_id = $3 and z.id = t.owner_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant))
    parameters.append(positions.map(\.id))
    parameters.append(provider)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let ticket = try Ticket(&row)
    let tenant: TenantId = try row.next()
    let handle: Int64 = try row.next()
    let code: String = try row.next()
    let customer: [UInt8] = try row.next()
    let names = QueueLine.Names(
      customer: try row.next(), requester: try row.next(), team: try row.next(), assignee: try row.next(), owner: try row.next())
    return Found(
      tenant: tenant, handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), code: code, customerPublicId: customer, names: names,
      ticket: ticket, teamDueAt: try row.next(), teamWarnedPercent: try row.next())
  }
}
