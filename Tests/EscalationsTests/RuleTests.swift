import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Escalations

@Suite struct EscalationRuleTests {
  /// What is wrong with a rule, and where.
  @Test func whatIsWrongIsSaid() async throws {
    let world = try await EscalationsWorld()
    let staff = Value.array([world.leadId])
    func refusal(_ members: [String: Value]) async -> String {
      do {
        try await world.rule(members)
        return "accepted"
      } catch let failure as Failure {
        return failure.violations.first.map { "\($0.path) \($0.message.key)" } ?? failure.code
      } catch {
        return "\(error)"
      }
    }
    let cases: [([String: Value], String)] = [
      (["staff": staff], "percent escalation_rule.one_trigger"),
      (["staff": staff, "percent": 80, "ageMinutes": 60], "percent escalation_rule.one_trigger"),
      (["staff": staff, "ageMinutes": 60, "metric": "response"], "metric escalation_rule.metric_of_promises"),
      (["staff": staff, "ageMinutes": 60, "agreement": "ola"], "agreement escalation_rule.agreement_of_promises"),
      (["percent": 80], "toTeam escalation_rule.no_act"),
      (["percent": 80, "staff": .array([])], "toTeam escalation_rule.no_act"),
      (["process": "release", "ageMinutes": 60, "leads": .bool(true)], "leads escalation_rule.no_team"),
      (["process": "problem", "ageMinutes": 60, "team": world.firstLine, "toTeam": world.firstLine], "toTeam escalation_rule.same_team"),
      (["percent": 80, "team": world.firstLine, "toTeam": world.firstLine], "toTeam escalation_rule.same_team"),
    ]
    for (members, expected) in cases { #expect(await refusal(members) == expected, "\(members)") }
    for (field, value) in [("percent", 0), ("percent", 101), ("ageMinutes", 4), ("priorityTo", 10)] as [(String, Int64)] {
      #expect(await refusal(["staff": staff, field: .integer(value)]).hasPrefix("\(field) "))
    }
    let foreign: Value = .id(world.database.provider.id("team", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal(["percent": 80, "toTeam": foreign]).hasPrefix("toTeam "))
    let nobody: Value = .id(world.database.provider.id("stf", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal(["percent": 80, "staff": .array([world.leadId, nobody])]).hasPrefix("staff[1] "))
    let acmes =
      try await world.database.call(
        "calendar.create",
        [
          "name": "Acme's", "onlyFor": .id(world.acme.publicId),
          "definition": .object(["zone": "Europe/Berlin", "week": .object(["mon": .array([.array(["09:00", "10:00"])])])]),
        ], as: world.database.root)["id"] ?? .null
    #expect(await refusal(["percent": 80, "staff": staff, "calendar": acmes]) == "calendar escalation_rule.calendar_of_another")
    #expect(await refusal(["percent": 80, "staff": staff, "calendar": acmes, "customer": .id(world.acme.publicId)]) == "accepted")
    #expect(await refusal(["percent": 80, "staff": staff]) == "escalation_rule.name_taken")
  }

  @Test func aRuleIsChangedAndRetired() async throws {
    let world = try await EscalationsWorld()
    let made = try await world.rule(["percent": 80, "metric": "response", "toTeam": world.secondLine])
    let id = made["id"] ?? .null
    let root = world.database.root
    let changed = try await world.database.call(
      "escalation_rule.change", ["id": id, "percent": .null, "metric": .null, "ageMinutes": 240, "calendar": world.office], as: root, version: 1)
    #expect(changed["percent"]?.isNull == true && changed["ageMinutes"] == 240 && changed["calendar"] == world.office && changed["version"] == 2)
    await expectFailure(.versionMismatch) {
      try await world.database.call("escalation_rule.change", ["id": id, "ageMinutes": 300], as: root, version: 1)
    }
    await expectFailure(.invalid) { try await world.database.call("escalation_rule.change", ["id": id, "ageMinutes": 240], as: root, version: 2) }
    try await world.database.call("escalation_rule.retire", ["id": id], as: root, version: 2)
    await expectFailure(.conflict) { try await world.database.call("escalation_rule.retire", ["id": id], as: root, version: 3) }
    await expectFailure(.conflict) { try await world.database.call("escalation_rule.change", ["id": id, "ageMinutes": 30], as: root, version: 3) }
    #expect(try await world.database.call("escalation_rule.list", as: root)["items"]?.array?.map { $0["state"] } == ["retired"])
    await expectFailure(.denied) { try await world.database.call("escalation_rule.list", as: world.engineer) }
  }

  /// With many tickets what came to its age, what is due and what was escalated are found by index.
  @Test func nothingIsFoundByLookingThroughAll() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "staff": .array([world.leadId])])
    _ = try await world.incident()
    _ = try await world.incident(of: world.other)
    try world.at("2026-03-02T08:10:05Z")
    try await world.escalate()
    // Most of them another customer's.
    let other = world.other.id.rawValue
    try await world.script(
      """
      insert into desk.ticket (tenant_id, id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at)
      select t.tenant_id, t.id + n, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, t.title, t.description, t.line_reason, t.impact,
        t.urgency, t.priority, t.state, t.opened_at, t.last_seq, t.recorded_at + n * interval '1 second', t.updated_at
      from desk.ticket t cross join generate_series(1, 20000) n where t.tenant_id = \(other);
      insert into escalations.escalation (tenant_id, public_id, ticket_id, ticket_public_id, rule_id, rule_public_id, rule_name, age_minutes, occurred_at,
        due_at, state, settled_at, recorded_at)
      select e.tenant_id, substr(sha256(n::text::bytea), 1, 12), e.ticket_id + n, e.ticket_public_id, e.rule_id, e.rule_public_id, e.rule_name,
        e.age_minutes, e.occurred_at, e.due_at, e.state, e.settled_at, e.recorded_at
      from escalations.escalation e cross join generate_series(1, 20000) n where e.tenant_id = \(other);
      analyze
      """)
    let (tenant, now) = (world.acme.id, world.database.clock.now())
    // As the finder's functions look, whose own plans nobody sees.
    try await world.script(
      """
      create function plan_aged(at timestamptz) returns setof text language plpgsql as $$ begin return query execute format('explain
        select t.tenant_id, t.id, t.recorded_at from desk.ticket t
        where t.state in (''new'', ''active'', ''pending'') and t.external_source is null
          and (t.recorded_at, t.tenant_id, t.id) > (%L, 1, 1) and t.recorded_at <= %L::timestamptz + interval ''1 minute''
        order by t.recorded_at, t.tenant_id, t.id limit 200', at, at); end $$;
      create function plan_due(at timestamptz) returns setof text language plpgsql as $$ begin return query execute format('explain
        select e.tenant_id, e.id from escalations.escalation e where e.state = ''waiting'' and e.due_at <= %L
        order by e.due_at, e.tenant_id, e.id limit 200', at); end $$
      """)
    let page = EscalationsPage(tenant: tenant, ticket: nil, before: .max, limit: 51)
    let plans = [
      "aged": try await world.database.superuser.transaction { try await $0.query(AgedPlan(at: now)) },
      "due": try await world.database.superuser.transaction { try await $0.query(DuePlan(at: now)) },
      "page": try await world.database.tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) {
        try await $0.query(Plan(statement: page))
      },
    ]
    for (name, lines) in plans {
      #expect(!lines.contains { $0.contains("Seq Scan on ticket") || $0.contains("Seq Scan on escalation") }, "\(name): \(lines)")
      #expect(!lines.contains { $0.contains("Sort") }, "\(name): \(lines)")
    }
  }
}

/// What PostgreSQL would do, line by line.
private struct Plan<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain " + S.sql }

  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct AgedPlan: Statement {
  let at: Instant
  static let sql = "select * from plan_aged($1)"
  func bind(to parameters: inout Parameters) { parameters.append(at) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct DuePlan: Statement {
  let at: Instant
  static let sql = "select * from plan_due($1)"
  func bind(to parameters: inout Parameters) { parameters.append(at) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
