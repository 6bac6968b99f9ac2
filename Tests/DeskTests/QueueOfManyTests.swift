import Kernel
import Postgres
import TestSupport
import Testing

@testable import Desk

/// The look for those who serve so many customers that it is not planned anew for each call.
@Suite struct QueueOfManyTests {
  /// In front 6,400 of one customer, more than that look reads (a fifth of his 8,000 is never due); behind them 40 of another one, of which some are
  /// due at the same instant, and some never.
  static func world() async throws -> DeskWorld {
    let world = try await DeskWorld()
    _ = try await world.open()
    try await world.database.superuser.transaction { transaction in
      try await transaction.execute(FillQueue(tenant: world.other.id, count: 8000, secondsBetween: 1))
      try await transaction.execute(FillQueue(tenant: world.acme.id, count: 40, secondsBetween: 100_000))
    }
    try await world.database.runAsSuperuser("analyze desk.ticket")
    return world
  }

  static func look(_ tenants: [Int64]?, after: QueuePositions.Found?, limit: Int64) -> QueuePositions {
    QueuePositions(
      tenants: tenants, team: nil, assignee: nil, unassignedOnly: false, priority: nil, owner: nil, unownedOnly: false, offeredTo: nil, after: after,
      limit: limit)
  }

  /// All pages, one after the other.
  static func pages(_ tenants: [Int64]?, limit: Int64, in world: DeskWorld) async throws -> [Int64] {
    try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { transaction in
      var (ids, after): ([Int64], QueuePositions.Found?) = ([], nil)
      while true {
        let page = try await transaction.query(look(tenants, after: after, limit: limit))
        ids += page.map(\.id)
        guard page.count == Int(limit), let last = page.last else { return ids }
        after = last
      }
    }
  }

  /// The same, sorted here.
  static func expected(of tenants: [TenantId], in world: DeskWorld) async throws -> [Int64] {
    let all = try await world.database.superuser.transaction { try await $0.query(OpenTickets()) }
    return all.filter { tenants.contains($0.tenant) }.sorted { left, right in
      let (earlier, later) = (left.dueAt?.microseconds ?? .max, right.dueAt?.microseconds ?? .max)
      return (earlier, left.since.microseconds, left.tenant.rawValue, left.id) < (later, right.since.microseconds, right.tenant.rawValue, right.id)
    }.map(\.id)
  }

  @Test func theLookWithoutAPlanFindsTheSameAsTheOther() async throws {
    let world = try await Self.world()
    let strangers = (1...300).map { Int64(9_000_000_000 + $0) }
    let (acme, other) = (world.acme.id, world.other.id)
    for limit in [7, 1000] as [Int64] {
      // Behind 6,400 of others: the look without a plan ends before it comes to them.
      #expect(try await Self.pages(strangers + [acme.rawValue], limit: limit, in: world) == Self.expected(of: [acme], in: world))
    }
    #expect(try await Self.pages(strangers + [acme.rawValue, other.rawValue], limit: 999, in: world) == Self.expected(of: [acme, other], in: world))
    #expect(try await Self.pages(nil, limit: 999, in: world) == Self.expected(of: [acme, other], in: world))
    #expect(try await Self.pages(strangers, limit: 50, in: world) == [])
  }
}

private struct FillQueue: Statement {
  let tenant: TenantId
  let count: Int64
  let secondsBetween: Int64

  static let sql = """
    insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
      due_at, due_metric, last_seq, recorded_at, updated_at)
    select $1, substr(sha256(concat($1, ' ', n)::bytea), 1, 12), t.type, 1000 + n, t.title, t.description, t.line_reason, t.impact, t.urgency,
      t.priority, t.state, t.opened_at, d.at, case when d.at is not null then 'resolution' end, t.last_seq, t.recorded_at, t.updated_at
    from (select * from desk.ticket order by id limit 1) t cross join generate_series(1, $2) n
    cross join lateral (select case when n % 5 > 0 then t.opened_at + (n / 3) * $3 * interval '1 second' end) d (at)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(count)
    parameters.append(secondsBetween)
  }
}

private struct OpenTickets: Statement {
  static let sql = "select tenant_id, id, due_at, opened_at from desk.ticket where state in ('new', 'active', 'pending')"

  static func decode(_ row: inout RowReader) throws -> QueuePositions.Found { try QueuePositions.decode(&row) }
}
