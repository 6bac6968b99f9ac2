import Kernel
import Postgres
import TestSupport
import Testing

@testable import Desk

@Suite struct QueuePlanTests {
  /// With thousands of tickets in the bound customers a page reads its own by their keys.
  @Test func aPageReadsItsOwnTicketsOnly() async throws {
    let world = try await DeskWorld()
    _ = try await world.open()
    try await world.database.superuser.transaction { try await $0.execute(MultiplyTickets(copies: 5000)) }
    try await world.database.superuser.withConnection { connection in
      _ = try await connection.query(Analyze())
    }
    let plan = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
      try await transaction.query(QueuePagePlan(tenant: world.acme.id))
    }
    #expect(plan.contains { $0.contains("Index") && $0.contains("using ticket_pk on ticket t") })
    #expect(!plan.contains { $0.contains("Seq Scan on ticket") || $0.contains("Hash") && $0.contains("ticket") }, "\(plan.joined(separator: "\n"))")
  }

  /// Whose ticket is due next is read from an index alone: of few customers from each one's front, of many from the front of all.
  @Test(arguments: [("next_due_tickets_of_few", "ticket_queue_customer"), ("next_due_tickets", "ticket_queue")])
  func theFrontOfTheQueueIsReadFromItsIndexAlone(function: String, index: String) async throws {
    let world = try await DeskWorld()
    _ = try await world.open()
    try await world.database.superuser.transaction { try await $0.execute(MultiplyTickets(copies: 5000)) }
    try await world.database.runAsSuperuser("analyze desk.ticket")
    let place: [Value.Member] = [
      Value.Member("after_due", "'-infinity'"), Value.Member("after_opened", "'-infinity'"), Value.Member("after_tenant", "0"), Value.Member("after_id", "0"),
      Value.Member("permitted", .text("array[\(world.acme.id), \(world.other.id)]")),
    ]
    let plan = try await world.database.finderPlan(function, given: .object(place))
    #expect(plan.contains { $0.contains("Index Only Scan using \(index) on ticket t") }, "\(plan.joined(separator: "\n"))")
  }

  /// What is rare is found by its own index, over all customers and over some, and not met on the way through the queue.
  @Test func whatTheQueueIsNarrowedToHasAnIndex() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    try await world.database.superuser.transaction { try await $0.execute(MultiplyTickets(copies: 5000)) }
    try await world.act("change", on: incident, ["category": "network/vpn", "nature": "fault"])
    try await world.database.runAsSuperuser("analyze desk.ticket")
    let looks: [(given: [Value.Member], index: String)] = [
      ([Value.Member("wanted_nature", "'fault'")], "ticket_queue_nature"),
      ([Value.Member("wanted_state", "'pending'")], "ticket_queue_state"),
      ([Value.Member("wanted_categories", "array['network/vpn']")], "ticket_queue_category"),
      // So is each of one's teams.
      ([Value.Member("wanted_team", "1")], "ticket_queue_team"),
    ]
    for (given, index) in looks {
      for permitted in [[], [Value.Member("permitted", .text("array[\(world.acme.id), \(world.other.id)]"))]] as [[Value.Member]] {
        let plan = try await world.database.finderPlan("open_tickets", given: .object(given + permitted))
        #expect(plan.contains { $0.contains(index) }, "\(plan.joined(separator: "\n"))")
        #expect(!plan.contains { $0.contains("Seq Scan on ticket") }, "\(plan.joined(separator: "\n"))")
      }
    }
  }
}

private struct MultiplyTickets: Statement {
  let copies: Int64

  static let sql = """
    insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
      last_seq, recorded_at, updated_at)
    select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, t.title, t.description, t.line_reason, t.impact, t.urgency,
      t.priority, t.state, t.opened_at, t.last_seq, t.recorded_at, t.updated_at
    from desk.ticket t cross join generate_series(1, $1) n
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }
}

private struct Analyze: Statement {
  static let sql = "analyze desk.ticket"
}

private struct QueuePagePlan: Statement {
  let tenant: TenantId

  static let sql = "explain \(TicketsOfQueue.sql)"

  func bind(to parameters: inout Parameters) {
    parameters.append([tenant])
    parameters.append([Int64(1)])
    parameters.append(tenant)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
