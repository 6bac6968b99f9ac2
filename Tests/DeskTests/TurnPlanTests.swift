import Kernel
import Postgres
import ServiceTime
import TestSupport
import Testing

@testable import Desk
@testable import ServiceLevels
@testable import Suppliers

/// With thousands of tickets, turns and clocks, an act and a page read their own by their keys.
@Suite struct TurnPlanTests {
  @Test func turnsAndTheirClocksAreFoundByKey() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.assign(try await world.desk.open(), to: world.first)
    _ = try await world.dispatch(incident, ["reason": "x"])
    try await world.database.superuser.transaction { grown in
      _ = try await grown.query(MoreTickets(), MoreAssignments(), MoreDispatches(), MoreClocks())
      try await grown.execute(Analyze())
    }
    let tenant = world.desk.acme.id
    let id = try #require(incident["id"]?.text.flatMap { PublicId($0) })
    let subjects: [ClockSubject] = [.ticket(1), .assignment(1), .dispatch(1)]
    let plans = try await world.database.tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) { transaction in
      try await [
        "turn": transaction.query(Plan(statement: OpenTurn(tenant: tenant, ticket: id))),
        "dispatches": transaction.query(Plan(statement: OpenDispatches(tenant: tenant, ticket: id))),
        "hold": transaction.query(Plan(statement: HoldClocks(tenant: tenant, subjects: subjects))),
        "clocks": transaction.query(Plan(statement: ClocksOfSubjects(tenant: tenant, subjects: subjects))),
        "chains": transaction.query(Plan(statement: ClockChains(tenant: tenant, subjects: subjects))),
        "intervals": transaction.query(Plan(statement: IntervalsOfSubjects(tenant: tenant, subjects: subjects))),
        "verdicts": transaction.query(Plan(statement: VerdictsOfSubjects(tenant: tenant, subjects: subjects))),
        "judged": transaction.query(
          Plan(
            statement: JudgedTurns(
              tenants: [tenant.rawValue], contracts: [1], span: TimeSpan(DeskWorld.monday, DeskWorld.monday.adding(seconds: 86_400))))),
        "page": transaction.query(
          Plan(
            statement: TicketsOfQueue(
              positions: [.init(tenant: tenant, id: 1, dueAt: nil, since: DeskWorld.monday)], provider: world.database.provider.id))),
      ]
    }
    #expect(plans["judged"]?.contains { $0.contains("using clock_judged_turn") } == true, "\(plans["judged"] ?? [])")
    for (name, plan) in plans {
      let grown = ["ticket", "assignment", "dispatch", "clock"]
      #expect(!plan.contains { line in grown.contains { line.contains("Seq Scan on \($0) ") } }, "\(name):\n\(plan.joined(separator: "\n"))")
      #expect(plan.contains { $0.contains("Index") }, "\(name)")
    }
  }
}

/// Two thousand of each row that there is.
private struct MoreTickets: Statement {
  static let sql = """
    insert into desk.ticket
    select (jsonb_populate_record(t, jsonb_build_object('id', 100000 + n, 'number', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12)))).*
    from desk.ticket t cross join generate_series(1, 2000) n
    """
}

private struct MoreAssignments: Statement {
  static let sql = """
    insert into desk.assignment
    select (jsonb_populate_record(a, jsonb_build_object('id', 100000 + n, 'ticket_id', 100000 + n))).*
    from desk.assignment a cross join generate_series(1, 2000) n
    """
}

private struct MoreDispatches: Statement {
  static let sql = """
    insert into desk.dispatch
    select (jsonb_populate_record(d, jsonb_build_object(
      'id', 100000 + n, 'ticket_id', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12)))).*
    from desk.dispatch d cross join generate_series(1, 2000) n
    """
}

private struct MoreClocks: Statement {
  static let sql = """
    insert into service_levels.clock
    select (jsonb_populate_record(c, jsonb_build_object('id', c.id * 10000 + n, 'subject_id', 100000 + n))).*
    from service_levels.clock c cross join generate_series(1, 2000) n
    """
}

private struct Analyze: Statement {
  static let sql = "analyze desk.ticket, desk.assignment, desk.dispatch, service_levels.clock"
}

/// How the planner would run a statement.
private struct Plan<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain \(S.sql)" }

  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
