import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Notifications

/// With hundreds of thousands of notifications, what is due, an inbox and an hour are found by index.
@Suite struct PlanTests {
  @Test func nothingIsFoundByLookingThroughAll() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident()
    try await world.make()
    try await world.call("webhook.create", ["name": "Hook", "url": "https://hooks.example.com/"])
    try await world.script(
      """
      insert into notifications.notification (
        tenant_id, public_id, cause, receiver, channel, event, webhook_id, address, customer_id, ticket_public_id, language, subject, body, state, due_at,
        expires_at, occurred_at, recorded_at)
      select n.tenant_id, substr(sha256(i::text::bytea), 1, 12), 'more:' || i, 'p' || (i % 500), c.channel, 'incident.answered',
        case c.channel when 'webhook' then (select id from notifications.webhook) end, n.address, n.customer_id,
        substr(sha256((i % 5000)::text::bytea), 1, 12), 'en', 'x', 'x', c.state,
        n.due_at + i * interval '1 second', n.expires_at, n.occurred_at, n.recorded_at + i * interval '1 second'
      from notifications.notification n cross join generate_series(1, 100000) i
      cross join lateral (select
        case i % 3 when 0 then 'inbox' when 1 then 'email' else 'webhook' end as channel,
        case i % 3 when 0 then 'inbox' else case i % 100 when 1 then 'waiting' when 2 then 'dead' else 'sent' end end as state) c;
      insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at)
      select tenant_id, 'notifications', 'ticket', 1, i, recorded_at from notifications.notification n, generate_series(1, 3) i where n.id < 5000;
      analyze
      """)
    let (tenant, now) = (world.acme.id, world.database.clock.now())
    let claimed = DueNotifications.Found(tenant: tenant, id: 5, fence: 0, webhook: nil)
    let cause = OutboxEntry(id: 1, kind: "ticket", subject: 1, seq: 1, recordedAt: now)
    let plans = try await world.database.tenancy.transaction(binding: [tenant, world.database.provider.id], side: .staff) { transaction in
      try await [
        "causes": transaction.query(Plan(statement: WaitingOutbox(tenant: tenant, consumer: Telling.consumer, after: 0, limit: 100))),
        "take": transaction.query(Plan(statement: TakeOutbox(tenant: tenant, consumer: Telling.consumer, ids: [1, 2]))),
        "events": transaction.query(Plan(statement: EventsOfCauses(tenant: tenant, causes: [cause]))),
        "news": transaction.query(Plan(statement: NewsOfTickets(tenant: tenant, tickets: [1]))),
        "concerned": transaction.query(Plan(statement: StillConcerned(tenant: tenant, notification: 5))),
        "lately": transaction.query(
          Plan(
            statement: ToldLately(
              places: [ToldLately.Place(tenant: tenant, receiver: "p7", channel: .email, ticket: nil)], since: now, most: 30))),
        "lately of a ticket": transaction.query(
          Plan(
            statement: ToldLately(
              places: [ToldLately.Place(tenant: tenant, receiver: "w1", channel: .webhook, ticket: cause.id.publicBits)], since: now, most: 30))),
        "inbox": transaction.query(Plan(statement: InboxPage(tenant: tenant, receiver: "p7", isUnreadOnly: false, before: .max, limit: 50))),
        "unread": transaction.query(Plan(statement: UnreadCount(tenant: tenant, receiver: "p7"))),
        "read": transaction.query(Plan(statement: MarkRead(tenant: tenant, receiver: "p7", id: nil, now: now))),
        "own": transaction.query(Plan(statement: OwnNotification(tenant: tenant, receiver: "p7", publicId: cause.id.publicBits))),
        "dead": transaction.query(Plan(statement: DeadPage(tenant: tenant, after: 0, limit: 50))),
        "claim": transaction.query(Plan(statement: ClaimNotification(provider: world.database.provider.id, found: claimed, now: now, leaseUntil: now))),
        "folded": transaction.query(Plan(statement: FoldedNotifications(tenant: tenant, receiver: "p7", from: now, before: now))),
        "folded for staff": transaction.query(
          Plan(statement: FoldedForStaff(provider: world.database.provider.id, account: 7, receiver: "a7", from: now, before: now, now: now))),
        "old": transaction.query(Plan(statement: DeleteOldNotifications(tenant: tenant, olderThan: now, limit: 1000))),
      ]
    }
    for (name, plan) in plans {
      #expect(
        !plan.contains { $0.contains("Seq Scan on notification ") || $0.contains("Seq Scan on outbox ") || $0.contains("Seq Scan on outbox ") },
        "\(name):\n\(plan.joined(separator: "\n"))")
    }
    #expect(plans["lately"]?.contains { $0.contains("notification_mail_lately") } == true, "\(plans["lately"] ?? [])")
    let ofOne = plans["lately of a ticket"] ?? []
    #expect(ofOne.contains { $0.contains("END = p.ticket") && $0.contains("Index Cond") }, "\(ofOne)")
    // What the finder asks, as it asks it.
    let asked = try await world.database.superuser.withConnection { connection in
      [
        try await connection.query(MailDue()), try await connection.query(WebhooksDue()), try await connection.query(OldOnes()),
        try await connection.query(ToAnAddress()), try await connection.query(OutboxStep()), try await connection.query(MailStep()),
      ]
    }
    for plan in asked {
      #expect(!plan.contains { $0.contains("Seq Scan on notification ") || $0.contains("Sort") }, "\(plan.joined(separator: "\n"))")
    }
  }

  /// Of tens of thousands of tickets few went into others: these alone are looked at.
  @Test func whatWentIntoATicketIsFoundByIndex() async throws {
    let world = try await NotificationsWorld()
    _ = try await world.incident("One")
    try await world.script(
      """
      insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at)
      select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, 'Many', '', t.line_reason, 2, 2, 3, 'resolved', t.opened_at, 1,
        t.recorded_at, t.updated_at
      from desk.ticket t cross join generate_series(1, 20000) n where t.title = 'One';
      analyze
      """)
    let tenant = world.acme.id
    let plan = try await world.database.tenancy.transaction(binding: [tenant, world.database.provider.id], side: .staff) { transaction in
      try await transaction.query(Plan(statement: TicketsGoneInto(tenant: tenant, tickets: [1, 2])))
    }
    #expect(!plan.contains { $0.contains("Seq Scan on ticket ") }, "\(plan.joined(separator: "\n"))")
    #expect(plan.contains { $0.contains("ticket_merged_into") }, "\(plan.joined(separator: "\n"))")
  }
}

/// How the planner would run a statement.
private struct Plan<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain \(S.sql)" }
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct MailDue: Statement {
  static let sql = """
    explain select n.id from notifications.notification n where n.tenant_id = 2 and n.state = 'waiting' and n.channel = 'email'
      and n.due_at <= '2026-03-02T08:00:00Z'
    order by n.due_at, n.id limit 50
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ToAnAddress: Statement {
  static let sql = """
    explain select from notifications.notification n
    where regexp_replace(lower(n.address), '[+][^@]*@', '@') = 'a@b.test' and n.channel = 'email' and n.state in ('waiting', 'sent')
      and n.recorded_at > '2026-03-02T08:00:00Z' limit 60
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct OutboxStep: Statement {
  static let sql = "explain select o.tenant_id from operations.outbox o where o.consumer = 'notifications' and o.tenant_id > 2 order by o.tenant_id limit 1"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct MailStep: Statement {
  static let sql = """
    explain select n.tenant_id from notifications.notification n
    where n.state = 'waiting' and n.channel = 'email' and n.tenant_id > 2 order by n.tenant_id limit 1
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct WebhooksDue: Statement {
  static let sql = """
    explain select d.id from notifications.webhook w cross join lateral (
      select n.id from notifications.notification n
      where n.webhook_id = w.id and n.state = 'waiting' and n.channel = 'webhook' and n.due_at <= '2026-03-02T08:00:00Z'
      order by n.due_at, n.id limit 50) d
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct OldOnes: Statement {
  static let sql = """
    explain select exists (
      select from notifications.notification n where n.tenant_id = 1 and n.recorded_at < '2026-01-01T00:00:00Z')
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

extension Int64 {
  fileprivate var publicBits: [UInt8] { [UInt8](repeating: UInt8(truncatingIfNeeded: self), count: 12) }
}
