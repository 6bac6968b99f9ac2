import Kernel
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Desk

/// Beside 20,000 rules of other customers a ticket is opened by reading its own and the general ones.
@Suite struct DispatchPlanTests {
  @Test func rulesOfOthersAreNotRead() async throws {
    let world = try await AgreementWorld()
    let team = world.first["id"] ?? .null
    for customer in [world.desk.acme, world.desk.other] {
      try await world.database.call(
        "dispatch_rule.set", ["customer": .id(customer.publicId), "team": team, "category": "network"], as: world.desk.manager)
    }
    try await world.database.runAsSuperuser(
      """
      insert into desk.dispatch_rule (public_id, only_tenant_id, category, team_id, team_public_id, recorded_at)
      select substr(sha256(n::text::bytea), 1, 12), r.only_tenant_id, 'many-' || n, r.team_id, r.team_public_id, r.recorded_at
      from desk.dispatch_rule r cross join generate_series(1, 20000) n where r.only_tenant_id = \(world.desk.other.id);
      analyze desk.dispatch_rule;
      """)
    let tenant = world.desk.acme.id
    let facts = DispatchFacts(service: nil, category: "network/vpn", nature: "fault", priority: 3, cis: [])
    let set = InsertDispatchRule(
      publicId: world.database.provider.id("dru", [UInt8](repeating: 7, count: 12)), customer: tenant, service: nil, category: "device", nature: nil,
      priorityTo: nil, ci: nil, team: Ticket.Reference(id: 0, publicId: []), now: world.database.clock.now())
    let plans = try await world.database.tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      [
        "next ticket": try await transaction.query(ExplainedDispatch(statement: NextTicketId(tenant: tenant))),
        "candidates": try await transaction.query(ExplainedDispatch(statement: DispatchCandidates(tenant: tenant, ticket: nil, facts: facts))),
        "set": try await transaction.query(ExplainedDispatch(statement: EndSameDispatchRule(rule: set))),
        "list": try await transaction.query(
          ExplainedDispatch(statement: DispatchRules(tenant: tenant, withEnded: true, after: 0, limit: 51))),
      ]
    }
    for (name, plan) in plans {
      let readsAll = plan.contains { $0.contains("Seq Scan on dispatch_rule") || $0.contains("dispatch_rule_pk") }
      #expect(!readsAll, "\(name):\n\(plan.joined(separator: "\n"))")
    }
  }
}

private struct ExplainedDispatch<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain (analyze) \(S.sql)" }

  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
