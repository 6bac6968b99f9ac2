import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Attributes
@testable import Desk

/// Beside 20,000 tickets that hold attributes, each statement reads its own rows.
@Suite struct AttributePlanTests {
  @Test func nothingReadsAllValues() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", visible: true, AttributesWorld.region)
    let opened = try await world.open(["region": "emea"])
    let id = try #require(opened["id"]?.text.flatMap { PublicId($0) })
    // Half of the open ones hold emea, one in a thousand apac.
    try await world.database.runAsSuperuser(
      """
      with made as (
        insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
          last_seq, recorded_at, updated_at)
        select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, t.title, t.description, t.line_reason, t.impact, t.urgency,
          t.priority, t.state, t.opened_at - n * interval '1 minute', t.last_seq, t.recorded_at, t.updated_at
        from desk.ticket t cross join generate_series(1, 20000) n returning tenant_id, id, number, opened_at)
      insert into attributes.value (tenant_id, process, subject_id, key, definition_id, value, code, opened_at)
      select m.tenant_id, 'incident', m.id, 'region', v.definition_id, to_jsonb(c.code), c.code, m.opened_at
      from made m cross join attributes.value v
      cross join lateral (select case when m.number % 1000 = 0 then 'apac' when m.number % 2 = 0 then 'emea' else 'none' end) c (code);
      analyze desk.ticket; analyze attributes.value;
      """)
    let tenant = world.acme.id
    let scope = RowScope(everything: true, units: [], person: nil)
    func page(_ code: String) -> TicketsOfAttribute {
      let tickets = TicketsOfTenant(
        tenant: tenant, scope: scope, filter: TicketFilter(), before: (openedAt: Instant.accepted.upperBound, id: 0), limit: 50)
      return TicketsOfAttribute(tickets: tickets, attribute: AttributeFilter(key: "region", code: code, isInternal: false))
    }
    func queue(_ code: String) -> AttributeQueuePositions {
      let positions = QueuePositions(
        tenants: nil, team: nil, assignee: nil, unassignedOnly: false, priority: nil, owner: nil, unownedOnly: false, offeredTo: nil, after: nil, limit: 50)
      return AttributeQueuePositions(queue: positions, attribute: AttributeFilter(key: "region", code: code, isInternal: false))
    }
    let plans = try await world.database.tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      [
        "common page": try await transaction.query(Explain(statement: page("emea"))),
        "rare page": try await transaction.query(Explain(statement: page("apac"))),
        "common queue": try await transaction.query(Explain(statement: queue("emea"))),
        "rare queue": try await transaction.query(Explain(statement: queue("apac"))),
        "one": try await transaction.query(Explain(statement: TicketByPublicId(tenant: tenant, publicId: id, scope: scope))),
        "definitions": try await transaction.query(Explain(statement: DefinitionsByKey(process: .incident, keys: ["region"]))),
      ]
    }
    for (name, plan) in plans.sorted(by: { $0.key < $1.key }) {
      let told = plan.joined(separator: "\n")
      #expect(!plan.contains { $0.contains("Seq Scan on value") || $0.contains("Seq Scan on ticket") }, "\(name):\n\(told)")
      // Pages of eight kilobytes: all values are some 400, all tickets a thousand.
      let pages = plan.first { $0.contains("Buffers: shared hit=") }.flatMap { line in
        line.split(separator: "hit=").last.flatMap { Int($0.prefix { $0.isNumber }) }
      }
      #expect((pages ?? .max) < 1500, "\(name):\n\(told)")
    }
  }
}

private struct Explain<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain (analyze, buffers) \(S.sql)" }

  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
