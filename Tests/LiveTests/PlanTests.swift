import Foundation
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
    _ = try await site.request(site.offering(soldTo: [acme]), of: acme, requester: site.person(of: acme))
    _ = try await site.problem(of: acme)
    _ = try await site.change(of: acme)
    try await site.call("release.open", ["title": "Spring"])
    try await site.call("major_incident.declare", ["title": "Storage"])
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
      \(["desk.ticket", "requests.request", "problems.problem", "changes.change", "changes.release", "major_incidents.major_incident"].map(Self.more).joined())
      insert into changes.concerned select tenant_id, id, \(acme.id), opened_at from changes.change on conflict do nothing;
      insert into changes.release_concerned select tenant_id, id, \(acme.id), opened_at from changes.release on conflict do nothing;
      analyze
      """)
    func changes(_ kind: String, of tenant: TenantEntry) -> [LiveChange] {
      (1...3).map {
        LiveChange(tenant: tenant.id, subjectKind: kind, subject: 1, seq: Int64($0), recordedAt: site.clock.now(), receiver: nil)
      }
    }
    let token = StandingOfTokens.Token(tenant: site.provider.id, id: 1)
    let plans = try await site.tenancy.transaction(binding: [acme.id, site.provider.id], side: .staff) { transaction in
      try await [
        "incidents": transaction.query(Plan(statement: LiveIncidents(changes: changes("ticket", of: acme)))),
        "requests": transaction.query(Plan(statement: LiveRequests(changes: changes("request", of: acme)))),
        "problems": transaction.query(Plan(statement: LiveProblems(changes: changes("problem", of: site.provider)))),
        "changes": transaction.query(Plan(statement: LiveChanges(changes: changes("change", of: site.provider)))),
        "releases": transaction.query(Plan(statement: LiveReleases(changes: changes("release", of: site.provider)))),
        "majors": transaction.query(Plan(statement: LiveMajors(changes: changes("major_incident", of: site.provider)))),
        "standing": transaction.query(Plan(statement: StandingOfTokens(tokens: [token], ofUnits: [acme.id], now: site.clock.now()))),
      ]
    }
    let long = ["event_2026_03", "ticket", "request", "problem", "change", "release", "concerned", "release_concerned", "major_incident"]
    for (name, plan) in plans {
      // Of the months to come, and of clocks, there is nothing to look through.
      let scans = long.filter { table in plan.contains { $0.contains("Seq Scan on \(table) ") } }
      #expect(scans == [], "\(name):\n\(plan.joined(separator: "\n"))")
    }
    let since = try await site.snapshot()
    try await site.comment(site.incident(of: acme))
    for look in try await site.looks(since: since) {
      #expect(!look.text.contains("Seq Scan on event_2026_03") && !look.text.contains("Seq Scan on notification"), "\(look.text)")
      #expect(look.text.contains("event_2026_03_tx_idx") && look.text.contains("notification_tx"), "\(look.text)")
      #expect(look.buffers < 100, "\(look.text)")
    }
  }

  /// A snapshot goes back to the oldest transaction that runs. One that was forgotten open, with much that it has written, makes a look read neither what
  /// it wrote nor what others have written since.
  @Test func anOldTransactionCostsALookNothing() async throws {
    let site = try await LiveSite()
    let acme = try await site.customer("ACME")
    let incident = try await site.incident(of: acme)
    let since = try await site.superuser.transaction { transaction in
      #expect(try await transaction.query(WriteMany()) == [5000])
      _ = try await site.psql(
        """
        do $$ begin
          for act in 1..100 loop
            insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
            select e.tenant_id, e.recorded_at, 'ticket', e.subject_id, act * 1000 + i, 'incident.changed', '{}', 'system', 0, 'job', e.occurred_at
            from (select * from operations.event where subject_kind = 'ticket' and seq = 1 limit 1) e cross join generate_series(1, 200) i;
            insert into notifications.notification (
              tenant_id, public_id, cause, receiver, channel, event, customer_id, language, subject, body, state, due_at, expires_at, occurred_at,
              recorded_at)
            select \(acme.id), substr(sha256((act * 1000 + i)::text::bytea), 1, 12), 'more:' || act * 1000 + i, 'p1', 'inbox', 'incident.answered',
              \(acme.id), 'en', 'x', 'x', 'inbox', now(), now(), now(), '\(site.clock.now())'
            from generate_series(1, 50) i;
            commit;
          end loop;
        end $$;
        analyze operations.event, notifications.notification;
        """)
      let since = try await site.snapshot()
      try await site.comment(incident)
      #expect(try await site.psql("select count(*) - 1 from finder.changes_since(\(site.arguments(since)))") == "1\n")
      for look in try await site.looks(since: since) { #expect(look.buffers < 100, "\(look.text)") }
      return since
    }
    // It is done: what it wrote is told, as late as it comes.
    #expect(try await site.psql("select count(*) - 1 from finder.changes_since(\(site.arguments(since)))") == "5001\n")
  }

  /// Three thousand rows like the one that is there.
  private static func more(_ table: String) -> String {
    """
    insert into \(table)
    select (jsonb_populate_record(null::\(table), to_jsonb(t)
      || jsonb_build_object('id', 1000000 + i, 'number', 100000 + i, 'public_id', '\\x' || encode(substr(sha256(i::text::bytea), 1, 12), 'hex')))).*
    from \(table) t, generate_series(1, 3000) i;

    """
  }
}

extension LiveSite {
  struct LookPlan {
    let text: String
    /// Pages that were read.
    let buffers: Int
  }

  fileprivate func snapshot() async throws -> String {
    try await psql("select pg_current_snapshot()").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  fileprivate func arguments(_ since: String) -> String { "'\(since)', null, '\(clock.now())', 5001" }

  /// The finder's own statements as PostgreSQL runs them, in looks of one session: the first ones are planned for their values, and later one plan may
  /// be taken for all.
  fileprivate func looks(since: String) async throws -> [LookPlan] {
    let said = try await psql(
      """
      load 'auto_explain';
      set auto_explain.log_min_duration = 0;
      set auto_explain.log_nested_statements = on;
      set auto_explain.log_analyze = on;
      set auto_explain.log_buffers = on;
      set client_min_messages = log;
      \(String(repeating: "select count(*) from finder.changes_since(\(arguments(since)));\n", count: 8))
      """)
    let plans = said.components(separatedBy: "LOG:  duration").filter { $0.contains("from operations.event e") || $0.contains("FROM operations.event e") }
    #expect(plans.count == 8, "\(said)")
    return plans.map { plan in
      // Of the uppermost node, which counts what is below it.
      let line = plan.firstMatch(of: /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/)
      return LookPlan(text: plan, buffers: [line?.1, line?.2].compactMap { $0.flatMap { Int($0) } }.reduce(0, +))
    }
  }
}

/// How the planner would run a statement.
private struct Plan<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain \(S.sql)" }
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct WriteMany: Statement {
  static let sql = """
    with written as (
      insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
      select e.tenant_id, e.recorded_at, 'ticket', e.subject_id, 500000 + i, 'incident.changed', '{}', 'system', 0, 'job', e.occurred_at
      from (select * from operations.event where subject_kind = 'ticket' and seq = 1 limit 1) e cross join generate_series(1, 5000) i
      returning 1)
    select count(*) from written
    """
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
