import Kernel
import Operations
import Postgres

/// A way out: a webhook, or the mail of a tenant.
struct OutboundWay: Hashable, Comparable, Sendable, CustomStringConvertible {
  let webhook: Int64?
  /// Of mail: whose.
  let tenant: TenantId?

  init(webhook: Int64?, tenant: TenantId) {
    self.webhook = webhook
    self.tenant = webhook == nil ? tenant : nil
  }

  var description: String { webhook.map { "webhook \($0)" } ?? "mail of tenant \(tenant?.rawValue ?? 0)" }

  static func < (one: OutboundWay, other: OutboundWay) -> Bool {
    (one.webhook ?? 0, one.tenant?.rawValue ?? 0) < (other.webhook ?? 0, other.tenant?.rawValue ?? 0)
  }
}

/// Mail can be sent from here: remembered, for the worker that makes notifications may be another one.
struct HasMail: Statement {
  let provider: TenantId
  let now: Instant

  static let sql = """
    insert into notifications.mail (tenant_id, seen_at) values ($1, $2)
    on conflict (tenant_id) do update set seen_at = excluded.seen_at where mail.seen_at < excluded.seen_at - interval '10 minutes'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(now)
  }
}

/// What is to be sent. The finder gives ids only; the claim decides.
struct DueNotifications: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let fence: Int64
    /// Nil: mail.
    let webhook: Int64?

    var way: OutboundWay { OutboundWay(webhook: webhook, tenant: tenant) }
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
  let customer: TenantId
  /// As of ``NotificationDraft/concerned``.
  let concerned: [Int64]?
  let event: NotificationEvent
  let address: String?
  let language: Language
  let text: NotificationText
  let attempts: Int64
  let expiresAt: Instant
  let fence: Int64
  let webhook: Int64?

  /// Which way it goes, in a word.
  var wayOut: String { webhook == nil ? "mail" : "webhook" }
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
    returning tenant_id, id, public_id, cause, receiver, customer_id, concerned_ids, event, address, language, subject, body, attempts, expires_at, fence,
      webhook_id
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
      customer: try row.next(), concerned: try row.next(), event: NotificationEvent(rawValue: try row.next()) ?? .opened, address: try row.next(),
      language: Language(rawValue: try row.next()) ?? .english,
      text: NotificationText(subject: try row.next(), body: try row.next()), attempts: try row.next(), expiresAt: try row.next(),
      fence: try row.next(), webhook: try row.next())
  }
}

/// Whether a person who is to be told of a ticket is its requester still, or watches it; of other things, and of the staff, it asks nothing.
struct StillConcerned: Statement {
  let tenant: TenantId
  let notification: Int64

  /// Of notifications `n`.
  static let condition = """
    (n.receiver not like 'p%' or n.ticket_public_id is null or exists (
      select from desk.pub_told_ticket t
      where t.tenant_id = n.customer_id and t.public_id = n.ticket_public_id and ('p' || t.requester_id = n.receiver or exists (
        select from desk.pub_watcher w where w.tenant_id = t.tenant_id and w.ticket_id = t.ticket_id and 'p' || w.person_id = n.receiver))))
    """
  static let sql = "select n.id from notifications.notification n where n.tenant_id = $1 and n.id = $2 and \(condition)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(notification)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
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
      and \(StillConcerned.condition)
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

/// The same of one of the staff, without what he may not read any more.
struct FoldedForStaff: Statement {
  let provider: TenantId
  let account: Int64
  let receiver: String
  let from: Instant
  let before: Instant
  let now: Instant

  static let sql = """
    select n.subject, count(*) over () from notifications.notification n
    join unnest($6::text[], $7::text[], $8::boolean[]) e (event, permission, may_be_of_provider) on e.event = n.event
    where n.tenant_id = $1 and n.receiver = $2 and n.channel = 'email' and n.recorded_at >= $3 and n.recorded_at < $4 and n.state = 'folded'
      and exists (
        select from tenancy.role_grant g join tenancy.role_permission q on q.role = g.role and q.permission = e.permission
        where g.tenant_id = n.tenant_id and g.account_id = $5 and g.revoked_at is null and (g.expires_at is null or g.expires_at > $9)
          and (g.scope = 'all' or n.concerned_ids is null and n.customer_id = n.tenant_id and e.may_be_of_provider or g.scope = 'listed' and exists (
            select from tenancy.role_grant_tenant l
            where l.tenant_id = g.tenant_id and l.role_grant_id = g.id
              and l.granted_tenant_id = any (coalesce(n.concerned_ids, array[n.customer_id])))))
    order by n.recorded_at, n.id limit 50
    """

  func bind(to parameters: inout Parameters) {
    let events = NotificationEvent.forRules
    parameters.append(provider)
    parameters.append(receiver)
    parameters.append(from)
    parameters.append(before)
    parameters.append(account)
    parameters.append(events.map(\.rawValue))
    parameters.append(events.map(\.subject.permission))
    parameters.append(events.map(\.subject.mayBeOfProvider))
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> (subject: String, count: Int64) { (try row.next(), try row.next()) }
}

/// One more failure of a way out; how many there were one after the other, and of how many tenants.
struct CountFailure: Statement {
  let provider: TenantId
  /// 0: mail.
  let webhook: Int64
  let tenant: TenantId
  let fault: String
  let now: Instant

  static let sql = """
    insert into notifications.breaker (tenant_id, webhook_id, failures, last_error, recorded_at, tenants) values ($1, $2, 1, $3, $4, array[$5::bigint])
    on conflict (tenant_id, webhook_id) do update
      set failures = breaker.failures + 1, last_error = excluded.last_error, recorded_at = excluded.recorded_at,
        tenants = case when $5 = any (breaker.tenants) or cardinality(breaker.tenants) >= 20 then breaker.tenants else breaker.tenants || $5 end
    returning failures, cardinality(tenants)::bigint
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(webhook)
    parameters.append(fault)
    parameters.append(now)
    parameters.append(tenant)
  }

  static func decode(_ row: inout RowReader) throws -> (failures: Int64, tenants: Int64) { (try row.next(), try row.next()) }
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
      where o.tenant_id = $1 and o.recorded_at < $2 order by o.recorded_at limit $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(olderThan)
    parameters.append(limit)
  }
}
