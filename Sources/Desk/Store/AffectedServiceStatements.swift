import Kernel
import Operations
import Postgres

/// Services that an incident affects, as somebody took them over.
struct AffectedServices: Statement {
  struct Found: Sendable {
    let code: String
    let name: LocalText
    /// Found by what rests on a CI that the provider shares, and not by the customer's own.
    let isShared: Bool
  }

  let tenant: TenantId
  let ticket: PublicId

  static let sql = """
    select s.code, s.name_en, s.name_zh, a.is_shared
    from desk.ticket t
    join desk.affected_service a on a.tenant_id = t.tenant_id and a.ticket_id = t.id
    join catalog.pub_service s on s.service_id = a.service_id
    where t.tenant_id = $1 and t.public_id = $2 order by s.code
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(code: try row.next(), name: LocalText(english: try row.next(), chinese: try row.next()), isShared: try row.next())
  }
}

struct KeepAffectedServices: Statement {
  let tenant: TenantId
  let ticket: Int64
  /// Of the ticket, which never changes it.
  let openedAt: Instant
  let codes: [String]
  /// Those of them that the customer's own CIs belong to.
  let own: [String]
  let now: Instant

  static let sql = """
    insert into desk.affected_service (tenant_id, ticket_id, service_id, is_shared, recorded_at, opened_at)
    select $1, $2, s.service_id, not s.code = any ($4), $5, $6 from catalog.pub_service s where s.code = any ($3)
    on conflict (tenant_id, ticket_id, service_id) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(codes)
    parameters.append(own)
    parameters.append(now)
    parameters.append(openedAt)
  }
}

struct DropAffectedServices: Statement {
  let tenant: TenantId
  let ticket: Int64
  let codes: [String]

  static let sql = """
    delete from desk.affected_service a
    where a.tenant_id = $1 and a.ticket_id = $2 and a.service_id in (select s.service_id from catalog.pub_service s where s.code = any ($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(codes)
  }
}

/// The tickets of one customer that affect a service, the one opened last first.
struct TicketsOfAffectedService: Statement {
  let tickets: TicketsOfTenant
  let service: Int64

  /// One ticket after the other, as the index has them (`offset 0`): planned once for all, the conditions on tickets look so narrow that they would be
  /// read first, all of them, and sorted.
  static let sql = """
    \(Ticket.select) from desk.affected_service a
    cross join lateral (select x.* from desk.ticket x where x.tenant_id = a.tenant_id and x.id = a.ticket_id offset 0) t
    \(Ticket.others)
    \(TicketFilter.condition) and a.tenant_id = $1 and a.service_id = $13 and (a.opened_at, a.ticket_id) < ($9, $10)
    order by a.opened_at desc, a.ticket_id desc limit $11
    """

  func bind(to parameters: inout Parameters) {
    tickets.bind(to: &parameters)
    parameters.append(service)
  }

  static func decode(_ row: inout RowReader) throws -> Ticket { try Ticket(&row) }
}

/// The cross-tenant queue of the tickets that affect one service: ids and sort keys only (schema-rules 23).
struct ServiceQueuePositions: Statement {
  let queue: QueuePositions
  let service: Int64

  static let sql = """
    select tenant_id, id, due_at, opened_at
    from finder.service_tickets($1, $21, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
    """

  func bind(to parameters: inout Parameters) {
    queue.bind(to: &parameters)
    parameters.append(service)
  }

  static func decode(_ row: inout RowReader) throws -> QueuePositions.Found { try QueuePositions.decode(&row) }
}
