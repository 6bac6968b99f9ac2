import Approvals
import Kernel
import Operations
import Postgres
import ServiceLevels

/// Customers of whom there are requests that time or an act of their people has left something to do for, by their numbers.
struct TenantsToMove: Statement {
  let now: Instant
  let behind: Int64
  let limit: Int64

  static let sql = "select tenant_id from finder.tenants_to_move($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(behind)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// Such requests of a customer, behind one, the longest waiting first: those that are agreed to, those with an approval whose time is over, and those that
/// close.
struct RequestsToMove: Statement {
  struct Found: Sendable {
    let request: Int64
    let since: Instant
  }

  let tenant: TenantId
  let now: Instant
  let behind: Found?
  let limit: Int64

  private static let place = "(coalesce($3::timestamptz, '-infinity'), coalesce($4::bigint, 0))"

  static let sql = """
    (select r.id, r.submitted_at from requests.request r
     where r.tenant_id = $1 and r.state = 'approved' and (r.submitted_at, r.id) > \(place) order by r.submitted_at, r.id limit $5)
    union
    (select a.request_id, a.due_at from requests.approval a
     where a.tenant_id = $1 and a.state = 'asked' and a.due_at <= $2 and (a.due_at, a.request_id) > \(place)
     order by a.due_at, a.request_id limit $5)
    union
    (select r.id, r.closes_at from requests.request r
     where r.tenant_id = $1 and r.closes_at <= $2 and (r.closes_at, r.id) > \(place) order by r.closes_at, r.id limit $5)
    order by 2, 1 limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
    parameters.append(behind?.since)
    parameters.append(behind?.request)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(request: try row.next(), since: try row.next()) }
}
