import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Attributes
@testable import Desk

/// Beside 40,000 tickets with two attributes each, every statement reads its own rows.
@Suite struct AttributePlanTests {
  /// Half of the tickets are of the region emea, one in a thousand is of apac; and nearly all hold apac under another key.
  private func grow(_ world: AttributesWorld) async throws {
    try await world.database.runAsSuperuser(
      """
      with made as (
        insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
          last_seq, recorded_at, updated_at)
        select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, t.title, t.description, t.line_reason, t.impact, t.urgency,
          t.priority, t.state, t.opened_at - n * interval '1 minute', t.last_seq, t.recorded_at, t.updated_at
        from desk.ticket t cross join generate_series(1, 40000) n returning tenant_id, id, number, opened_at)
      insert into attributes.value (tenant_id, process, subject_id, key, definition_id, value, code, opened_at)
      select m.tenant_id, 'incident', m.id, v.key, v.definition_id, to_jsonb(c.code), c.code, m.opened_at
      from made m cross join attributes.value v
      cross join lateral (
        select case when v.key = 'place' or m.number % 1000 = 0 then 'apac' when m.number % 2 = 0 then 'emea' else 'none' end) c (code);
      analyze desk.ticket; analyze attributes.value;
      """)
  }

  @Test func nothingReadsAllValues() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", visible: true, AttributesWorld.region)
    try await world.define("place", "choice", visible: true, AttributesWorld.region)
    let opened = try await world.open(["region": "emea", "place": "apac"])
    let id = try #require(opened["id"]?.text.flatMap { PublicId($0) })
    let openedAt = try #require(opened["openedAt"]?.text.flatMap { Instant($0) })
    try await grow(world)
    let tenant = world.acme.id
    let scope = RowScope(everything: true, units: [], person: nil)
    func page(_ code: String, from: Instant? = nil) -> TicketsOfAttribute {
      var filter = TicketFilter()
      filter.openedFrom = from
      let tickets = TicketsOfTenant(
        tenant: tenant, scope: scope, filter: filter, before: (openedAt: Instant.accepted.upperBound, id: 0), limit: 50)
      return TicketsOfAttribute(tickets: tickets, attribute: AttributeFilter(key: "region", code: code, isInternal: false))
    }
    func queue(_ code: String) async throws -> [String] {
      // As SQL; the names of codes have no quotes.
      let given = Value.object([
        "wanted_key": "'region'", "wanted_code": .text("'\(code)'"), "wanted_internal": "false", "unowned_only": "false",
      ])
      return try await world.database.finderPlan("attribute_tickets", given: given, isRun: true)
    }
    var plans = try await world.database.tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      [
        "common page": try await transaction.query(Explain(statement: page("emea"))),
        "rare page": try await transaction.query(Explain(statement: page("apac"))),
        "late page": try await transaction.query(Explain(statement: page("emea", from: openedAt.adding(seconds: -600)))),
        "open page": try await transaction.query(Explain(statement: OpenTicketsOfAttribute(tickets: page("emea")))),
        "one": try await transaction.query(Explain(statement: TicketByPublicId(tenant: tenant, publicId: id, scope: scope))),
        "definitions": try await transaction.query(Explain(statement: DefinitionsByKey(process: .incident, keys: ["region"]))),
      ]
    }
    // Of the functions the query itself, not the call of them.
    plans["common queue"] = try await queue("emea")
    plans["rare queue"] = try await queue("apac")
    for (name, plan) in plans.sorted(by: { $0.key < $1.key }) {
      let told = plan.joined(separator: "\n")
      #expect(!plan.contains { $0.contains("Seq Scan on value") || $0.contains("Seq Scan on ticket") }, "\(name):\n\(told)")
      // Pages of eight kilobytes: all values are some 1,600, all tickets 2,000.
      let read = plan.first { $0.contains("Buffers: shared ") }?.split { " =".contains($0) } ?? []
      let pages = ["hit", "read"].compactMap { word in read.firstIndex { $0 == word }.flatMap { Int(read[$0 + 1]) } }
      #expect(!pages.isEmpty && pages.reduce(0, +) < 1500, "\(name):\n\(told)")
    }
  }
}

private struct Explain<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain (analyze, buffers) \(S.sql)" }

  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
