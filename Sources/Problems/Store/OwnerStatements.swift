import Desk
import Kernel
import Operations
import Postgres

/// A member of the staff by an account of his.
struct AccountOfStaff: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select id, public_id, name from tenancy.account where tenant_id = $1 and id = $2 and kind = 'staff'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> StaffToOwn.Found {
    StaffToOwn.Found(account: ProblemRow.Reference(id: try row.next(), publicId: try row.next()), name: try row.next(), mayWork: true)
  }
}

/// A member of the staff whom a body names, and whether he may work on problems of a customer, or of any at all.
struct StaffToOwn: Statement {
  struct Found: Sendable {
    let account: ProblemRow.Reference
    let name: String
    let mayWork: Bool
  }

  let provider: TenantId
  let publicId: PublicId
  /// Nil: the problem may concern several.
  let customer: TenantId?
  let now: Instant

  static let sql = """
    select a.id, a.public_id, a.name, exists (
      select from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = $5
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $4)
        and (g.scope = 'all' or g.scope = 'listed' and ($3::bigint is null or exists (
          select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = $3))))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
    parameters.append(now)
    parameters.append(ProblemRights.work)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(account: ProblemRow.Reference(id: try row.next(), publicId: try row.next()), name: try row.next(), mayWork: try row.next())
  }
}

/// Whose incidents a problem is behind.
struct CustomersOfProblem: Statement {
  let provider: TenantId
  let problem: Int64

  static let sql = """
    select distinct l.other_tenant_id from problems.incident_link l where l.tenant_id = $1 and l.problem_id = $2 and l.ended_seq is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// Problems that are taken from who may not work on them any more.
package struct ProblemOwners: ProcessOwnerKeeper {
  package typealias Note = ProblemNote

  package static let table = "problems.problem"
  package static let isGoingOn = "state in ('new', 'investigating', 'known_error')"

  package let process = "problem"
  package let permission = ProblemRights.work
  package let subjectKind = "problem"

  package init() {}

  package static func subject(_ record: Int64) -> OfferSubject { .problem(record) }
}
