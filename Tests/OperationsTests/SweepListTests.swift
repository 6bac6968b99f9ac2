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

  @Test func withoutAnyThereAreNone() async throws {
    let database = try await TestDatabase.make()
    #expect(try await database.call("sweep.list", as: try await database.staff(.administrator))["items"] == .array([]))
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
