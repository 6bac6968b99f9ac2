import Jobs
import Kernel
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing

/// One tenant's jobs, however many wait, hold up no other's.
@Suite struct TurnTests {
  /// Leaves jobs of a tenant: `count` of them, due for `seconds`.
  private func leave(_ count: Int, of tenant: TenantEntry, dueFor seconds: Int64 = 0, _ world: JobWorld) async throws {
    let at = world.clock.now().adding(seconds: -seconds)
    try await world.database.runAsSuperuser(
      """
      insert into jobs.job (tenant_id, kind, run_at, recorded_at)
      select \(tenant.id), '\(Handler.kind)', '\(at)'::timestamptz - n * interval '1 microsecond', '\(at)' from generate_series(1, \(count)) n
      """)
  }

  @Test func oneTenantsBacklogHoldsUpNoOther() async throws {
    let world = try await JobWorld.make()
    let (large, small) = (try await world.database.customer("LARGE"), try await world.database.customer("SMALL"))
    try await leave(3000, of: large, dueFor: 3600, world)
    try await leave(1, of: small, world)
    let done = Mutex<[TenantId: Int]>([:])
    let runner = world.runner { job, _ in done.withLock { $0[job.tenant, default: 0] += 1 } }
    try await runner.tick()
    #expect(done.withLock { $0[small.id] } == 1)
    #expect(done.withLock { $0[large.id] ?? 0 } > 10, "what is left of the look is the other one's")
  }

  /// Against counting: in each look every tenant with work has its share, and what others leave of theirs; all is done, and once.
  @Test func eachLookGivesEachItsShare() async throws {
    let world = try await JobWorld.make()
    var left: [TenantId: Int] = [:]
    for (number, count) in [50, 3, 20, 1, 7].enumerated() {
      let tenant = try await world.database.customer("T\(number)")
      left[tenant.id] = count
      try await leave(count, of: tenant, dueFor: Int64(number) * 60, world)
    }
    let done = Counter()
    let runner = world.runner { _, _ in done.next() }
    var last: TenantId?
    while left.values.contains(where: { $0 > 0 }) {
      let (before, waiting) = (left, left.values.reduce(0, +))
      let begun = try await runner.tick(after: last)
      last = begun.last
      #expect(begun.count == min(16, waiting))
      let share = 16 / before.values.filter { $0 > 0 }.count
      for (tenant, count) in before {
        let given = begun.filter { $0 == tenant }.count
        #expect(given >= min(count, share), "\(given) of \(count) when each has \(share)")
        left[tenant] = count - given
      }
      guard !begun.isEmpty else { break }
    }
    #expect(done.value == 81)
  }

  /// With few that are due, and with many.
  @Test(arguments: [3, 60])
  func turnsGoOnBehindTheLastTenantAndComeRound(each: Int) async throws {
    let world = try await JobWorld.make()
    var tenants: Set<TenantId> = []
    for number in 0..<20 {
      let tenant = try await world.database.customer("R\(number)")
      tenants.insert(tenant.id)
      try await leave(each, of: tenant, world)
    }
    let runner = world.runner { _, _ in }
    let first = try await runner.tick()
    #expect(Set(first).count == 16, "one of each")
    let second = try await runner.tick(after: first.last)
    #expect(tenants.subtracting(first).isSubset(of: second), "those whose turn it was not yet")
    #expect(second.count == 16)
  }

  /// Where others' jobs are due tomorrow, the look finds whose are not.
  @Test func whatIsDueTomorrowHidesNothing() async throws {
    let world = try await JobWorld.make()
    for number in 0..<70 {
      let tenant = try await world.database.customer("D\(number)")
      try await leave(1, of: tenant, dueFor: -86_400, world)
    }
    let (large, small) = (try await world.database.customer("LARGE"), try await world.database.customer("SMALL"))
    try await leave(200, of: large, dueFor: 3600, world)
    try await leave(2, of: small, world)
    let runner = world.runner { _, _ in }
    let first = try await runner.tick()
    #expect(first.count == 16 && Set(first) == [large.id], "a stretch that has nothing to do costs nobody")
    let firstOfTheRest = try await runner.tick(after: TenantId(large.id.rawValue - 1))
    #expect(firstOfTheRest.count == 16 && firstOfTheRest.filter { $0 == small.id }.count == 2)
  }

  /// However much waits: of a tenant with fifty thousand jobs, and of a kind that this build does not know.
  @Test func aLookReadsLittle() async throws {
    let world = try await JobWorld.make()
    let (large, small) = (try await world.database.customer("LARGE"), try await world.database.customer("SMALL"))
    try await leave(50_000, of: large, dueFor: 3600, world)
    try await leave(5, of: small, world)
    try await world.database.runAsSuperuser("update jobs.job set kind = 'test.unknown' where tenant_id = \(large.id) and id % 2 = 0")
    try await world.database.runAsSuperuser("vacuum analyze jobs.job")
    let now = world.clock.now()
    let plan = try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(LookForJobs(now: now)) }
    let pages = plan.compactMap { line in line.contains("Buffers: shared hit=") ? line.split(separator: "=").dropFirst().first : nil }
      .compactMap { Int($0.prefix { $0.isNumber }) }.max()
    #expect(try #require(pages) < 2500, "\(plan)")
  }
}

private struct LookForJobs: Statement {
  let now: Instant

  static let sql = "explain (analyze, buffers) select * from finder.due_jobs($1, array['test.work'], null, 64)"
  func bind(to parameters: inout Parameters) { parameters.append(now) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
