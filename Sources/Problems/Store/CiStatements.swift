import Kernel
import Operations
import Postgres

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
