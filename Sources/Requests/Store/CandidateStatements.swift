import Desk
import Kernel
import Operations
import Postgres

/// Candidates in one state over all customers, the newest first: keys only (schema-rules 23).
struct FindRequestCandidates: Statement {
  let candidates: FindCandidates

  static let sql = "select tenant_id, request_id, recorded_at from finder.request_candidates($1, $2, $3, $4, $5, $6)"

  func bind(to parameters: inout Parameters) { candidates.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CandidatePlace { try FindCandidates.decode(&row) }
}

/// The candidates at places that the finder gave, with their requests and customers.
struct RequestCandidatesAt: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let customer: TenantHandle
    let customerBits: [UInt8]
    let code: String
    let row: Int64
    let request: [UInt8]
    let number: Int64
    let offering: [UInt8]
    let offeringCode: String
    /// What was ordered, by language.
    let names: Value
    let state: String
    let remark: String?
    let article: [UInt8]?
    let actorName: String
    let at: Instant
  }

  let places: [CandidatePlace]

  static let sql = """
    select c.tenant_id, n.handle, n.public_id, n.code, r.id, r.public_id, r.number, o.public_id, o.code, coalesce(v.content -> 'name', '{}'), c.state,
      c.remark, c.article_public_id, c.actor_name, c.recorded_at
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, request_id)
    join requests.knowledge_candidate c on c.tenant_id = w.tenant_id and c.request_id = w.request_id
    join requests.request r on r.tenant_id = c.tenant_id and r.id = c.request_id
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    join tenancy.tenant n on n.id = c.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places.map(\.tenant))
    parameters.append(places.map(\.ticket))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), customer: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), customerBits: try row.next(),
      code: try row.next(), row: try row.next(), request: try row.next(), number: try row.next(), offering: try row.next(),
      offeringCode: try row.next(), names: try row.next(), state: try row.next(), remark: try row.next(), article: try row.next(),
      actorName: try row.next(), at: try row.next())
  }
}
