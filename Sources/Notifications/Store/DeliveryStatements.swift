import Kernel
import Postgres

/// What is to be sent. The finder gives ids only; the claim decides.
struct DueNotifications: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let fence: Int64
    /// Nil: mail.
    let webhook: Int64?
  }

  let now: Instant
  let limit: Int32

  static let sql = "select tenant_id, id, fence, webhook_id from finder.due_notifications($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), id: try row.next(), fence: try row.next(), webhook: try row.next())
  }
}

/// A notification in the hands of a worker.
struct ClaimedNotification: Sendable {
  let tenant: TenantId
  let id: Int64
  let publicId: [UInt8]
  let cause: String
  let receiver: String
  let event: NotificationEvent
  let address: String?
  let language: Language
  let text: NotificationText
  let attempts: Int64
  let expiresAt: Instant
  let fence: Int64
  let webhook: Int64?
}

/// Takes one if nobody has since it was seen, and nothing is held. The attempt is counted before it is sent, and what its worker does not
/// finish comes back when the lease is over.
struct ClaimNotification: Statement {
  let provider: TenantId
  let found: DueNotifications.Found
  let now: Instant
  let leaseUntil: Instant

  static let sql = """
    update notifications.notification set attempts = attempts + 1, fence = fence + 1, due_at = $5
    where tenant_id = $1 and id = $2 and fence = $3 and state = 'waiting' and due_at <= $4
      and not exists (select from notifications.hold h where h.tenant_id = $6)
    returning tenant_id, id, public_id, cause, receiver, event, address, language, subject, body, attempts, expires_at, fence, webhook_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(found.tenant)
    parameters.append(found.id)
    parameters.append(found.fence)
    parameters.append(now)
    parameters.append(leaseUntil)
    parameters.append(provider)
  }

  static func decode(_ row: inout RowReader) throws -> ClaimedNotification {
    ClaimedNotification(
      tenant: try row.next(), id: try row.next(), publicId: try row.next(), cause: try row.next(), receiver: try row.next(),
      event: NotificationEvent(rawValue: try row.next()) ?? .opened, address: try row.next(), language: Language(rawValue: try row.next()) ?? .english,
      text: NotificationText(subject: try row.next(), body: try row.next()), attempts: try row.next(), expiresAt: try row.next(),
      fence: try row.next(), webhook: try row.next())
  }
}

/// What became of it; nothing when somebody else has it by now.
struct RecordDelivery: Statement {
  let claimed: ClaimedNotification
  /// sent, waiting, dead or expired.
  let state: String
  let dueAt: Instant
  let fault: String?
  let sentAt: Instant?

  static let sql = """
    update notifications.notification set state = $4, due_at = $5, fault = $6, sent_at = $7
    where tenant_id = $1 and id = $2 and fence = $3 and state = 'waiting'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(claimed.tenant)
    parameters.append(claimed.id)
    parameters.append(claimed.fence)
    parameters.append(state)
    parameters.append(dueAt)
    parameters.append(fault)
    parameters.append(sentAt)
  }
}

/// What a summary stands for: as many as are listed, and how many there are.
struct FoldedNotifications: Statement {
  let tenant: TenantId
  let receiver: String
  let from: Instant
  let before: Instant

  static let sql = """
    select n.subject, count(*) over () from notifications.notification n
    where n.tenant_id = $1 and n.receiver = $2 and n.channel = 'email' and n.recorded_at >= $3 and n.recorded_at < $4 and n.state = 'folded'
    order by n.recorded_at, n.id limit 50
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(receiver)
    parameters.append(from)
    parameters.append(before)
  }

  static func decode(_ row: inout RowReader) throws -> (subject: String, count: Int64) { (try row.next(), try row.next()) }
}

/// One more failure of a way out; how many there were one after the other.
struct CountFailure: Statement {
  let provider: TenantId
  /// 0: mail.
  let webhook: Int64
  let fault: String
  let now: Instant

  static let sql = """
    insert into notifications.breaker (tenant_id, webhook_id, failures, last_error, recorded_at) values ($1, $2, 1, $3, $4)
    on conflict (tenant_id, webhook_id) do update
      set failures = breaker.failures + 1, last_error = excluded.last_error, recorded_at = excluded.recorded_at
    returning failures
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
    parameters.append(fault)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct RestWay: Statement {
  let provider: TenantId
  let webhook: Int64
  let until: Instant

  static let sql = "update notifications.breaker set open_until = $3 where tenant_id = $1 and webhook_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
    parameters.append(until)
  }
}

/// It works again.
struct ForgetFailures: Statement {
  let provider: TenantId
  let webhook: Int64

  static let sql = "delete from notifications.breaker where tenant_id = $1 and webhook_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
  }
}

struct TenantsWithOldNotifications: Statement {
  let olderThan: Instant
  let after: Int64

  static let sql = "select tenant_id from finder.tenants_with_old_notifications($1, $2, 500)"

  func bind(to parameters: inout Parameters) {
    parameters.append(olderThan)
    parameters.append(after)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

struct DeleteOldNotifications: Statement {
  let tenant: TenantId
  let olderThan: Instant
  let limit: Int64

  static let sql = """
    delete from notifications.notification n where n.tenant_id = $1 and n.id in (
      select o.id from notifications.notification o
      where o.tenant_id = $1 and o.state <> 'waiting' and o.recorded_at < $2 order by o.recorded_at limit $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(olderThan)
    parameters.append(limit)
  }
}
