import Kernel
import Operations
import Postgres

/// Incidents of a bound tenant that a body names.
struct TicketsToLink: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  let tenant: TenantId
  let publicIds: [PublicId]

  static let sql = "select t.ticket_id, t.public_id from desk.pub_ticket t where t.tenant_id = $1 and t.type = 'incident' and t.public_id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}

/// Keeps other acts waiting on the problems behind an incident.
struct HoldProblemsOfIncident: Statement {
  let provider: TenantId
  let tenant: TenantId
  let incident: PublicId

  static let sql = """
    select p.id from problems.problem p
    where p.tenant_id = $1 and p.id in (
      select l.problem_id from problems.incident_link l join desk.pub_ticket t on t.tenant_id = l.other_tenant_id and t.ticket_id = l.ticket_id
      where l.tenant_id = $1 and l.other_tenant_id = $2 and t.public_id = $3 and l.ended_seq is null)
    order by p.id for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(incident.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Of these incidents those that have as many problems behind them as they may.
struct FullyLinkedTickets: Statement {
  let provider: TenantId
  let tenant: TenantId
  let tickets: [Int64]
  let most: Int64

  static let sql = """
    select l.ticket_id from problems.incident_link l
    where l.tenant_id = $1 and l.other_tenant_id = $2 and l.ticket_id = any ($3) and l.ended_seq is null
    group by l.ticket_id having count(*) >= $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(most)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Links incidents, each with the event that tells it; a row for each that was not linked yet.
struct InsertIncidentLinks: Statement {
  let provider: TenantId
  let problem: Int64
  let tenant: TenantId
  let tickets: [Int64]
  let seqs: [Int64]
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into problems.incident_link (tenant_id, problem_id, other_tenant_id, ticket_id, seq, actor_kind, actor_id, actor_name, recorded_at)
    select $1, $2, $3, n.ticket_id, n.seq, $6, $7, $8, $9 from unnest($4::bigint[], $5::bigint[]) n (ticket_id, seq)
    on conflict (tenant_id, problem_id, other_tenant_id, ticket_id) where ended_seq is null do nothing returning ticket_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(seqs)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Ends a link; no row when there is none.
struct EndIncidentLink: Statement {
  let provider: TenantId
  let problem: Int64
  let tenant: TenantId
  let ticket: Int64
  let seq: Int64
  let reason: String
  let name: String
  let now: Instant

  static let sql = """
    update problems.incident_link set ended_seq = $5, ended_at = $6, end_reason = $7, ender_name = $8
    where tenant_id = $1 and problem_id = $2 and other_tenant_id = $3 and ticket_id = $4 and ended_seq is null returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(seq)
    parameters.append(now)
    parameters.append(reason)
    parameters.append(name)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// How many incidents of the customers whom the reader serves a problem is behind.
struct LinkCount: Statement {
  let provider: TenantId
  let problem: Int64
  let customers: [Int64]?

  static let sql = """
    select count(*) from problems.incident_link l
    where l.tenant_id = $1 and l.problem_id = $2 and l.ended_seq is null and ($3::bigint[] is null or l.other_tenant_id = any ($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The links of a problem to incidents of the customers whom the reader serves, in the order in which they were made.
struct LinksOfProblem: Statement {
  struct Found: Sendable {
    let id: Int64
    let tenant: TenantId
    let ticket: Int64
    let actorName: String
    let at: Instant
  }

  let provider: TenantId
  let problem: Int64
  let customers: [Int64]?
  let after: Int64
  let limit: Int64

  static let sql = """
    select l.id, l.other_tenant_id, l.ticket_id, l.actor_name, l.recorded_at from problems.incident_link l
    where l.tenant_id = $1 and l.problem_id = $2 and l.ended_seq is null and ($3::bigint[] is null or l.other_tenant_id = any ($3)) and l.id > $4
    order by l.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(customers)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), tenant: try row.next(), ticket: try row.next(), actorName: try row.next(), at: try row.next())
  }
}

/// Incidents of several tenants, which are bound, with their customers: pair by pair, so that each is found by its key.
struct IncidentsOfPairs: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let ticket: Int64
    let customer: TenantHandle
    let customerBits: [UInt8]
    let code: String
    let publicId: [UInt8]
    let number: Int64
    let title: String
    let state: String
    let priority: Int64
    let category: String?
    let service: Int64?
    let openedAt: Instant

    /// The id of a row of that customer's.
    func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
      PublicId(kind: kind.prefix, handle: customer, random: bits) ?? .none(kind: kind.prefix, handle: customer)
    }
  }

  let tenants: [TenantId]
  let tickets: [Int64]

  static let sql = """
    select t.tenant_id, t.ticket_id, e.handle, e.public_id, e.code, t.public_id, t.number, t.title, t.state, t.priority, t.category, t.service_id,
      t.opened_at
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, ticket_id)
    join desk.pub_ticket t on t.tenant_id = w.tenant_id and t.ticket_id = w.ticket_id
    join tenancy.tenant e on e.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), ticket: try row.next(), customer: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)),
      customerBits: try row.next(), code: try row.next(), publicId: try row.next(), number: try row.next(), title: try row.next(), state: try row.next(),
      priority: try row.next(), category: try row.next(), service: try row.next(), openedAt: try row.next())
  }
}

/// The problems behind an incident, as far as they are not about another customer: they are not.
struct ProblemsOfIncident: Statement {
  struct Found: Sendable {
    let link: Int64
    let at: Instant
    let row: ProblemRow
  }

  let provider: TenantId
  let customers: [Int64]?
  let tenant: TenantId
  let ticket: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select l.id, l.recorded_at, \(ProblemRow.columns) \(ProblemRow.tables)
    join problems.incident_link l on l.tenant_id = p.tenant_id and l.problem_id = p.id
    where \(ProblemRow.isVisible) and l.other_tenant_id = $3 and l.ticket_id = $4 and l.ended_seq is null and l.id > $5
    order by l.id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(link: try row.next(), at: try row.next(), row: try ProblemRow(&row)) }
}
