import Kernel
import Postgres

/// The live token with this hash, the active account that it belongs to, and its tenant if that is active too. All of it
/// is read here, in one snapshot: what is cached elsewhere would add its own age to this answer's.
struct FindToken: Statement {
  struct Found: Sendable {
    let account: Int64
    let kind: String
    let name: String
    let person: Int64?
    let language: Language
    let permissions: [String]?
    let token: Int64
    /// Whether it is the secret of a source of events.
    let isOfSource: Bool
  }

  let tenant: TenantId
  let hash: [UInt8]
  /// Each kind of credential is good for its own way in.
  let isCertificate: Bool
  let now: Instant

  static let sql = """
    select a.id, a.kind, a.name, a.person_id, a.language, t.permissions, t.id, t.kind = 'source'
    from tenancy.api_token t join tenancy.account a on a.tenant_id = t.tenant_id and a.id = t.account_id
      join tenancy.tenant n on n.id = t.tenant_id and n.state = 'active'
    where t.tenant_id = $1 and t.secret_hash = $2 and t.expires_at > $3 and t.revoked_at is null and a.state = 'active'
      and (t.kind = 'certificate') = $4 and t.kind <> 'signature'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(hash)
    parameters.append(now)
    parameters.append(isCertificate)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      account: try row.next(), kind: try row.next(), name: try row.next(), person: try row.next(),
      language: Language(rawValue: try row.next()) ?? .english, permissions: try row.next(), token: try row.next(), isOfSource: try row.next())
  }
}

/// The keys in force by which an active account's messages are signed; none where there is no such account.
struct FindSigningKeys: Statement {
  struct Found: Sendable {
    let account: Int64
    let name: String
    let token: Int64
    let key: [UInt8]
  }

  let tenant: TenantId
  let account: [UInt8]
  let now: Instant

  static let sql = """
    select a.id, a.name, t.id, t.signing_key
    from tenancy.account a join tenancy.api_token t on t.tenant_id = a.tenant_id and t.account_id = a.id
      join tenancy.tenant n on n.id = a.tenant_id and n.state = 'active'
    where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'service' and a.state = 'active' and t.kind = 'signature' and t.expires_at > $3
      and t.revoked_at is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(account: try row.next(), name: try row.next(), token: try row.next(), key: try row.next())
  }
}

/// The grants in force of the account behind a token: role, permissions, scope, listed tenants, units below.
struct FindGrants: Statement {
  struct Found: Sendable {
    let role: String
    let side: String
    let permissions: [String]
    let scope: String
    let tenants: [Int64]
    let unit: Int64?
    let expiresAt: Instant?
  }

  let tenant: TenantId
  let hash: [UInt8]
  let now: Instant

  static let sql = """
    select g.role, r.side,
      array(select p.permission from tenancy.role_permission p where p.role = g.role),
      g.scope,
      array(select l.granted_tenant_id from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id),
      g.unit_id, g.expires_at
    from tenancy.api_token t join tenancy.role_grant g on g.tenant_id = t.tenant_id and g.account_id = t.account_id
      join tenancy.role r on r.code = g.role
    where t.tenant_id = $1 and t.secret_hash = $2 and g.revoked_at is null and (g.expires_at is null or g.expires_at > $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(hash)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      role: try row.next(), side: try row.next(), permissions: try row.next(), scope: try row.next(), tenants: try row.next(), unit: try row.next(),
      expiresAt: try row.next())
  }
}

/// A unit and all below it.
struct UnitsBelow: Statement {
  let tenant: TenantId
  let unit: Int64

  static let sql = """
    with recursive below as (
      select u.id from tenancy.org_unit u where u.tenant_id = $1 and u.id = $2
      union
      select u.id from tenancy.org_unit u join below b on u.parent_id = b.id where u.tenant_id = $1
    )
    select id from below
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(unit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
