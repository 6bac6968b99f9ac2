import Kernel
import Postgres

/// A notification as its receiver, or whoever keeps the outbox, sees it.
struct NotificationRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let event: String
  let channel: String
  let customer: PublicId?
  let ticket: PublicId?
  /// What else it is about.
  let about: PublicId?
  let subject: String
  let body: String
  let state: String
  let attempts: Int64
  let fault: String?
  let occurredAt: Instant
  let recordedAt: Instant
  let readAt: Instant?

  static let columns = """
    n.id, n.public_id, n.event, n.channel, t.handle, case when t.kind = 'customer' then t.public_id end,
    n.ticket_public_id, n.subject, n.body, n.state, n.attempts, n.fault, n.occurred_at,
    n.recorded_at, n.read_at, n.about_kind, n.about_public_id
    """
  static let tables = "from notifications.notification n left join tenancy.tenant t on t.id = n.customer_id"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    event = try row.next()
    channel = try row.next()
    let handle: Int64? = try row.next()
    let customerBits: [UInt8]? = try row.next()
    let ticketBits: [UInt8]? = try row.next()
    let tenant = handle.map { TenantHandle(UInt32(truncatingIfNeeded: $0)) }
    // What is of suppliers, or asked at a gate, is of the provider's tenant, and of no customer.
    customer = tenant.flatMap { handle in customerBits.flatMap { PublicId(kind: "cus", handle: handle, random: $0) } }
    ticket = tenant.flatMap { handle in ticketBits.flatMap { PublicId(kind: "inc", handle: handle, random: $0) } }
    subject = try row.next()
    body = try row.next()
    state = try row.next()
    attempts = try row.next()
    fault = try row.next()
    occurredAt = try row.next()
    recordedAt = try row.next()
    readAt = try row.next()
    let (kind, bits): (String?, [UInt8]?) = (try row.next(), try row.next())
    about = if let tenant, let kind, let bits { PublicId(kind: kind, handle: tenant, random: bits) } else { nil }
  }
}

/// An inbox, the newest first.
struct InboxPage: Statement {
  let tenant: TenantId
  let receiver: String
  let isUnreadOnly: Bool
  let before: Int64
  let limit: Int64

  static let sql = """
    select \(NotificationRow.columns) \(NotificationRow.tables)
    where n.tenant_id = $1 and n.receiver = $2 and n.state = 'inbox' and (not $3 or n.read_at is null) and n.id < $4 order by n.id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(receiver)
    parameters.append(isUnreadOnly)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> NotificationRow { try NotificationRow(&row) }
}

/// How many are unread, counted up to a limit.
struct UnreadCount: Statement {
  let tenant: TenantId
  let receiver: String

  static let sql = """
    select count(*) from (
      select from notifications.notification n where n.tenant_id = $1 and n.receiver = $2 and n.state = 'inbox' and n.read_at is null limit 1000) m
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(receiver)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// One's own, by its id; no row for another's.
struct OwnNotification: Statement {
  let tenant: TenantId
  let receiver: String
  let publicId: [UInt8]

  static let sql = """
    select \(NotificationRow.columns) \(NotificationRow.tables)
    where n.tenant_id = $1 and n.receiver = $2 and n.public_id = $3 and n.state = 'inbox'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(receiver)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> NotificationRow { try NotificationRow(&row) }
}

/// Marks one as read, or all up to one: once, with the first time.
struct MarkRead: Statement {
  let tenant: TenantId
  let receiver: String
  /// Nil: all.
  let id: Int64?
  let now: Instant

  static let sql = """
    update notifications.notification set read_at = $4
    where tenant_id = $1 and receiver = $2 and state = 'inbox' and read_at is null and ($3::bigint is null or id = $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(receiver)
    parameters.append(id)
    parameters.append(now)
  }
}

/// What could not be sent, of one tenant, in the order in which it was made.
struct DeadPage: Statement {
  let tenant: TenantId
  let after: Int64
  let limit: Int64

  static let sql = """
    select \(NotificationRow.columns) \(NotificationRow.tables) where n.tenant_id = $1 and n.state in ('dead', 'expired') and n.id > $2 order by n.id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> NotificationRow { try NotificationRow(&row) }
}

struct NotificationByPublicId: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = "select \(NotificationRow.columns) \(NotificationRow.tables) where n.tenant_id = $1 and n.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> NotificationRow { try NotificationRow(&row) }
}

/// What could not be sent is to be sent again, by the same id; no row when it is not dead any more.
struct RepeatNotification: Statement {
  let tenant: TenantId
  let id: Int64
  let now: Instant
  let expiresAt: Instant

  static let sql = """
    update notifications.notification set state = 'waiting', attempts = 0, due_at = $3, expires_at = $4, fence = fence + 1
    where tenant_id = $1 and id = $2 and state in ('dead', 'expired') returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(now)
    parameters.append(expiresAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

// MARK: The switch

struct HoldOfAll: Statement {
  struct Found: Sendable {
    let reason: String
    let actorName: String
    let at: Instant
  }

  let provider: TenantId

  static let sql = "select h.reason, h.actor_name, h.recorded_at from notifications.hold h where h.tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(reason: try row.next(), actorName: try row.next(), at: try row.next()) }
}

/// No row when everything is held already.
struct InsertHold: Statement {
  let provider: TenantId
  let reason: String
  let actorName: String
  let now: Instant

  static let sql = """
    insert into notifications.hold (tenant_id, reason, actor_name, recorded_at) values ($1, $2, $3, $4) on conflict do nothing returning tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(reason)
    parameters.append(actorName)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DeleteHold: Statement {
  let provider: TenantId

  static let sql = "delete from notifications.hold where tenant_id = $1 returning tenant_id"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct OutboxCounts: Statement {
  struct Found: Sendable {
    let mail: Int64
    let webhooks: Int64
    let dead: Int64
    let oldest: Instant?
  }

  static let sql = "select waiting_mail, waiting_webhooks, dead, oldest from finder.notification_counts(1000)"

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(mail: try row.next(), webhooks: try row.next(), dead: try row.next(), oldest: try row.next())
  }
}

/// Ways out that failed of late.
struct FailingWays: Statement {
  struct Found: Sendable {
    let webhook: [UInt8]?
    let failures: Int64
    let restsUntil: Instant?
    let fault: String
  }

  let provider: TenantId

  static let sql = """
    select w.public_id, b.failures, b.open_until, b.last_error from notifications.breaker b
    left join notifications.webhook w on w.tenant_id = b.tenant_id and w.id = b.webhook_id
    where b.tenant_id = $1 order by b.webhook_id limit 200
    """

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(webhook: try row.next(), failures: try row.next(), restsUntil: try row.next(), fault: try row.next())
  }
}
