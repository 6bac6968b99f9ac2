import Kernel
import Operations
import Postgres

/// How an article was of use on a ticket.
package enum ArticleUse: String, Sendable, CaseIterable {
  /// It was looked at, or helped a little.
  case used
  /// What it says resolved the ticket.
  case solved
}

/// Notes it in the table of a process; noted again, the last word counts.
struct KeepArticleUse<Process: CitingProcess>: Statement {
  let tenant: TenantId
  let record: Int64
  let article: Int64
  let use: ArticleUse
  let principal: Principal
  let now: Instant

  static var sql: String {
    """
    insert into \(Process.uses) (tenant_id, \(Process.column), article_id, kind, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (tenant_id, \(Process.column), article_id) do update set kind = excluded.kind, actor_kind = excluded.actor_kind,
      actor_id = excluded.actor_id, actor_name = excluded.actor_name, recorded_at = excluded.recorded_at
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(record)
    parameters.append(article)
    parameters.append(use.rawValue)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }
}

/// No row when it was not noted.
struct DropArticleUse<Process: CitingProcess>: Statement {
  let tenant: TenantId
  let record: Int64
  let article: Int64

  static var sql: String {
    "delete from \(Process.uses) where tenant_id = $1 and \(Process.column) = $2 and article_id = $3 returning article_id"
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(record)
    parameters.append(article)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// That an article was of use on a record.
struct NotedArticle: Sendable {
  let article: Int64
  let use: String
  let actorName: String
  let at: Instant
}

struct ArticlesOfRecord<Process: CitingProcess>: Statement {
  let tenant: TenantId
  let record: Int64
  let after: Int64
  let limit: Int64

  static var sql: String {
    """
    select article_id, kind, actor_name, recorded_at from \(Process.uses)
    where tenant_id = $1 and \(Process.column) = $2 and article_id > $3 order by article_id limit $4
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(record)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> NotedArticle {
    NotedArticle(article: try row.next(), use: try row.next(), actorName: try row.next(), at: try row.next())
  }
}

/// Whether it was told since then that an article solved a ticket of this customer, or is noted of this one already.
struct IsSolvedTold: Statement {
  let tenant: TenantId
  let article: Int64
  let ticket: Int64
  let since: Instant

  static let sql = """
    select exists (
        select from operations.event e
        where e.tenant_id = $1 and e.subject_kind = 'article_use' and e.subject_id = $2 and e.recorded_at >= $4)
      or exists (
        select from desk.article_use u
        where u.tenant_id = $1 and u.ticket_id = $3 and u.article_id = $2 and u.kind = 'solved')
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(article)
    parameters.append(ticket)
    parameters.append(since)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// Where a note that an article was of use stands among all customers', as the finder tells.
package struct UsePlace: Sendable {
  package let tenant: TenantId
  /// An incident, or a request.
  package let ticket: Int64
  package let at: Instant
}

/// On which incidents of all customers an article was of use, the newest note first: keys only (schema-rules 23).
package struct FindUses: Statement {
  package let article: Int64
  /// Nil: whichever.
  let use: ArticleUse?
  /// Nil: of every tenant.
  let tenants: [Int64]?
  let before: UsePlace?
  let limit: Int64

  package static let sql = "select tenant_id, ticket_id, recorded_at from finder.incidents_of_article($1, $2, $3, $4, $5, $6, $7)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(use?.rawValue)
    parameters.append(tenants)
    parameters.append(before?.at)
    parameters.append(before?.tenant)
    parameters.append(before?.ticket)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> UsePlace {
    UsePlace(tenant: try row.next(), ticket: try row.next(), at: try row.next())
  }
}

/// The notes at places that the finder gave, with their tickets and customers.
struct UsesAt: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let customer: TenantHandle
    let customerBits: [UInt8]
    let code: String
    let row: Int64
    let ticket: [UInt8]
    let number: Int64
    let title: String
    let state: String
    let use: String
    let actorName: String
    let at: Instant
  }

  let article: Int64
  let places: [UsePlace]

  static let sql = """
    select u.tenant_id, n.handle, n.public_id, n.code, t.id, t.public_id, t.number, t.title, t.state, u.kind, u.actor_name, u.recorded_at
    from unnest($2::bigint[], $3::bigint[]) w (tenant_id, ticket_id)
    join desk.article_use u on u.tenant_id = w.tenant_id and u.ticket_id = w.ticket_id and u.article_id = $1
    join desk.ticket t on t.tenant_id = u.tenant_id and t.id = u.ticket_id
    join tenancy.tenant n on n.id = u.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(places.map(\.tenant))
    parameters.append(places.map(\.ticket))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), customer: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), customerBits: try row.next(),
      code: try row.next(), row: try row.next(), ticket: try row.next(), number: try row.next(), title: try row.next(), state: try row.next(),
      use: try row.next(), actorName: try row.next(), at: try row.next())
  }
}
