import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// What an operator is told of the queue: what was given up, and for how long the first waits.
@Suite struct JobHealthTests {
  @Test func whatWasGivenUpIsToldByKindsWithItsError() async throws {
    let world = try await JobWorld.make()
    #expect(try await DeadJobs.inWords(world.database.tenancy) == [])
    let acme = try await world.database.customer("ACME").id
    try await world.leave(2, "test.one", of: acme, state: "dead", error: "its worker died")
    try await world.leave(1, "test.one", of: world.provider, state: "dead", error: "Trouble")
    try await world.leave(1, "test.other", of: acme, state: "dead", error: "40P01")
    try await world.leave(3, "test.third", of: acme, state: "ready", error: "Trouble")
    #expect(
      try await DeadJobs.inWords(world.database.tenancy) == ["test.one (3): Trouble", "test.other (1): 40P01"],
      "of every tenant, with the error of the one that was left last; what is tried again is none")
  }

  /// A sweep that was given up gets a single attempt ten minutes later: until that succeeds it is told of, whichever of the two its row says.
  @Test func aSweepThatWasGivenUpIsToldUntilItSucceeds() async throws {
    let world = try await JobWorld.make()
    let attempts = Counter()
    let runner = world.runner(sweep: { if attempts.next() <= 10 { throw Trouble() } })
    func tick(after seconds: Int64) async throws {
      world.clock.advance(seconds: seconds)
      try await runner.tick()
    }
    try await runner.declareSchedules()
    for _ in 1...10 { try await tick(after: 300) }
    #expect(try await world.jobs(CountedSweep.kind).map(\.state) == ["dead"])
    #expect(try await DeadJobs.inWords(world.database.tenancy) == ["test.sweep (1): Trouble"])
    #expect(try await world.figures().dead == 1)
    try await tick(after: CountedSweep.everySeconds)
    #expect(try await world.jobs(CountedSweep.kind).map(\.state) == ["ready"])
    #expect(try await DeadJobs.inWords(world.database.tenancy) == ["test.sweep (1): Trouble"], "it rests before its attempt")
    #expect(try await world.figures().dead == 1)
    try await tick(after: 600)
    #expect(attempts.value == 11)
    #expect(try await DeadJobs.inWords(world.database.tenancy) == [])
    #expect(try await world.figures().dead == 0)
  }

  @Test func figuresCountWhatIsDueRunsAndWasGivenUp() async throws {
    let world = try await JobWorld.make()
    let now = world.clock.now()
    #expect(try await world.figures() == JobFigures.Found(ready: 0, running: 0, dead: 0, suspect: 0, waitingSince: nil))
    let acme = try await world.database.customer("ACME").id
    try await world.leave(3, "test.one", of: acme, at: now.adding(seconds: -30))
    try await world.leave(2, "test.other", of: world.provider, at: now.adding(seconds: -90))
    try await world.leave(4, "test.other", of: acme, at: now.adding(seconds: 60))
    try await world.leave(1, "test.third", of: acme, state: "dead", error: "Trouble")
    try await world.leave(1, "test.third", of: acme, state: "running", at: now.adding(seconds: 20))
    var figures = try await world.figures()
    #expect(
      figures == JobFigures.Found(ready: 5, running: 1, dead: 1, suspect: 0, waitingSince: now.adding(seconds: -90)),
      "what is due later does not wait")
    // A worker went silent before all of these came due.
    try await world.leave(1, "test.third", of: acme, state: "running", at: now.adding(seconds: -120))
    figures = try await world.figures()
    #expect(figures.running == 2 && figures.suspect == 1 && figures.waitingSince == now.adding(seconds: -120))
  }

  /// Where no worker is left nobody leaves the jobs of sweeps, so nothing waits in the queue: their schedules tell.
  @Test func aSweepThatNoWorkerNoticesWaits() async throws {
    let world = try await JobWorld.make()
    let declared = world.clock.now()
    let runner = world.runner(sweep: {})
    try await runner.declareSchedules()
    try await runner.tick()
    #expect(try await world.figures().waitingSince == nil)
    world.clock.advance(seconds: CountedSweep.everySeconds + 500)
    #expect(try await world.figures().waitingSince == declared.adding(seconds: CountedSweep.everySeconds))
    // A later build runs another one, and this one no more.
    let later = world.runner(DueSweep(look: { _ in false }))
    try await later.declareSchedules()
    try await later.tick()
    #expect(try await world.figures().waitingSince == nil, "what was retired waits for nobody")
  }

  /// An operator looks every few seconds: among two hundred thousand jobs, by indexes alone.
  @Test func nothingIsReadFromTheWholeQueue() async throws {
    let world = try await JobWorld.make()
    let later = world.clock.now().adding(seconds: 86_400)
    let acme = try await world.database.customer("ACME").id
    try await world.leave(200_000, "test.one", of: acme, at: later)
    try await world.leave(5_000, "test.other", of: acme)
    try await world.leave(20, "test.other", of: acme, state: "dead", error: "Trouble")
    try await world.leave(20, "test.one", of: acme, state: "running", at: later)
    try await world.database.runAsSuperuser("analyze jobs.job")
    let scans = try await world.database.scans(of: "jobs.job") { transaction in
      // Often enough for the plan that holds for all arguments.
      for _ in 0..<7 {
        _ = try await transaction.query(DeadJobs())
        let figures = try await transaction.first(JobFigures(now: world.clock.now()))
        #expect(figures?.ready == 5_000 && figures?.running == 20 && figures?.dead == 20)
      }
    }
    #expect(scans.sequential == 0, "\(scans)")
    #expect(scans.ofIndexes["job_dead", default: 0] > 0 && scans.ofIndexes["job_due", default: 0] > 0, "\(scans)")
  }
}

extension JobWorld {
  /// Leaves jobs of a tenant.
  /// - Parameter instant: when they are due; of those that run, until when their worker has them.
  fileprivate func leave(
    _ count: Int, _ kind: String, of tenant: TenantId, state: String = "ready", error: String? = nil, at instant: Instant? = nil
  ) async throws {
    let due = instant ?? clock.now()
    try await database.runAsSuperuser(
      """
      insert into jobs.job (tenant_id, kind, state, run_at, lease_until, last_error, recorded_at)
      select \(tenant), '\(kind)', '\(state)', '\(due)', \(state == "running" ? "'\(due)'" : "null"), \(error.map { "'\($0)'" } ?? "null"), '\(clock.now())'
      from generate_series(1, \(count))
      """)
  }

  fileprivate func figures() async throws -> JobFigures.Found {
    let look = JobFigures(now: clock.now())
    let found = try await database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.first(look) }
    return found ?? JobFigures.Found(ready: -1, running: -1, dead: -1, suspect: -1, waitingSince: nil)
  }
}
