import Jobs
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Requests

/// That an access review is overdue is left to be told once.
@Suite struct OverdueReviewTests {
  private static let reviews = """
    insert into requests.access_review (tenant_id, public_id, resource, due_on, opened_at, items_total)
    select t.id, substr(sha256(i::text::bytea), 1, 12), t.code || i, '2026-03-09', '2026-03-02T08:00:00Z', 1
    from tenancy.tenant t, generate_series(1, 3) i where t.code in ('ACME', 'OTHER')
    """

  private func told(_ world: RequestsWorld) async throws -> [String] {
    try await world.database.superuser.transaction { try await $0.query(ToldOverdue()) }
  }

  /// Whatever the size of a batch; one that cannot be told holds up no other; workers at once tell nothing twice.
  @Test func eachIsToldOnce() async throws {
    let world = try await RequestsWorld()
    try await world.database.runAsSuperuser(Self.reviews)
    try await world.database.runAsSuperuser(
      "alter table requests.access_review add constraint poison check (resource <> 'ACME2' or overdue_told_at is null) not valid")
    world.database.clock.set(try #require(Instant("2026-03-09T22:59:59Z")))
    try await AccessReviewSweep().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await told(world) == [], "their day is not over in Berlin, as it is further east")
    world.database.clock.set(try #require(Instant("2026-03-09T23:00:00Z")))
    let (now, tenancy) = (world.database.clock.now(), world.database.tenancy)
    await #expect(throws: LeftUndone.self) { try await AccessReviewSweep(batch: 2).run(at: now, tenancy) }
    await #expect(throws: LeftUndone.self) { try await AccessReviewSweep(batch: 1).run(at: now, tenancy) }
    #expect(try await told(world) == ["ACME1", "ACME3", "OTHER1", "OTHER2", "OTHER3"])
    try await world.database.runAsSuperuser("alter table requests.access_review drop constraint poison")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try await AccessReviewSweep().run(at: now, tenancy) } }
      try await group.waitForAll()
    }
    #expect(try await told(world) == ["ACME1", "ACME2", "ACME3", "OTHER1", "OTHER2", "OTHER3"])
  }

  /// Among tens of thousands of reviews what is overdue is found by index.
  @Test func whatIsOverdueIsFoundByIndex() async throws {
    let world = try await RequestsWorld()
    try await world.database.runAsSuperuser(
      """
      insert into requests.access_review (tenant_id, public_id, due_on, opened_at, items_total, items_decided, closed_at)
      select t.id, substr(sha256(('closed ' || i)::bytea), 1, 12), '2026-03-09'::date + i % 4000, '2026-03-02T08:00:00Z', 1, 1, '2026-03-03T08:00:00Z'
      from tenancy.tenant t, generate_series(1, 30000) i where t.code = 'ACME'
      """)
    try await world.database.runAsSuperuser(Self.reviews)
    try await world.database.runAsSuperuser("analyze requests.access_review")
    let plan = try await world.database.superuser.transaction { try await $0.query(ExplainedLook()) }
    #expect(plan.contains { $0.contains("access_review_to_tell") }, "\(plan)")
  }
}

private struct ToldOverdue: Statement {
  static let sql = """
    select w.resource from operations.outbox o join requests.access_review w on w.tenant_id = o.tenant_id and w.id = o.subject_id
    where o.consumer = 'notifications' and o.subject_kind = 'access_review_reminder' order by w.resource
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// The look of the finder.
private struct ExplainedLook: Statement {
  static let sql = """
    explain select w.tenant_id, w.id from requests.access_review w
    where w.closed_at is null and w.overdue_told_at is null and w.due_on < '2026-03-10' and w.id > 0 order by w.id limit 200
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
