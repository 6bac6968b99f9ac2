import Kernel
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// With thousands of gates of other customers and a long past, each look-up reads its own rows.
@Suite struct GatePlanTests {
  @Test func nothingReadsThePast() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let id = try #require(incident["id"]?.text.flatMap { PublicId($0) })
    try await world.database.runAsSuperuser(
      """
      insert into gates.gate (public_id, step, only_tenant_id, kind, needs, name, purpose, owner_id, owner_public_id, valid_from, author_name, recorded_at)
      select substr(sha256(n::text::bytea), 1, 12), g.step, \(world.other.id), g.kind, g.needs, g.name, g.purpose, g.owner_id, g.owner_public_id,
        g.valid_from, g.author_name, g.recorded_at from gates.gate g cross join generate_series(1, 20000) n;
      insert into gates.passage (tenant_id, gate_id, subject_kind, subject, came_at, stops, calls, ended_at, outcome)
      select p.tenant_id, p.gate_id, p.subject_kind, substr(sha256(n::text::bytea), 1, 12), p.came_at - n * interval '1 hour', 0, '{}',
        p.came_at - n * interval '1 hour', 'passed' from gates.passage p cross join generate_series(1, 30000) n;
      insert into gates.approval (tenant_id, public_id, gate_id, stay_tenant_id, stay_id, subject_kind, subject, round, seq, suffices, account_id,
        account_public_id, account_name, asker_kind, asker_id, asker_name, own_approval, state, asked_at)
      select \(world.database.provider.id), substr(sha256(n::text::bytea), 1, 12), p.gate_id, p.tenant_id, p.id + n, p.subject_kind, p.subject, 1, 1, true,
        n % 50, p.subject, 'x', 'staff', 1, 'x', false, 'lapsed', p.came_at
        from (select * from gates.passage order by id limit 1) p cross join generate_series(1, 30000) n;
      analyze gates.gate; analyze gates.passage; analyze gates.approval;
      """)
    let (now, acme, provider) = (world.database.clock.now(), world.acme.id, world.database.provider.id)
    let ahead = GatesAheadOf(provider: provider, tenant: acme, steps: [.resolve], subject: .incident(id.random), now: now)
    let month = now.adding(seconds: -30 * 86_400)
    let friction = FrictionOfGates(provider: provider, tenant: acme, from: month, until: now, gate: nil, now: now)
    let page = PassagePage(
      provider: provider, tenant: acme, from: month, until: now, gate: nil, outcome: nil, onlyStopped: false, before: (cameAt: now, id: 0), limit: 50, now: now)
    let leave = LeaveGates(tenant: acme, subject: .incident(id.random), besides: .close, name: "x", now: now)
    let stop = RecordStop(tenant: acme, gate: 1, subject: .incident(id.random), call: [1], name: "x", at: now)
    let asked = ApprovalsAskedOf(provider: provider, account: world.engineer.actor.id, customers: nil, now: now, after: nil, limit: 50)
    let rounds = RoundsOfStays(provider: provider, tenant: acme, stays: [1])
    let plans = try await world.database.tenancy.transaction(binding: [acme, provider], side: .staff) { transaction in
      [
        "ahead": try await transaction.query(Explain(statement: ahead)), "friction": try await transaction.query(Explain(statement: friction)),
        "page": try await transaction.query(Explain(statement: page)), "stop": try await transaction.query(Explain(statement: stop)),
        "asked": try await transaction.query(Explain(statement: asked)), "rounds": try await transaction.query(Explain(statement: rounds)),
        "leave": try await transaction.query(Explain(statement: leave)),
      ]
    }
    let instants = ["from_at": "timestamptz '\(month)'", "before_at": "timestamptz '\(now)'", "reference": "timestamptz '\(now)'", "wanted_gate": "1"]
    for (function, after) in [("gate_totals", "after_gate"), ("gate_customers", "after_tenant")] {
      for permitted in [nil, "array[\(acme)]::bigint[]"] as [String?] {
        for ofAll in [false, true] where !ofAll || function == "gate_totals" {
          var given = instants.merging([after: "0"]) { $1 }
          given["permitted"] = permitted
          if ofAll { given["wanted_gate"] = nil }
          let members = given.sorted { $0.key < $1.key }.map { Value.Member($0.key, .text($0.value)) }
          let plan = try await world.database.finderPlan(function, given: .object(members), isRun: true)
          #expect(!plan.contains { $0.contains("Seq Scan on passage") }, "\(function) \(permitted ?? "all"):\n\(plan.joined(separator: "\n"))")
        }
      }
    }
    for (name, plan) in plans.sorted(by: { $0.key < $1.key }) {
      let told = plan.joined(separator: "\n")
      #expect(!plan.contains { $0.contains("Seq Scan on passage") || $0.contains("Seq Scan on approval") }, "\(name):\n\(told)")
      if name == "ahead" { #expect(!plan.contains { $0.contains("Seq Scan on gate") }, "\(name):\n\(told)") }
    }
  }
}

private struct Explain<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain (analyze) \(S.sql)" }

  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
