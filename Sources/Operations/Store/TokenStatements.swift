import Kernel
import Postgres

/// Ends tokens of an account: all, or its sessions but for one.
struct RevokeTokens: Statement {
  let tenant: TenantId
  let account: Int64
  let onlySessions: Bool
  let except: Int64?
  let now: Instant

  static let sql = """
    update tenancy.api_token set revoked_at = $5
    where tenant_id = $1 and account_id = $2 and revoked_at is null and (not $3 or kind = 'session') and ($4::bigint is null or id <> $4)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(onlySessions)
    parameters.append(except)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct TokenRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let account: Int64
  let accountPublicId: [UInt8]
  let accountKind: String
  let kind: String
  let name: String
  let permissions: [String]?
  let expiresAt: Instant
  let revokedAt: Instant?
  let recordedAt: Instant

  static let select = """
    select t.id, t.public_id, t.account_id, a.public_id, a.kind, t.kind, t.name, t.permissions, t.expires_at, t.revoked_at, t.recorded_at
    from tenancy.api_token t join tenancy.account a on a.tenant_id = t.tenant_id and a.id = t.account_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    account = try row.next()
    accountPublicId = try row.next()
    accountKind = try row.next()
    kind = try row.next()
    name = try row.next()
    permissions = try row.next()
    expiresAt = try row.next()
    revokedAt = try row.next()
    recordedAt = try row.next()
  }
}

struct FindTokenRow: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = TokenRow.select + " where t.tenant_id = $1 and t.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> TokenRow { try TokenRow(&row) }
}

struct TokensOfAccount: Statement {
  let tenant: TenantId
  let account: Int64
  let after: Int64
  let limit: Int64

  static let sql = TokenRow.select + " where t.tenant_id = $1 and t.account_id = $2 and t.id > $3 order by t.id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TokenRow { try TokenRow(&row) }
}

/// Ends one token; one that has ended keeps its time.
struct RevokeToken: Statement {
  let tenant: TenantId
  let token: Int64
  let now: Instant

  static let sql = "update tenancy.api_token set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(token)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}
