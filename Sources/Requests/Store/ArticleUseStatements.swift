import Desk
import Kernel
import Postgres

/// On which requests of all customers an article was of use, the newest note first: keys only (schema-rules 23).
struct FindUsesOnRequests: Statement {
  let uses: FindUses

  static let sql = "select tenant_id, request_id, recorded_at from finder.requests_of_article($1, $2, $3, $4, $5, $6, $7)"

  func bind(to parameters: inout Parameters) { uses.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> UsePlace { try FindUses.decode(&row) }
}

/// The notes at places that the finder gave, with their requests and customers.
struct UsesOnRequests: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let customer: TenantHandle
    let customerBits: [UInt8]
    let code: String
    let row: Int64
    let request: [UInt8]
    let number: Int64
    /// What was ordered, by language.
    let names: Value
    let state: String
    let use: String
    let actorName: String
    let at: Instant
  }

  let article: Int64
  let places: [UsePlace]

  static let sql = """
    select u.tenant_id, n.handle, n.public_id, n.code, r.id, r.public_id, r.number, coalesce(v.content -> 'name', '{}'), r.state, u.kind, u.actor_name,
      u.recorded_at
    from unnest($2::bigint[], $3::bigint[]) w (tenant_id, request_id)
    join requests.article_use u on u.tenant_id = w.tenant_id and u.request_id = w.request_id and u.article_id = $1
    join requests.request r on r.tenant_id = u.tenant_id and r.id = u.request_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
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
      code: try row.next(), row: try row.next(), request: try row.next(), number: try row.next(), names: try row.next(), state: try row.next(),
      use: try row.next(), actorName: try row.next(), at: try row.next())
  }
}
