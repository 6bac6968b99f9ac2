import Jobs
import Kernel
import Logging
import Operations
import Tenancy
import TestSupport
import Testing

/// What the operator sees of recurring work.
@Suite struct SweepListTests {
  @Test func itTellsOfTheLastRunTheNextAndWhatWentWrong() async throws {
    let database = try await TestDatabase.make()
    let administrator = try await database.staff(.administrator)
    let runner = JobRunner(tenancy: database.tenancy, sweeps: [Steady(), Broken()], logger: TestDatabase.logger)
    try await runner.declareSchedules()
    func listed() async throws -> [Value] { try await database.call("sweep.list", as: administrator)["items"]?.array ?? [] }
    func columns(_ name: String) async throws -> [Value?] { try await listed().map { $0[name] } }

    #expect(try await columns("kind") == ["test.broken", "test.steady"])
    #expect(try await columns("lastEndedAt") == [.null, .null], "never yet")
    database.clock.advance(seconds: 90)
    #expect(try await columns("behindSeconds") == [90, 90], "nobody runs them")
    try await runner.tick()
    #expect(try await columns("lastOutcome") == ["failed", "done"])
    #expect(try await columns("lastFault") == ["Trouble", .null])
    #expect(try await columns("state") == ["ready", "idle"])
    #expect(try await columns("attempts") == [1, .null])
    #expect(try await columns("lastBeganAt") == [Value?](repeating: Value.instant(database.clock.now()), count: 2))
    #expect(try await columns("behindSeconds") == [0, 0])
    #expect(try await columns("nextAt") == [Value?](repeating: Value.instant(database.clock.now().adding(seconds: 60)), count: 2))

    for role in [StockRole.engineer, .accountManager] {
      let other = try await database.staff(role)
      await expectFailure(.denied) { try await database.call("sweep.list", as: other) }
    }
  }

  /// What a build before this one ran is not behind for ever; but as long as no worker has started, all of it is.
  @Test func whatNobodyRunsAnyMoreIsRetired() async throws {
    let database = try await TestDatabase.make()
    let administrator = try await database.staff(.administrator)
    func runner(_ sweeps: any Sweep...) -> JobRunner { JobRunner(tenancy: database.tenancy, sweeps: sweeps, logger: TestDatabase.logger) }
    func columns(_ name: String) async throws -> [Value?] {
      try await (database.call("sweep.list", as: administrator)["items"]?.array ?? []).map { $0[name] }
    }
    try await runner(Steady(), Broken()).declareSchedules()
    database.clock.advance(seconds: 3600)
    #expect(try await columns("state") == ["idle", "idle"])
    #expect(try await columns("behindSeconds") == [3600, 3600], "no worker is there")
    let later = runner(Steady())
    try await later.declareSchedules()
    try await later.tick()
    #expect(try await columns("kind") == ["test.broken", "test.steady"])
    #expect(try await columns("state") == ["retired", "idle"])
    #expect(try await columns("behindSeconds") == [.null, 0])
    // Another worker that was started before goes on with it.
    try await runner(Steady(), Broken()).tick()
    #expect(try await columns("state") == ["ready", "idle"])
  }

  @Test func withoutAnyThereAreNone() async throws {
    let database = try await TestDatabase.make()
    #expect(try await database.call("sweep.list", as: try await database.staff(.administrator))["items"] == .array([]))
  }
}

/// What acts have left for sweeps, as `/metrics` tells it.
@Suite struct OutboxWaitingTests {
  @Test func whatConsumersHaveNotTakenIsCounted() async throws {
    let database = try await TestDatabase.make()
    let (one, other) = (try await database.customer("ONE").id, try await database.customer("TWO").id)
    func waiting() async throws -> [String] {
      try await database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(OutboxWaiting()) }
        .filter { $0.consumer.hasPrefix("test.") }.map { "\($0.consumer) \($0.count) \($0.since)" }
    }
    #expect(try await waiting().isEmpty)
    let start = database.clock.now()
    for (consumer, tenant, seconds) in [("test.b", one, 20), ("test.a", other, 10), ("test.b", other, 30)] as [(String, TenantId, Int64)] {
      try await database.tenancy.transaction(binding: [tenant], side: .staff) {
        $0.notify(consumer, of: "ticket", 1, tenant: tenant, at: start.adding(seconds: seconds))
      }
    }
    #expect(try await waiting() == ["test.a 1 \(start.adding(seconds: 10))", "test.b 2 \(start.adding(seconds: 20))"])
    try await database.runAsSuperuser(
      """
      insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at)
      select \(one), 'test.b', 'ticket', n, 0, '\(start)' from generate_series(1, 10001) n
      """)
    #expect(try await waiting().last?.hasPrefix("test.b 10000 ") == true, "ten thousand stand for more")
  }
}

private struct Steady: Sweep {
  static let kind = "test.steady"
  static let everySeconds: Int64 = 60
  func run(at now: Instant, _ tenancy: Tenancy) async throws {}
}

private struct Trouble: Error {}

private struct Broken: Sweep {
  static let kind = "test.broken"
  static let everySeconds: Int64 = 60
  func run(at now: Instant, _ tenancy: Tenancy) async throws { throw Trouble() }
}
