import Kernel
import Postgres

/// A notification on its way into the outbox or an inbox.
struct NotificationDraft: Sendable {
  let tenant: TenantId
  let publicId: [UInt8]
  let cause: String
  let receiver: String
  let channel: Channel
  let rule: Int64?
  let event: NotificationEvent
  var webhook: Int64?
  var address: String?
  let customer: TenantId
  /// Of whom one of the staff must serve one to be told, where that is not the customer.
  var concerned: Set<TenantId>?
  let ticket: [UInt8]?
  /// What it is about, where that is no ticket: the prefix of its id, and the random bits.
  var aboutKind: String?
  var about: [UInt8]?
  let language: Language
  let text: NotificationText
  var state: String
  let dueAt: Instant
  let expiresAt: Instant
  let occurredAt: Instant
  /// Never folded.
  var isUrgent = false
  var fault: String?

  /// As an array of the database: those of several drafts have different lengths.
  fileprivate var concernedIds: String? {
    concerned.map { tenants in "{\(tenants.sorted().map { String($0.rawValue) }.joined(separator: ","))}" }
  }
}

/// Each once: what was told of the cause, to the receiver, by the channel, is not told again.
struct InsertNotifications: Statement {
  let drafts: [NotificationDraft]
  let now: Instant

  static let sql = """
    insert into notifications.notification (
      tenant_id, public_id, cause, receiver, channel, rule_id, event, webhook_id, address, customer_id, ticket_public_id, language, subject, body, state,
      due_at, expires_at, occurred_at, fault, recorded_at, about_kind, about_public_id, concerned_ids)
    select d.tenant_id, d.public_id, d.cause, d.receiver, d.channel, d.rule_id, d.event, d.webhook_id, d.address, d.customer_id, d.ticket_public_id,
      d.language, d.subject, d.body, d.state, d.due_at, d.expires_at, d.occurred_at, d.fault, $19, d.about_kind, d.about_public_id,
      d.concerned_ids::bigint[]
    from unnest(
      $1::bigint[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::text[], $10::bigint[], $11::bytea[],
      $12::text[], $13::text[], $14::text[], $15::text[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $20::text[], $21::text[], $22::bytea[],
      $23::text[])
      d (tenant_id, public_id, cause, receiver, channel, rule_id, event, webhook_id, address, customer_id, ticket_public_id, language, subject, body, state,
        due_at, expires_at, occurred_at, fault, about_kind, about_public_id, concerned_ids)
    on conflict (tenant_id, cause, receiver, channel) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(drafts.map(\.tenant.rawValue))
    parameters.append(drafts.map(\.publicId))
    parameters.append(drafts.map(\.cause))
    parameters.append(drafts.map(\.receiver))
    parameters.append(drafts.map(\.channel.rawValue))
    parameters.append(drafts.map(\.rule))
    parameters.append(drafts.map(\.event.rawValue))
    parameters.append(drafts.map(\.webhook))
    parameters.append(drafts.map(\.address))
    parameters.append(drafts.map(\.customer.rawValue))
    parameters.append(drafts.map(\.ticket))
    parameters.append(drafts.map(\.language.rawValue))
    parameters.append(drafts.map(\.text.subject))
    parameters.append(drafts.map(\.text.body))
    parameters.append(drafts.map(\.state))
    parameters.append(drafts.map(\.dueAt))
    parameters.append(drafts.map(\.expiresAt))
    parameters.append(drafts.map(\.occurredAt))
    parameters.append(now)
    parameters.append(drafts.map(\.fault))
    parameters.append(drafts.map(\.aboutKind))
    parameters.append(drafts.map(\.about))
    parameters.append(drafts.map(\.concernedIds))
  }
}

/// How much was told by a channel since then, of each receiver, counted up to a limit: mail in all, a webhook of one ticket.
struct ToldLately: Statement {
  struct Place: Hashable, Sendable {
    let tenant: TenantId
    let receiver: String
    let channel: Channel
    /// Of a webhook's: which ticket's, or other thing's.
    let ticket: [UInt8]?
  }

  let places: [Place]
  let since: Instant
  let most: Int64

  static let sql = """
    select p.place, case p.channel when 'email' then (
      select count(*) from (
        select from notifications.notification n
        where n.tenant_id = p.tenant_id and n.receiver = p.receiver and n.channel = 'email' and n.recorded_at > $5 and n.state <> 'folded'
        limit $6) m)
      else (
      select count(*) from (
        select from notifications.notification n
        where n.tenant_id = p.tenant_id and n.receiver = p.receiver and n.channel = 'webhook'
          and case when n.ticket_public_id is null then n.about_public_id else n.ticket_public_id end = p.ticket
          and n.recorded_at > $5 and n.state <> 'folded' limit $6) m) end
    from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[]) with ordinality p (tenant_id, receiver, channel, ticket, place)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places.map(\.tenant.rawValue))
    parameters.append(places.map(\.receiver))
    parameters.append(places.map(\.channel.rawValue))
    parameters.append(places.map(\.ticket))
    parameters.append(since)
    parameters.append(most)
  }

  static func decode(_ row: inout RowReader) throws -> (place: Int64, count: Int64) { (try row.next(), try row.next()) }
}

/// How much mail went to addresses since then, whoever's they are, counted up to a limit.
struct MailLately: Statement {
  let addresses: [String]
  let since: Instant
  let most: Int64

  static let sql = "select address, count from finder.mail_lately($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(addresses)
    parameters.append(since)
    parameters.append(most)
  }

  static func decode(_ row: inout RowReader) throws -> (address: String, count: Int64) { (try row.next(), try row.next()) }
}
