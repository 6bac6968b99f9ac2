import Kernel
import Operations
import Postgres

/// Sources of events, also those that are retired: what they told waits still.
struct SourcesToTell: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = "select s.source_id, s.public_id, s.name from events.pub_source s where s.tenant_id = $1 and s.source_id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, matter: AccountMatter) {
    (try row.next(), .triage(ToldTriage(publicId: try row.next(), name: try row.next())))
  }
}

/// Members of the staff who may do something for all customers.
struct StaffForAll: Statement {
  let provider: TenantId
  let permission: String
  let now: Instant

  static let sql = """
    select distinct a.id from tenancy.role_grant g
    join tenancy.role_permission q on q.role = g.role and q.permission = $2
    join tenancy.account a on a.tenant_id = g.tenant_id and a.id = g.account_id
    where g.tenant_id = $1 and g.scope = 'all' and g.revoked_at is null and (g.expires_at is null or g.expires_at > $3) and a.kind = 'staff'
      and a.state = 'active'
    order by a.id limit 500
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(permission)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
