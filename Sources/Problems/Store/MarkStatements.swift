import Kernel
import Operations
import Postgres

/// Marks an incident of which somebody says that a problem is behind it; no row when it is marked already.
struct MarkIncident: Statement {
  let tenant: TenantId
  let ticket: Int64
  let reason: String
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into problems.candidate as c (tenant_id, ticket_id, state, reason, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, 'open', $3, $4, $5, $6, $7)
    on conflict (tenant_id, ticket_id) do update set state = excluded.state, reason = excluded.reason, decision = null, problem_id = null,
      problem_public_id = null, actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, actor_name = excluded.actor_name,
      recorded_at = excluded.recorded_at, settled_kind = null, settled_id = null, settled_name = null, settled_at = null
    where c.state <> 'open' returning ticket_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(reason)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Says of a marked incident that no problem is opened because of it; no row when it is not marked.
struct DeclineMark: Statement {
  let tenant: TenantId
  let ticket: Int64
  let reason: String
  let principal: Principal
  let now: Instant

  static let sql = """
    update problems.candidate set state = 'declined', decision = $3, settled_kind = $4, settled_id = $5, settled_name = $6, settled_at = $7
    where tenant_id = $1 and ticket_id = $2 and state = 'open' returning ticket_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(reason)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Incidents that a problem is behind from now on: what was marked of them is settled by that.
struct SettleMarks: Statement {
  let tenant: TenantId
  let tickets: [Int64]
  let problem: Int64
  let publicId: [UInt8]
  let principal: Principal
  let now: Instant

  static let sql = """
    update problems.candidate set state = 'opened', problem_id = $3, problem_public_id = $4, settled_kind = $5, settled_id = $6, settled_name = $7,
      settled_at = $8
    where tenant_id = $1 and ticket_id = any ($2) and state = 'open'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(problem)
    parameters.append(publicId)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }
}

/// What was said of an incident that is marked, or was, and what became of that.
struct MarkOfTicket: Statement {
  struct Found: Sendable {
    let state: String
    let reason: String
    let actorName: String
    let at: Instant
    let decision: String?
    let problem: [UInt8]?
    let settledName: String?
    let settledAt: Instant?
  }

  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    select state, reason, actor_name, recorded_at, decision, problem_public_id, settled_name, settled_at from problems.candidate
    where tenant_id = $1 and ticket_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      state: try row.next(), reason: try row.next(), actorName: try row.next(), at: try row.next(), decision: try row.next(), problem: try row.next(),
      settledName: try row.next(), settledAt: try row.next())
  }
}

/// A problem that is behind an incident, other than a cancelled one.
struct ProblemBehind: Statement {
  let provider: TenantId
  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    select p.id from problems.incident_link l join problems.problem p on p.tenant_id = l.tenant_id and p.id = l.problem_id
    where l.tenant_id = $1 and l.other_tenant_id = $2 and l.ticket_id = $3 and l.ended_seq is null and p.state <> 'cancelled' limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Marked incidents over all customers that are permitted, the newest mark first: keys only (schema-rules 23).
struct FindMarks: Statement {
  struct Place: Sendable {
    let tenant: TenantId
    let ticket: Int64
  }

  /// Nil: every tenant.
  let tenants: [Int64]?
  let limit: Int64

  static let sql = "select tenant_id, ticket_id from finder.problem_marks($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Place { Place(tenant: try row.next(), ticket: try row.next()) }
}

/// What was said of incidents that are marked; their tenants are bound.
struct MarksAt: Statement {
  struct Found: Sendable {
    let ticket: Int64
    let reason: String
    let actorName: String
    let at: Instant
  }

  let places: [FindMarks.Place]

  static let sql = """
    select c.ticket_id, c.reason, c.actor_name, c.recorded_at
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, ticket_id)
    join problems.candidate c on c.tenant_id = w.tenant_id and c.ticket_id = w.ticket_id
    where c.state = 'open'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places.map(\.tenant))
    parameters.append(places.map(\.ticket))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(ticket: try row.next(), reason: try row.next(), actorName: try row.next(), at: try row.next())
  }
}
