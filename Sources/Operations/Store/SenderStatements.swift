import Kernel
import Postgres

struct InsertSenderSecret: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let account: Int64
  let name: String
  let hash: [UInt8]
  /// Of a signature; nil: a bearer secret.
  let key: [UInt8]?
  let permissions: [String]
  let expiresAt: Instant
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.api_token (tenant_id, public_id, account_id, kind, name, secret_hash, signing_key, permissions, expires_at, recorded_at)
    values ($1, $2, $3, case when $6::bytea is null then 'source' else 'signature' end, $4, $5, $6, $7, $8, $9)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(account)
    parameters.append(name)
    parameters.append(hash)
    parameters.append(key)
    parameters.append(permissions)
    parameters.append(expiresAt)
    parameters.append(recordedAt)
  }
}

struct EndSenderSecrets: Statement {
  let tenant: TenantId
  let account: Int64
  let end: Instant

  static let sql = """
    update tenancy.api_token set expires_at = $3
    where tenant_id = $1 and account_id = $2 and kind in ('source', 'signature') and revoked_at is null and expires_at > $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(account)
    parameters.append(end)
  }
}
