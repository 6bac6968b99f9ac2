import Jobs
import Kernel
import Operations
import Synchronization
import Tenancy
import TestSupport
import Testing

/// The queue as a worker drives it, with real transactions and a clock that the test moves.
@Suite struct JobRunnerTests {
  /// A schedule whose job was given up was dead for ever: a night with a full disk ended the breach sweep for good.
  @Test func aScheduleOutlivesItsJob() async throws {
    let database = try await TestDatabase.make()
    let sweep = FragileSweep()
    let runner = JobRunner(tenancy: database.tenancy, sweeps: [sweep], logger: TestDatabase.logger)
    try await runner.declareSchedules()
    func tick(after seconds: Int64) async throws -> Int {
      database.clock.advance(seconds: seconds)
      try await runner.tick()
      return sweep.runs.withLock { $0 }
    }
    func jobs() async throws -> [Value] { try await database.call("job.list", as: try await database.staff(.administrator))["items"]?.array ?? [] }

    for attempt in 1...10 { #expect(try await tick(after: 300) == attempt) }
    #expect(try await jobs().map { $0["state"] } == ["dead"])
    #expect(try await tick(after: 5) == 10, "it rests")
    #expect(try await jobs().map { $0["state"] } == ["ready"])
    #expect(try await tick(after: 600) == 11, "one attempt")
    #expect(try await jobs().map { $0["state"] } == ["dead"], "and no more than one")

    sweep.isBroken.withLock { $0 = false }
    #expect(try await tick(after: 5) == 11)
    #expect(try await tick(after: 600) == 12)
    #expect(try await jobs().isEmpty)
    #expect(try await tick(after: 5) == 13, "as often as before")
  }

  @Test func aWorkerThatDiedLeavesItsJobToAnother() async throws {
    let database = try await TestDatabase.make()
    let sweep = FragileSweep()
    sweep.isBroken.withLock { $0 = false }
    let runner = JobRunner(tenancy: database.tenancy, sweeps: [sweep], leaseSeconds: 60, logger: TestDatabase.logger)
    try await runner.declareSchedules()
    // The claim of one that was killed: the job is running, and nobody extends its lease.
    sweep.onRun.withLock { $0 = { withUnsafeCurrentTask { $0?.cancel() } } }
    try await runner.tick()
    sweep.onRun.withLock { $0 = nil }
    database.clock.advance(seconds: 59)
    try await runner.tick()
    #expect(sweep.runs.withLock { $0 } == 1, "its lease holds")
    database.clock.advance(seconds: 1)
    try await runner.tick()
    #expect(sweep.runs.withLock { $0 } == 2)
    #expect(try await database.call("job.list", as: try await database.staff(.administrator))["items"]?.array == [])
  }
}

private final class FragileSweep: Sweep {
  static let kind = "test.fragile"
  static let everySeconds: Int64 = 5

  let runs = Mutex(0)
  let isBroken = Mutex(true)
  let onRun = Mutex<(@Sendable () -> Void)?>(nil)

  private struct Broken: Error {}

  func run(at now: Instant, _ tenancy: Tenancy) async throws {
    runs.withLock { $0 += 1 }
    onRun.withLock { $0 }?()
    try Task.checkCancellation()
    if isBroken.withLock({ $0 }) { throw Broken() }
  }
}
