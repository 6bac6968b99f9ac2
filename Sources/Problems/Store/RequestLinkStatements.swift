import Kernel
import Operations
import Postgres
import Requests

/// A link between a request of a bound tenant and a problem.
struct ProblemOfRequestLink: Sendable {
  let provider: TenantId
  let problem: Int64
  let tenant: TenantId
  let request: Int64
  /// What the request is to the problem.
  let kind: RequestLinkKind
  let actor: Actor
  let now: Instant

  fileprivate func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(kind.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

/// No row when the link is there already.
struct InsertProblemOfRequest: Statement {
  let link: ProblemOfRequestLink

  static let sql = """
    insert into problems.request_link (tenant_id, problem_id, other_tenant_id, request_id, kind, actor_kind, actor_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (tenant_id, problem_id, other_tenant_id, request_id, kind) where removed_at is null do nothing returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when there is no such link.
struct EndProblemOfRequest: Statement {
  let link: ProblemOfRequestLink

  static let sql = """
    update problems.request_link set removed_at = $8, remover_kind = $6, remover_id = $7
    where tenant_id = $1 and problem_id = $2 and other_tenant_id = $3 and request_id = $4 and kind = $5 and removed_at is null returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// How many requests of the customers whom the reader serves a problem is linked to. What is linked in several ways is one.
struct LinkedRequestCount: Statement {
  let provider: TenantId
  let problem: Int64
  let customers: [Int64]?

  static let sql = """
    select count(distinct l.request_id) from problems.request_link l
    where l.tenant_id = $1 and l.problem_id = $2 and l.removed_at is null and ($3::bigint[] is null or l.other_tenant_id = any ($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The links of a problem to requests of the customers whom the reader serves, in the order in which they were made.
struct RequestLinksOfProblem: Statement {
  struct Found: Sendable {
    let id: Int64
    let tenant: TenantId
    let request: Int64
    /// What the request is to the problem.
    let kind: RequestLinkKind
    let at: Instant
  }

  let provider: TenantId
  let problem: Int64
  let customers: [Int64]?
  let after: Int64
  let limit: Int64

  static let sql = """
    select l.id, l.other_tenant_id, l.request_id, l.kind, l.recorded_at from problems.request_link l
    where l.tenant_id = $1 and l.problem_id = $2 and l.removed_at is null and ($3::bigint[] is null or l.other_tenant_id = any ($3)) and l.id > $4
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
    Found(
      id: try row.next(), tenant: try row.next(), request: try row.next(), kind: RequestLinkKind(rawValue: try row.next()) ?? .relatesTo, at: try row.next())
  }
}

/// Requests of several tenants, which are bound, with their customers: pair by pair, so that each is found by its key.
struct RequestsOfPairs: Statement {
  struct Found: Sendable {
    let request: Int64
    let customer: TenantHandle
    let customerBits: [UInt8]
    let code: String
    let publicId: [UInt8]
    let number: Int64
    let offeringCode: String
    /// By language.
    let offeringName: Value
    let state: String
    let priority: Int64
    let submittedAt: Instant

    /// The id of a row of that customer's.
    func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId {
      PublicId(kind: kind.prefix, handle: customer, random: bits) ?? .none(kind: kind.prefix, handle: customer)
    }
  }

  let tenants: [TenantId]
  let requests: [Int64]

  static let sql = """
    select r.request_id, e.handle, e.public_id, e.code, r.public_id, r.number, o.code, v.content -> 'name', r.state, r.priority, r.submitted_at
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, request_id)
    join requests.pub_request r on r.tenant_id = w.tenant_id and r.request_id = w.request_id
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    join tenancy.tenant e on e.id = r.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(requests)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      request: try row.next(), customer: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), customerBits: try row.next(),
      code: try row.next(), publicId: try row.next(), number: try row.next(), offeringCode: try row.next(), offeringName: try row.next() ?? .null,
      state: try row.next(), priority: try row.next(), submittedAt: try row.next())
  }
}

/// The problems that a request of a customer is linked to, of those that the reader sees, in the order in which they were linked.
struct ProblemsOfRequest: Statement {
  struct Found: Sendable {
    let link: Int64
    /// What the request is to the problem.
    let kind: RequestLinkKind
    let at: Instant
    let row: ProblemRow
  }

  let provider: TenantId
  let customers: [Int64]?
  let tenant: TenantId
  let request: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select l.id, l.kind, l.recorded_at, \(ProblemRow.columns) \(ProblemRow.tables)
    join problems.request_link l on l.tenant_id = p.tenant_id and l.problem_id = p.id
    where \(ProblemRow.isVisible) and l.other_tenant_id = $3 and l.request_id = $4 and l.removed_at is null and l.id > $5
    order by l.id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(link: try row.next(), kind: RequestLinkKind(rawValue: try row.next()) ?? .relatesTo, at: try row.next(), row: try ProblemRow(&row))
  }
}
