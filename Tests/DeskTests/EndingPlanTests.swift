import Kernel
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Desk

/// What tickets end by, and what is said on them, is found by indexes, however much there is.
@Suite struct EndingPlanTests {
  @Test func statementsReadWhatTheyNeed() async throws {
    let world = try await DeskWorld()
    let (one, other) = (try await world.open("One"), try await world.open("Other"))
    try await world.act("comment", on: one, ["body": "A word", "visibility": "public"])
    try await world.act("comment", on: other, ["body": "A word", "visibility": "public"])
    try await world.link(one, below: other)
    _ = try await world.act("resolve", on: try await world.read(other), ["resolution": "Done", "cascade": .bool(true)])
    let tenant = world.acme.id
    for script in [
      """
      insert into desk.comment (tenant_id, public_id, ticket_id, visibility, body, actor_kind, actor_id, author_name, occurred_at, recorded_at)
      select c.tenant_id, substr(sha256(n::text::bytea), 1, 12), c.ticket_id, c.visibility, c.body, c.actor_kind, c.actor_id, c.author_name,
        c.occurred_at + n * interval '1 second', c.recorded_at
      from desk.comment c cross join generate_series(1, 20000) n where c.ticket_id = (select id from desk.ticket where title = 'Other')
      """,
      """
      insert into desk.cascade_item (tenant_id, ticket_id, act, parent_id, seq, actor_kind, actor_id, actor_name, actor_via, state, recorded_at, settled_at)
      select i.tenant_id, i.ticket_id, i.act, i.parent_id, i.seq, i.actor_kind, i.actor_id, i.actor_name, i.actor_via, 'done', i.recorded_at, i.recorded_at
      from desk.cascade_item i cross join generate_series(1, 20000) n
      """,
      """
      insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at, closes_at)
      select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, 'Many', '', t.line_reason, 2, 2, 3, 'resolved', t.opened_at, 1,
        t.recorded_at, t.updated_at, case when n % 2 = 0 then t.opened_at + interval '30 days' end
      from desk.ticket t cross join generate_series(1, 20000) n where t.title = 'One'
      """,
      "analyze desk.comment; analyze desk.cascade_item; analyze desk.ticket",
    ] { try await world.database.runAsSuperuser(script) }
    let plans = try await world.database.superuser.withConnection { connection in
      let ticket = try await connection.query(IdOfTicket(title: "One")).first ?? 0
      return [
        "comments": try await connection.query(
          Plan<CommentsOfTicket>(
            of: CommentsOfTicket(
              tenant: tenant, ticket: ticket, includesInternal: true, afterAt: Instant.accepted.lowerBound, afterId: 0, limit: 51))),
        "below": try await connection.query(Plan<TicketsBelow>(of: TicketsBelow(tenant: tenant, ticket: ticket, states: [.new], limit: 1001))),
        "waiting": try await connection.query(Plan<WaitingCascades>(of: WaitingCascades(tenant: tenant, behind: 0, limit: 200))),
        "closing": try await connection.query(
          Plan<TicketsToClose>(of: TicketsToClose(tenant: tenant, now: DeskWorld.monday.adding(seconds: 9 * 86_400), behind: nil, limit: 200))),
      ]
    }
    let turns = [
      "tenants_to_close": try await world.database.finderPlan(
        "tenants_to_close", given: .object(["reference": "'2026-03-10'", "after_tenant": "0"])),
      "tenants_with_cascades": try await world.database.finderPlan("tenants_with_cascades", given: .object(["after_tenant": "0"])),
    ]
    for (name, plan) in turns {
      let text = plan.joined(separator: "\n")
      #expect(!text.contains("Seq Scan on ticket ") && !text.contains("Seq Scan on cascade_item "), "\(name):\n\(text)")
    }
    #expect(turns["tenants_to_close"]?.contains { $0.contains("ticket_closing_of_customer") } == true, "\(turns)")
    #expect(turns["tenants_with_cascades"]?.contains { $0.contains("cascade_item_waiting") } == true, "\(turns)")
    for (name, plan) in plans {
      #expect(
        !plan.contains { line in ["comment", "cascade_item", "ticket"].contains { line.contains("Seq Scan on \($0) ") } },
        "\(name):\n\(plan.joined(separator: "\n"))")
    }
    #expect(plans["comments"]?.contains { $0.contains("comment_ticket") } == true && plans["comments"]?.contains { $0.contains("comment_said_on") } == true)
    #expect(plans["closing"]?.contains { $0.contains("ticket_closing") } == true)
    #expect(plans["waiting"]?.contains { $0.contains("cascade_item_waiting") } == true)
  }

  /// Guard: planned once for all parameters as well, the list of those that ended so reads no others.
  @Test func whatEndedSoIsReadByItsIndex() async throws {
    let world = try await DeskWorld()
    _ = try await world.open("One")
    let plan = try await world.database.superuser.transaction { transaction in
      try await transaction.execute(MultiplyEnded())
      try await transaction.execute(AnalyzeEnded())
      try await transaction.execute(PlanOnce())
      try await transaction.execute(PrepareEnded())
      return try await transaction.query(PlanEnded())
    }
    #expect(plan.contains { $0.contains("ticket_closure_code") }, "\(plan.joined(separator: "\n"))")
    #expect(!plan.contains { $0.contains("Seq Scan on ticket t") || $0.contains("ticket_opened") }, "\(plan.joined(separator: "\n"))")
  }
}

private struct IdOfTicket: Statement {
  let title: String

  static let sql = "select id from desk.ticket where title = $1"

  func bind(to parameters: inout Parameters) { parameters.append(title) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// How a statement would be run.
private struct Plan<Of: Statement>: Statement {
  let of: Of

  static var sql: String { "explain \(Of.sql)" }

  func bind(to parameters: inout Parameters) { of.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// One in a hundred was withdrawn; half did not end yet.
private struct MultiplyEnded: Statement {
  static let sql = """
    insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
      closure_code, last_seq, recorded_at, updated_at)
    select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, 'Many', '', t.line_reason, 2, 2, 3,
      case when n % 2 = 0 then 'resolved' else 'new' end, t.opened_at - n * interval '1 minute',
      case when n % 100 = 0 then 'withdrawn' when n % 2 = 0 then 'code ' || n % 6 end, 1, t.recorded_at, t.updated_at
    from desk.ticket t cross join generate_series(1, 20000) n
    """
}

private struct AnalyzeEnded: Statement {
  static let sql = "analyze desk.ticket"
}

private struct PlanOnce: Statement {
  static let sql = "set local plan_cache_mode = force_generic_plan"
}

private struct PrepareEnded: Statement {
  static let sql = "prepare ended_so as \(TicketsOfClosureCode.sql)"
}

private struct PlanEnded: Statement {
  static let sql = """
    explain execute ended_so (1, true, '{}', null, null, null, null, '2000-01-01', '2100-01-01', 0, 51, 'withdrawn')
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
