import Jobs
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Assets

/// That a warranty ends is left to be told once for each end.
@Suite struct WarrantyNewsTests {
  private func server(_ name: String, _ world: AssetsWorld, of customer: TenantEntry) async throws {
    try await world.call("ci.create", ["customer": .id(customer.publicId), "type": "server", "name": .text(name), "warrantyUntil": "2026-03-20"])
  }

  private func told(_ world: AssetsWorld) async throws -> [String] {
    try await world.database.superuser.transaction { try await $0.query(ToldWarranties()) }
  }

  /// A batch of each customer in turn, whatever its size; workers at once tell nothing twice.
  @Test func eachIsToldOnce() async throws {
    let world = try await AssetsWorld()
    for number in 1...3 { try await server("a\(number)", world, of: world.acme) }
    try await server("b1", world, of: world.other)
    let (now, tenancy) = (world.database.clock.now(), world.database.tenancy)
    try await WarrantySweep(batch: 2, tenantsAtOnce: 2).run(at: now, tenancy)
    let first = try await told(world)
    #expect(first.count == 4 && first.prefix(3).contains("b1") && first.last == "a3", "none waits for all of another's")
    for number in 2...5 { try await server("b\(number)", world, of: world.other) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for size in 1...3 as ClosedRange<Int64> { group.addTask { try await WarrantySweep(batch: size, tenantsAtOnce: 1).run(at: now, tenancy) } }
      try await group.waitForAll()
    }
    try await WarrantySweep().run(at: now, tenancy)
    #expect(try await told(world).sorted() == ["a1", "a2", "a3", "b1", "b2", "b3", "b4", "b5"])
  }

  /// One that cannot be told holds up no other of its customer, whatever the size of a batch, and is told when it can be.
  @Test func oneThatCannotBeToldHoldsUpNoOther() async throws {
    let world = try await AssetsWorld()
    for number in 1...5 { try await server("a\(number)", world, of: world.acme) }
    try await server("b1", world, of: world.other)
    try await world.database.runAsSuperuser(
      "alter table assets.ci add constraint poison check (name <> 'a1' or warranty_told_on is null) not valid")
    let (now, tenancy) = (world.database.clock.now(), world.database.tenancy)
    for size in [2, 1, 200] as [Int64] {
      await #expect(throws: LeftUndone.self) { try await WarrantySweep(batch: size).run(at: now, tenancy) }
      #expect(try await told(world).sorted() == ["a2", "a3", "a4", "a5", "b1"])
    }
    try await world.database.runAsSuperuser("alter table assets.ci drop constraint poison")
    try await WarrantySweep(batch: 2).run(at: now, tenancy)
    #expect(try await told(world).sorted() == ["a1", "a2", "a3", "a4", "a5", "b1"])
  }

  /// With tens of thousands of CIs what is to be told is found by index.
  @Test func whatIsToBeToldIsFoundByIndex() async throws {
    let world = try await AssetsWorld()
    try await server("a", world, of: world.acme)
    try await world.database.runAsSuperuser(
      """
      insert into assets.ci (tenant_id, public_id, type_id, name, name_key, state, warranty_until, confirmed_at, recorded_at)
      select c.tenant_id, substr(sha256(i::text::bytea), 1, 12), c.type_id, 'x', 'x', c.state, c.warranty_until + 30 + i % 4000, c.confirmed_at, c.recorded_at
      from assets.ci c, generate_series(1, 30000) i;
      analyze assets.ci
      """)
    let day = try #require(CalendarDate("2026-03-02"))
    let (acme, days) = (world.acme.id, day...day.adding(days: 30))
    let behind = DueWarranty(ci: 1, day: day.adding(days: 20))
    let looks = [nil, behind].map { WarrantiesToTell(tenant: acme, days: days, after: $0, limit: 200) }
    let plans = try await world.database.tenancy.transaction(binding: [acme], side: .staff) { transaction in
      var plans: [[String]] = []
      for look in looks { plans.append(try await transaction.query(Explained(statement: look))) }
      plans.append(try await transaction.query(Explained(statement: TakeWarranty(tenant: acme, due: behind))))
      return plans
    }
    for plan in plans { #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan)") }
    let look = try await world.database.superuser.transaction { try await $0.query(ExplainedLook()) }
    #expect(look.contains { $0.contains("ci_warranty_to_tell") }, "\(look)")
  }
}

private struct ToldWarranties: Statement {
  static let sql = """
    select c.name from operations.outbox o join assets.ci c on c.tenant_id = o.tenant_id and c.id = o.subject_id
    where o.consumer = 'notifications' and o.subject_kind = 'ci_warranty' order by o.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct Explained<Of: Statement>: Statement {
  let statement: Of

  static var sql: String { "explain \(Of.sql)" }
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// The look of the finder.
private struct ExplainedLook: Statement {
  static let sql = """
    explain select distinct c.tenant_id from assets.ci c
    where c.warranty_until between '2026-03-02' and '2026-04-01' and c.warranty_told_on is distinct from c.warranty_until
      and c.state not in ('retired', 'disposed') and c.tenant_id > 0 order by c.tenant_id limit 500
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
