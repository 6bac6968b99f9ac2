import Kernel
import Postgres
import TLS
import Tenancy

/// An account as its keepers see it.
struct AccountRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let kind: String
  let login: String?
  let name: String
  let language: String
  let state: String
  let person: Int64?
  let personPublicId: [UInt8]?
  let personUnit: Int64?
  let recordedAt: Instant
  let version: Int64

  /// With `a` for the account and `p` for its person.
  static let select = """
    select a.id, a.public_id, a.kind, a.login, a.name, a.language, a.state, a.person_id, p.public_id, p.unit_id, a.recorded_at, a.version
    from tenancy.account a left join tenancy.person p on p.tenant_id = a.tenant_id and p.id = a.person_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    kind = try row.next()
    login = try row.next()
    name = try row.next()
    language = try row.next()
    state = try row.next()
    person = try row.next()
    personPublicId = try row.next()
    personUnit = try row.next()
    recordedAt = try row.next()
    version = try row.next()
  }
}

struct FindAccount: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = AccountRow.select + " where a.tenant_id = $1 and a.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> AccountRow { try AccountRow(&row) }
}

struct AccountsOfTenant: Statement {
  let tenant: TenantId
  let after: Int64
  let limit: Int64

  static let sql = AccountRow.select + " where a.tenant_id = $1 and a.id > $2 order by a.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AccountRow { try AccountRow(&row) }
}

/// Names for lists of acts: accounts of the bound tenants, whose ids no two tenants share.
package struct AccountNames: Statement {
  package struct Found: Sendable {
    let tenant: TenantId
    package let id: Int64
    let publicId: [UInt8]
    package let name: String
  }

  private let tenants: [Int64]
  private let ids: [Int64]

  package init(tenants: [Int64], ids: [Int64]) {
    self.tenants = tenants
    self.ids = ids
  }

  package static let sql = "select tenant_id, id, public_id, name from tenancy.account where tenant_id = any ($1) and id = any ($2)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(ids)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), id: try row.next(), publicId: try row.next(), name: try row.next())
  }
}

/// Those members of the staff who are named by their random bits and can still log in.
package struct ActiveStaff: Statement {
  package struct Found: Sendable {
    package let id: Int64
    package let publicId: [UInt8]
  }

  private let provider: TenantId
  private let publicIds: [[UInt8]]

  package init(provider: TenantId, publicIds: [[UInt8]]) {
    self.provider = provider
    self.publicIds = publicIds
  }

  package static let sql = """
    select a.id, a.public_id from tenancy.account a
    where a.tenant_id = $1 and a.public_id = any ($2) and a.kind = 'staff' and a.state = 'active' order by a.id
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicIds)
  }

  package static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}

struct SetAccountState: Statement {
  let tenant: TenantId
  let account: Int64
  let state: String

  static let sql = "update tenancy.account set state = $3, version = version + 1 where tenant_id = $1 and id = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(state)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct SetAccountPerson: Statement {
  let tenant: TenantId
  let account: Int64
  /// The one that it takes the place of.
  let version: Int64
  let person: Int64?

  static let sql = "update tenancy.account set person_id = $4, version = version + 1 where tenant_id = $1 and id = $2 and version = $3 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(version)
    parameters.append(person)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The lasting administrators over everything, held: nobody else takes one away before this transaction ends, and one
/// that somebody else has just taken away is not among them.
struct HoldAdministrators: Statement {
  struct Found: Sendable {
    let grant: Int64
    let account: Int64
  }

  let provider: TenantId

  static let sql = """
    select g.id, g.account_id
    from tenancy.role_grant g join tenancy.account a on a.tenant_id = g.tenant_id and a.id = g.account_id
    where g.tenant_id = $1 and g.role = 'administrator' and g.scope = 'all' and g.revoked_at is null and g.expires_at is null
      and a.state = 'active' and a.kind = 'staff'
    order by g.id for no key update of g, a
    """

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(grant: try row.next(), account: try row.next()) }
}

struct PasswordOfAccount: Statement {
  let tenant: TenantId
  let account: Int64

  static let sql = "select hash from tenancy.password where tenant_id = $1 and account_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> PasswordHash? { PasswordHash((try row.next() as String)) }
}

/// Sets a new password if the old one is still what it was.
struct ReplacePassword: Statement {
  let tenant: TenantId
  let account: Int64
  let old: PasswordHash
  let new: PasswordHash
  let recordedAt: Instant

  static let sql = "update tenancy.password set hash = $4, recorded_at = $5 where tenant_id = $1 and account_id = $2 and hash = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(old.description)
    parameters.append(new.description)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}
