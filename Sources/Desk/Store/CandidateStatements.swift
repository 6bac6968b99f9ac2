import Kernel
import Operations
import Postgres

/// Where a ticket stands of which an article should be made.
package enum CandidateState: String, Sendable, CaseIterable {
  /// May go to drafted, declined.
  case open
  /// The end: the article has a life of its own.
  case drafted
  /// May go to open.
  case declined
}

/// Marks a record; no row when it is marked already.
struct MarkCandidate<Process: CitingProcess>: Statement {
  let tenant: TenantId
  let record: Int64
  let remark: String?
  let principal: Principal
  let now: Instant

  static var sql: String {
    """
    insert into \(Process.candidates) as c (tenant_id, \(Process.column), state, remark, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, 'open', $3, $4, $5, $6, $7)
    on conflict (tenant_id, \(Process.column)) do update set state = excluded.state, remark = excluded.remark, actor_kind = excluded.actor_kind,
      actor_id = excluded.actor_id, actor_name = excluded.actor_name, recorded_at = excluded.recorded_at
    where c.state = 'declined' returning \(Process.column)
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(record)
    parameters.append(remark)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Settles an open candidate; no row when it is none.
struct SettleCandidate<Process: CitingProcess>: Statement {
  let tenant: TenantId
  let record: Int64
  let state: CandidateState
  let remark: String?
  let article: (row: Int64, id: PublicId)?
  let principal: Principal
  let now: Instant

  static var sql: String {
    """
    update \(Process.candidates) set state = $3, remark = coalesce($4, remark), article_id = $5, article_public_id = $6, actor_kind = $7, actor_id = $8,
      actor_name = $9, recorded_at = $10
    where tenant_id = $1 and \(Process.column) = $2 and state = 'open' returning \(Process.column)
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(record)
    parameters.append(state.rawValue)
    parameters.append(remark)
    parameters.append(article?.row)
    parameters.append(article?.id.random)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Where a candidate stands among all customers', as the finder tells.
package struct CandidatePlace: Sendable {
  package let tenant: TenantId
  /// An incident, or a request.
  package let ticket: Int64
  package let at: Instant
}

/// Candidates in one state over all customers, the newest first: keys only (schema-rules 23).
package struct FindCandidates: Statement {
  let state: CandidateState
  /// Nil: of every tenant.
  let tenants: [Int64]?
  let before: CandidatePlace?
  let limit: Int64

  package static let sql = "select tenant_id, ticket_id, recorded_at from finder.knowledge_candidates($1, $2, $3, $4, $5, $6)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(state.rawValue)
    parameters.append(tenants)
    parameters.append(before?.at)
    parameters.append(before?.tenant)
    parameters.append(before?.ticket)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> CandidatePlace {
    CandidatePlace(tenant: try row.next(), ticket: try row.next(), at: try row.next())
  }
}

/// The candidates at places that the finder gave, with their customers.
struct CandidatesAt: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let customer: TenantHandle
    let customerBits: [UInt8]
    let code: String
    let ticket: Ticket.Reference
    let number: Int64
    let title: String
    let state: String
    let remark: String?
    let article: [UInt8]?
    let actorName: String
    let at: Instant
  }

  let places: [CandidatePlace]

  static let sql = """
    select c.tenant_id, n.handle, n.public_id, n.code, t.id, t.public_id, t.number, t.title, c.state, c.remark, c.article_public_id, c.actor_name,
      c.recorded_at
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, ticket_id)
    join desk.knowledge_candidate c on c.tenant_id = w.tenant_id and c.ticket_id = w.ticket_id
    join desk.ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
    join tenancy.tenant n on n.id = c.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places.map(\.tenant))
    parameters.append(places.map(\.ticket))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), customer: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), customerBits: try row.next(),
      code: try row.next(), ticket: Ticket.Reference(id: try row.next(), publicId: try row.next()), number: try row.next(), title: try row.next(),
      state: try row.next(), remark: try row.next(), article: try row.next(), actorName: try row.next(), at: try row.next())
  }
}
