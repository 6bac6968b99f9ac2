import Kernel
import Operations
import Postgres

/// A CI of a bound tenant that a body names, in its life or not; of one that the provider shares only where it affects one of these customers.
struct CiToName: Statement {
  struct Found: Sendable {
    let id: Int64
    let state: String

    /// What is out of its life is named by no problem anew.
    var isLive: Bool { state != "retired" && state != "disposed" }
  }

  let tenant: TenantId
  let publicId: PublicId
  /// Nil: whomever it affects, or nobody.
  let affecting: [Int64]?

  static let sql = """
    select c.ci_id, c.state from assets.pub_ci c
    where c.tenant_id = $1 and c.public_id = $2 and ($3::bigint[] is null or exists (
      select from assets.pub_affected_customer a where a.tenant_id = c.tenant_id and a.ci_id = c.ci_id and a.customer_id = any ($3)))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(affecting)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), state: try row.next()) }
}

/// Names a CI; no row when the problem names it already.
struct InsertCiLink: Statement {
  let provider: TenantId
  let problem: Int64
  let ci: Int64
  let tenant: TenantId
  let now: Instant

  static let sql = """
    insert into problems.ci_link (tenant_id, problem_id, ci_id, other_tenant_id, recorded_at) values ($1, $2, $3, $4, $5)
    on conflict (tenant_id, problem_id, ci_id) do nothing returning ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(ci)
    parameters.append(tenant)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DropCiLink: Statement {
  let provider: TenantId
  let problem: Int64
  let ci: Int64

  static let sql = "delete from problems.ci_link where tenant_id = $1 and problem_id = $2 and ci_id = $3 returning ci_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(ci)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The CIs that a problem names: of the customers whom the reader serves (null: all), and what the provider shares and affects one of these.
struct CiLinks: Statement {
  struct Found: Sendable {
    let ci: Int64
    let tenant: TenantId
  }

  let provider: TenantId
  let problem: Int64
  let customers: [Int64]?

  static let sql = """
    select l.ci_id, l.other_tenant_id from problems.ci_link l
    where l.tenant_id = $1 and l.problem_id = $2 and ($3::bigint[] is null or l.other_tenant_id = any ($3)
      or l.other_tenant_id = $1 and exists (
        select from assets.pub_affected_customer a where a.tenant_id = $1 and a.ci_id = l.ci_id and a.customer_id = any ($3)))
    order by l.recorded_at, l.ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(ci: try row.next(), tenant: try row.next()) }
}

/// What the CMDB says of CIs of several tenants, which are bound.
struct CisOfProblem: Statement {
  struct Facts: Sendable {
    let id: Int64
    let tenant: TenantId
    let handle: TenantHandle
    let publicId: [UInt8]
    let name: String
    let typeCode: String
    let state: String
  }

  let tenants: [TenantId]
  let cis: [Int64]

  static let sql = """
    select c.ci_id, c.tenant_id, e.handle, c.public_id, c.name, c.type_code, c.state
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, ci_id)
    join assets.pub_ci c on c.tenant_id = w.tenant_id and c.ci_id = w.ci_id
    join tenancy.tenant e on e.id = c.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(cis)
  }

  static func decode(_ row: inout RowReader) throws -> Facts {
    Facts(
      id: try row.next(), tenant: try row.next(), handle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), publicId: try row.next(),
      name: try row.next(), typeCode: try row.next(), state: try row.next())
  }
}
