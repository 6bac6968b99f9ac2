import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Live

/// With a long history, a look reads what is new and nothing else.
@Suite struct PlanTests {
  @Test func aLookReadsWhatIsNew() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    _ = try await site.incident(of: acme)
    try await site.script(
      """
      insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
      select e.tenant_id, e.recorded_at + i * interval '1 second', 'ticket', e.subject_id + i % 1000, 1000 + i, 'incident.changed', '{}', 'system', 0, 'job',
        e.occurred_at
      from (select * from operations.event where subject_kind = 'ticket' limit 1) e cross join generate_series(1, 30000) i;
      insert into notifications.notification (
        tenant_id, public_id, cause, receiver, channel, event, customer_id, language, subject, body, state, due_at, expires_at, occurred_at, recorded_at)
      select \(acme.id), substr(sha256(i::text::bytea), 1, 12), 'more:' || i, 'p' || (i % 500), 'inbox', 'incident.answered', \(acme.id), 'en', 'x', 'x',
        'inbox', now(), now(), now(), '\(site.clock.now())'::timestamptz + i * interval '1 second'
      from generate_series(1, 10000) i;
      insert into desk.ticket
      select (jsonb_populate_record(null::desk.ticket, to_jsonb(t)
        || jsonb_build_object('id', 1000000 + i, 'number', 100000 + i, 'public_id', '\\x' || encode(substr(sha256(i::text::bytea), 1, 12), 'hex')))).*
      from desk.ticket t, generate_series(1, 3000) i;
      analyze
      """)
    let changes = (1...3).map {
      LiveChange(
        tenant: acme.id, subjectKind: "ticket", subject: 1, seq: Int64($0), recordedAt: site.clock.now(), receiver: nil)
    }
    let token = StandingOfTokens.Token(tenant: site.provider.id, id: 1)
    let plans = try await site.tenancy.transaction(binding: [acme.id, site.provider.id], side: .staff) { transaction in
      try await [
        "tickets": transaction.query(Plan(statement: LiveTickets(changes: changes))),
        "standing": transaction.query(Plan(statement: StandingOfTokens(tokens: [token], now: site.clock.now()))),
      ]
    }
    for (name, plan) in plans {
      // Of the months to come, and of clocks, there is nothing to look through.
      #expect(
        !plan.contains { $0.contains("Seq Scan on event_2026_03") || $0.contains("Seq Scan on ticket") }, "\(name):\n\(plan.joined(separator: "\n"))")
    }
    // What the finder asks, as it asks it, and what that costs.
    let asked = try await site.superuser.withConnection { try await $0.query(NewEvents()) + $0.query(NewNotifications()) }
    #expect(!asked.contains { $0.contains("Seq Scan on event_2026_03") || $0.contains("Seq Scan on notification") }, "\(asked.joined(separator: "\n"))")
    #expect(asked.contains { $0.contains("_tx_idx") || $0.contains("event_tx") } && asked.contains { $0.contains("notification_tx") })
  }
}

/// How the planner would run a statement.
private struct Plan<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain \(S.sql)" }
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct NewEvents: Statement {
  static let sql = """
    explain select e.tenant_id from operations.event e
    where (e.tx >= pg_snapshot_xmax(pg_current_snapshot()) and e.tx < pg_snapshot_xmax(pg_current_snapshot()))
      and e.recorded_at >= '2026-03-01T08:00:00Z'::timestamptz and e.subject_kind in ('ticket', 'clock', 'clock_warning')
      and pg_visible_in_snapshot(e.tx, pg_current_snapshot()) limit 5000
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct NewNotifications: Statement {
  static let sql = """
    explain select n.id from notifications.notification n
    where (n.tx >= pg_snapshot_xmax(pg_current_snapshot()) and n.tx < pg_snapshot_xmax(pg_current_snapshot()))
      and n.recorded_at >= '2026-03-01T08:00:00Z'::timestamptz and n.state = 'inbox'
      and pg_visible_in_snapshot(n.tx, pg_current_snapshot()) limit 5000
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
