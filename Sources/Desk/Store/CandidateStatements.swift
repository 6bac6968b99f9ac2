import Kernel
import Operations
import Postgres

/// Where a ticket stands of which an article should be made.
enum CandidateState: String, Sendable, CaseIterable {
  /// May go to drafted, declined.
  case open
  /// The end: the article has a life of its own.
  case drafted
  /// May go to open.
  case declined
}

/// Marks a ticket; no row when it is marked already.
struct MarkCandidate: Statement {
  let tenant: TenantId
  let ticket: Int64
  let remark: String?
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into desk.knowledge_candidate as c (tenant_id, ticket_id, state, remark, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, 'open', $3, $4, $5, $6, $7)
    on conflict (tenant_id, ticket_id) do update set state = excluded.state, remark = excluded.remark, actor_kind = excluded.actor_kind,
      actor_id = excluded.actor_id, actor_name = excluded.actor_name, recorded_at = excluded.recorded_at
    where c.state = 'declined' returning ticket_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(remark)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Settles an open candidate; no row when it is none.
struct SettleCandidate: Statement {
  let tenant: TenantId
  let ticket: Int64
  let state: CandidateState
  let remark: String?
  let article: Ticket.Reference?
  let principal: Principal
  let now: Instant

  static let sql = """
    update desk.knowledge_candidate set state = $3, remark = coalesce($4, remark), article_id = $5, article_public_id = $6, actor_kind = $7, actor_id = $8,
      actor_name = $9, recorded_at = $10
    where tenant_id = $1 and ticket_id = $2 and state = 'open' returning ticket_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(state.rawValue)
    parameters.append(remark)
    parameters.append(article?.id)
    parameters.append(article?.publicId)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A customer's candidates in one state, the newest first.
struct CandidatesOfTenant: Statement {
  struct Found: Sendable {
    let ticket: Ticket.Reference
    let number: Int64
    let title: String
    let state: String
    let remark: String?
    let article: [UInt8]?
    let actorName: String
    let at: Instant
  }

  let tenant: TenantId
  let state: CandidateState
  let before: (at: Instant, ticket: Int64)?
  let limit: Int64

  static let sql = """
    select t.id, t.public_id, t.number, t.title, c.state, c.remark, c.article_public_id, c.actor_name, c.recorded_at
    from desk.knowledge_candidate c join desk.ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
    where c.tenant_id = $1 and c.state = $2 and ($3::timestamptz is null or (c.recorded_at, c.ticket_id) < ($3, $4))
    order by c.recorded_at desc, c.ticket_id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(state.rawValue)
    parameters.append(before?.at)
    parameters.append(before?.ticket ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      ticket: Ticket.Reference(id: try row.next(), publicId: try row.next()), number: try row.next(), title: try row.next(), state: try row.next(),
      remark: try row.next(), article: try row.next(), actorName: try row.next(), at: try row.next())
  }
}
