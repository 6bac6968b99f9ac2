import Kernel
import Postgres
import Tenancy

/// A role with what it permits.
struct RoleRow: Sendable {
  let code: String
  let english: String
  let chinese: String
  let side: String
  let permissions: [String]

  static let select = """
    select r.code, r.name ->> 'en', r.name ->> 'zh-Hans', r.side,
      array(select p.permission from tenancy.role_permission p where p.role = r.code order by p.permission)
    from tenancy.role r
    """

  init(_ row: inout RowReader) throws {
    code = try row.next()
    english = try row.next()
    chinese = try row.next()
    side = try row.next()
    permissions = try row.next()
  }
}

struct FindRole: Statement {
  let code: String

  static let sql = RoleRow.select + " where r.code = $1"

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> RoleRow { try RoleRow(&row) }
}

struct Roles: Statement {
  let after: String
  let limit: Int64

  static let sql = RoleRow.select + " where r.code > $1 order by r.code limit $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> RoleRow { try RoleRow(&row) }
}

struct GrantRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let account: Int64
  let accountPublicId: [UInt8]
  let role: String
  let scope: String
  let unit: [UInt8]?
  let customers: [Int64]
  let expiresAt: Instant?
  let revokedAt: Instant?
  let recordedAt: Instant

  static let select = """
    select g.id, g.public_id, g.account_id, a.public_id, g.role, g.scope, u.public_id,
      array(select l.granted_tenant_id from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id),
      g.expires_at, g.revoked_at, g.recorded_at
    from tenancy.role_grant g join tenancy.account a on a.tenant_id = g.tenant_id and a.id = g.account_id
      left join tenancy.org_unit u on u.tenant_id = g.tenant_id and u.id = g.unit_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    account = try row.next()
    accountPublicId = try row.next()
    role = try row.next()
    scope = try row.next()
    unit = try row.next()
    customers = try row.next()
    expiresAt = try row.next()
    revokedAt = try row.next()
    recordedAt = try row.next()
  }
}

struct FindGrant: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = GrantRow.select + " where g.tenant_id = $1 and g.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> GrantRow { try GrantRow(&row) }
}

struct GrantsOfTenant: Statement {
  let tenant: TenantId
  /// Nil: of every account.
  let account: Int64?
  let after: Int64
  let limit: Int64

  static let sql = GrantRow.select + " where g.tenant_id = $1 and ($2::bigint is null or g.account_id = $2) and g.id > $3 order by g.id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> GrantRow { try GrantRow(&row) }
}

struct RevokeGrant: Statement {
  let tenant: TenantId
  let grant: Int64
  let now: Instant

  static let sql = "update tenancy.role_grant set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(grant)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Customers by handle or by id, as staff see them.
struct CustomersNamed: Statement {
  var handles: [Int64] = []
  var ids: [Int64] = []

  static let sql = """
    select id, handle, public_id, kind, code, name, zone, language, state, version from tenancy.tenant
    where kind = 'customer' and (handle = any ($1) or id = any ($2))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(handles)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> TenantEntry { try TenantEntry(&row) }
}
