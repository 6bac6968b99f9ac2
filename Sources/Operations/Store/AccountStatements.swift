import Kernel
import Postgres
import TLS
import Tenancy

/// A new login, with its password if it has one.
package struct NewAccount: Sendable {
  let tenant: TenantId
  let publicId: [UInt8]
  let kind: String
  let person: Int64?
  let login: String?
  let name: String
  let language: Language
  let password: PasswordHash?

  package init(
    tenant: TenantId, publicId: [UInt8], kind: String, person: Int64?, login: String?, name: String, language: Language, password: PasswordHash?
  ) {
    self.tenant = tenant
    self.publicId = publicId
    self.kind = kind
    self.person = person
    self.login = login
    self.name = name
    self.language = language
    self.password = password
  }

  /// Gives the account's internal id.
  package func insert(in transaction: Transaction, at now: Instant) async throws -> Int64 {
    guard let id = try await transaction.first(InsertAccount(account: self, recordedAt: now)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "insert gave no row")
    }
    if let password { transaction.enqueue(SetPassword(tenant: tenant, account: id, password: password, recordedAt: now)) }
    return id
  }
}

struct InsertAccount: Statement {
  let account: NewAccount
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.account (tenant_id, public_id, kind, person_id, login, name, language, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(account.tenant)
    parameters.append(account.publicId)
    parameters.append(account.kind)
    parameters.append(account.person)
    parameters.append(account.login)
    parameters.append(account.name)
    parameters.append(account.language.rawValue)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct SetPassword: Statement {
  let tenant: TenantId
  let account: Int64
  let password: PasswordHash
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.password (tenant_id, account_id, hash, recorded_at) values ($1, $2, $3, $4)
    on conflict (tenant_id, account_id) do update set hash = excluded.hash, recorded_at = excluded.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(password.description)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// The active account with this login and its password.
struct FindPassword: Statement {
  struct Found: Sendable {
    let account: Int64
    let stored: PasswordHash?
  }

  let tenant: TenantId
  let login: String

  static let sql = """
    select a.id, p.hash
    from tenancy.account a join tenancy.password p on p.tenant_id = a.tenant_id and p.account_id = a.id
    where a.tenant_id = $1 and a.login = $2 and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(login)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(account: try row.next(), stored: PasswordHash((try row.next() as String)))
  }
}

package struct InsertToken: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let account: Int64
  let kind: String
  let name: String
  let secretHash: [UInt8]
  let permissions: [String]?
  let expiresAt: Instant
  let recordedAt: Instant

  package init(
    tenant: TenantId, publicId: [UInt8], account: Int64, kind: String, name: String, secretHash: [UInt8], permissions: [String]?, expiresAt: Instant,
    recordedAt: Instant
  ) {
    self.tenant = tenant
    self.publicId = publicId
    self.account = account
    self.kind = kind
    self.name = name
    self.secretHash = secretHash
    self.permissions = permissions
    self.expiresAt = expiresAt
    self.recordedAt = recordedAt
  }

  package static let sql = """
    insert into tenancy.api_token (tenant_id, public_id, account_id, kind, name, secret_hash, permissions, expires_at, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(account)
    parameters.append(kind)
    parameters.append(name)
    parameters.append(secretHash)
    parameters.append(permissions)
    parameters.append(expiresAt)
    parameters.append(recordedAt)
  }

  package static func decode(_ row: inout RowReader) throws {}
}

package struct InsertSetupToken: Statement {
  let tenant: TenantId
  let hash: [UInt8]
  let expiresAt: Instant
  let recordedAt: Instant

  package init(tenant: TenantId, hash: [UInt8], expiresAt: Instant, recordedAt: Instant) {
    self.tenant = tenant
    self.hash = hash
    self.expiresAt = expiresAt
    self.recordedAt = recordedAt
  }

  package static let sql = "insert into tenancy.setup_token (tenant_id, secret_hash, expires_at, recorded_at) values ($1, $2, $3, $4)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(hash)
    parameters.append(expiresAt)
    parameters.append(recordedAt)
  }

  package static func decode(_ row: inout RowReader) throws {}
}

struct TakeSetupToken: Statement {
  let tenant: TenantId
  let hash: [UInt8]
  let now: Instant

  static let sql = "delete from tenancy.setup_token where tenant_id = $1 and secret_hash = $2 and expires_at > $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(hash)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}

package struct CountStaff: Statement {
  let provider: TenantId

  package init(provider: TenantId) {
    self.provider = provider
  }

  package static let sql = "select count(*) from tenancy.account where tenant_id = $1 and kind = 'staff'"

  package func bind(to parameters: inout Parameters) { parameters.append(provider) }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertGrant: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let account: Int64
  let role: String
  let scope: String
  let unit: Int64?
  let expiresAt: Instant?
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.role_grant (tenant_id, public_id, account_id, role, scope, unit_id, expires_at, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(account)
    parameters.append(role)
    parameters.append(scope)
    parameters.append(unit)
    parameters.append(expiresAt)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertGrantTenant: Statement {
  let tenant: TenantId
  let grant: Int64
  let granted: TenantId

  static let sql = "insert into tenancy.role_grant_tenant (tenant_id, role_grant_id, granted_tenant_id) values ($1, $2, $3) on conflict do nothing"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(grant)
    parameters.append(granted)
  }

  static func decode(_ row: inout RowReader) throws {}
}
