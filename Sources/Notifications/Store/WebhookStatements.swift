import Kernel
import Postgres

/// Whom webhooks go to, as it is stored.
struct WebhookRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let url: String
  let account: [UInt8]?
  let accountId: Int64?
  let isActive: Bool
  let version: Int64

  static let columns = "w.id, w.public_id, w.name, w.url, w.account_public_id, w.account_id, w.state, w.version"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    url = try row.next()
    account = try row.next()
    accountId = try row.next()
    isActive = try row.next() == "active"
    version = try row.next()
  }
}

struct WebhookByPublicId: Statement {
  let provider: TenantId
  let publicId: [UInt8]

  static let sql = "select \(WebhookRow.columns) from notifications.webhook w where w.tenant_id = $1 and w.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> WebhookRow { try WebhookRow(&row) }
}

struct WebhooksPage: Statement {
  let provider: TenantId
  let after: Int64
  let limit: Int64

  static let sql = "select \(WebhookRow.columns) from notifications.webhook w where w.tenant_id = $1 and w.id > $2 order by w.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> WebhookRow { try WebhookRow(&row) }
}

struct ActiveWebhooks: Statement {
  let provider: TenantId

  static let sql = "select w.id, w.account_id from notifications.webhook w where w.tenant_id = $1 and w.state = 'active'"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, account: Int64?) { (try row.next(), try row.next()) }
}

struct InsertWebhook: Statement {
  let provider: TenantId
  let publicId: [UInt8]
  let name: String
  let url: String
  let account: NotificationRule.Member?
  let now: Instant

  static let sql = """
    insert into notifications.webhook (tenant_id, public_id, name, url, account_id, account_public_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
    parameters.append(name)
    parameters.append(url)
    parameters.append(account?.id)
    parameters.append(account?.publicId)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another change was faster.
struct UpdateWebhook: Statement {
  let provider: TenantId
  let id: Int64
  let version: Int64
  let name: String
  let url: String
  let account: NotificationRule.Member?
  let state: String

  static let sql = """
    update notifications.webhook set name = $4, url = $5, account_id = $6, account_public_id = $7, state = $8, version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
    parameters.append(url)
    parameters.append(account?.id)
    parameters.append(account?.publicId)
    parameters.append(state)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct RulesOfWebhook: Statement {
  let provider: TenantId
  let webhook: Int64

  static let sql = "select r.id from notifications.rule r where r.tenant_id = $1 and r.webhook_id = $2 and r.state = 'active' limit 1"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An account of the provider's tenant that acts for a program.
struct ProgramAccount: Statement {
  let provider: TenantId
  let publicId: [UInt8]

  static let sql = "select a.id, a.public_id from tenancy.account a where a.tenant_id = $1 and a.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> NotificationRule.Member { NotificationRule.Member(id: try row.next(), publicId: try row.next()) }
}

struct InsertWebhookKey: Statement {
  let provider: TenantId
  let webhook: Int64
  let secret: [UInt8]
  let now: Instant

  static let sql = "insert into notifications.webhook_key (tenant_id, webhook_id, secret, recorded_at) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
    parameters.append(secret)
    parameters.append(now)
  }
}

/// The keys so far sign for some time more; those that have ended go.
struct EndWebhookKeys: Statement {
  let provider: TenantId
  let webhook: Int64
  let endsAt: Instant

  static let sql = """
    update notifications.webhook_key set ends_at = least(ends_at, $3) where tenant_id = $1 and webhook_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
    parameters.append(endsAt)
  }
}

struct DropEndedKeys: Statement {
  let provider: TenantId
  let webhook: Int64
  let now: Instant

  static let sql = "delete from notifications.webhook_key where tenant_id = $1 and webhook_id = $2 and ends_at <= $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
    parameters.append(now)
  }
}

/// Where a webhook goes, and the keys that sign now, the newest first.
struct WebhookKeys: Statement {
  struct Found: Sendable {
    let url: String
    let key: [UInt8]
  }

  let provider: TenantId
  let webhook: Int64
  let now: Instant

  static let sql = """
    select w.url, k.secret from notifications.webhook w
    join notifications.webhook_key k on k.tenant_id = w.tenant_id and k.webhook_id = w.id and (k.ends_at is null or k.ends_at > $3)
    where w.tenant_id = $1 and w.id = $2 and w.state = 'active' order by k.id desc limit 5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(url: try row.next(), key: try row.next()) }
}
