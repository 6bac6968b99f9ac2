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
        last_seq, recorded_at, updated_at)
      select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, 'Many', '', t.line_reason, 2, 2, 3, 'resolved', t.opened_at, 1,
        t.recorded_at, t.updated_at
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
        "waiting": try await connection.query(WaitingPlan()), "closing": try await connection.query(ClosingPlan()),
      ]
    }
    for (name, plan) in plans {
      #expect(
        !plan.contains { line in ["comment", "cascade_item", "ticket"].contains { line.contains("Seq Scan on \($0) ") } },
        "\(name):\n\(plan.joined(separator: "\n"))")
    }
    #expect(plans["comments"]?.contains { $0.contains("comment_ticket") } == true && plans["comments"]?.contains { $0.contains("comment_said_on") } == true)
    #expect(plans["closing"]?.contains { $0.contains("ticket_closing") } == true)
    #expect(plans["waiting"]?.contains { $0.contains("cascade_item_waiting") } == true)
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

private struct WaitingPlan: Statement {
  static let sql = "explain select c.tenant_id, c.id from desk.cascade_item c where c.state = 'waiting' and c.id > 0 order by c.id limit 200"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ClosingPlan: Statement {
  static let sql = """
    explain select t.tenant_id, t.id from desk.ticket t where t.closes_at is not null and t.closes_at <= '2026-03-10' order by t.closes_at, t.tenant_id, t.id limit 200
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
