import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// Many workers at one queue, workers of two versions, and clocks that jump.
@Suite struct ManyWorkersTests {
  /// Sixteen runners with four places each, as on as many machines: all find the same jobs, and each job has its effect once.
  @Test func sixtyFourPlacesDoEachJobOnce() async throws {
    let world = try await JobWorld.make()
    let (tenants, each) = (4, 150)
    for number in 0..<tenants { try await world.leave(each, of: try await world.database.customer("M\(number)").id) }
    let begun = Counter()
    let workers = (0..<16).map { _ in
      let runner = world.runner { job, transaction in
        begun.next()
        // Nothing holds a second one off: were a job done twice, there would be two.
        transaction.enqueue(
          EnqueueJob(tenant: job.tenant, kind: JobWorld.effectKind, payload: job.payload, runAt: world.clock.now(), recordedAt: world.clock.now()))
      }
      return Task { await runner.run() }
    }
    try await wait { try await world.count(of: Handler.kind) == 0 }
    for worker in workers { worker.cancel() }
    for worker in workers { await worker.value }
    #expect(try await world.count(of: Handler.kind) == 0, "each is done")
    #expect(try await world.count(of: JobWorld.effectKind) == tenants * each)
    #expect(try await world.distinctEffects() == tenants * each)
    #expect(begun.value >= tenants * each)
  }

  /// A transaction that stays open keeps what is done since from being cleared away. The queue goes on, and not the slower the more that is.
  @Test func anOldTransactionDoesNotHoldTheQueueUp() async throws {
    let world = try await JobWorld.make()
    let done = Counter()
    let runner = world.runner { _, _ in done.next() }
    func drain() async throws -> Duration {
      try await world.leave(160, of: world.provider)
      let started = ContinuousClock.now
      while try await world.count(of: Handler.kind) > 0, started.duration(to: .now) < .seconds(60) { try await runner.tick() }
      return started.duration(to: .now)
    }
    let now = world.clock.now()
    try await world.database.superuser.transaction { transaction in
      // It has written something: whatever ends after that may still be of use to somebody.
      try await transaction.execute(EnqueueJob(tenant: world.provider, kind: JobWorld.effectKind, runAt: now, recordedAt: now))
      let first = try await drain()
      for _ in 0..<2 { _ = try await drain() }
      let last = try await drain()
      #expect(last < first * 4 + .seconds(2), "\(first), then \(last)")
      // It is told of: how much has begun since, a claim and a completion of each job at least.
      let held = try #require(try await world.oldestSnapshot())
      #expect(held.transactions >= 1280 && held.holder.hasPrefix("pid "), "\(held)")
    }
    #expect(done.value == 640)
    let rest = try await world.oldestSnapshot()
    #expect((rest?.transactions ?? 0) < 1280, "when it is over nothing is")
    #expect(OldestSnapshot.Found(holder: "", transactions: 100_000).isTooOld && !OldestSnapshot.Found(holder: "", transactions: 99_999).isTooOld)
  }

  /// What a later version leaves in the queue waits for a worker of that version: an older one neither does nor buries it.
  @Test func aKindThatIsNotKnownIsLeftToANewerWorker() async throws {
    let world = try await JobWorld.make()
    let now = world.clock.now()
    try await world.database.tenancy.transaction(binding: [world.provider], side: .staff) { transaction in
      transaction.enqueue(EnqueueJob(tenant: world.provider, kind: NewerHandler.kind, runAt: now, recordedAt: now))
    }
    try await world.leave()
    let done = Counter()
    let older = world.runner { _, _ in done.next() }
    try await older.tick()
    #expect(try await world.waitingJobs() == [], "not yet told of")
    for _ in 0..<12 {
      try await older.tick()
      world.clock.advance(seconds: 600)
    }
    #expect(done.value == 1, "what it knows it does")
    let left = try await world.jobs(NewerHandler.kind)
    #expect(left.map(\.state) == ["ready"] && left.map(\.attempts) == [0])
    let acme = try await world.database.customer("ACME")
    try await world.leave(3, of: acme.id, kind: "test.newest")
    #expect(try await world.waitingJobs() == ["test.newer 1 \(now)"], "what is due since a moment is not told of")
    world.clock.advance(seconds: WaitingJobs.patienceSeconds)
    #expect(try await world.waitingJobs().map { $0.prefix(13) } == ["test.newer 1 ", "test.newest 3"], "of every tenant, what waits longest first")
    let newer = JobRunner(
      tenancy: world.database.tenancy, sweeps: [], handlers: [Handler { _, _ in }, NewerHandler { done.next() }], logger: JobWorld.logger)
    try await newer.tick()
    #expect(done.value == 2)
    #expect(try await world.jobs(NewerHandler.kind).isEmpty)
  }

  /// Two servers in the night in which the clocks go back, a jump of a year ahead, and one of an hour back: what is due runs once.
  @Test func twoServersRunWhatIsDueOnceWhateverTheClockDoes() async throws {
    let world = JobWorld(database: try await TestDatabase.make(now: try #require(Instant("2026-10-24T23:55:00Z"))))
    let runs = Counter()
    let (one, other) = (world.runner(sweep: { runs.next() }), world.runner(sweep: { runs.next() }))
    for server in [one, other] { try await server.declareSchedules() }
    func count(after seconds: Int64) async throws -> Int {
      world.clock.advance(seconds: seconds)
      async let first = one.tick()
      async let second = other.tick()
      _ = try await (first, second)
      return runs.value
    }
    #expect(try await count(after: 0) == 1)
    // Beyond 03:00 in Berlin, which comes twice.
    for round in 2...12 { #expect(try await count(after: 600) == round) }
    #expect(try await count(after: 400 * 86_400) == 13, "once for all that was missed")
    #expect(try await count(after: -3600) == 13, "what has run does not run again")
    #expect(try await count(after: 3600) == 13)
    #expect(try await count(after: CountedSweep.everySeconds) == 14)
  }
}

/// A kind of job that only the newer of two versions knows.
private struct NewerHandler: JobHandler {
  static let kind = "test.newer"
  let work: @Sendable () -> Void

  func run(_ job: Job, in transaction: Transaction, at now: Instant) async throws { work() }
}

extension JobWorld {
  /// Leaves numbered jobs of a tenant, all due.
  fileprivate func leave(_ count: Int, of tenant: TenantId, kind: String = Handler.kind) async throws {
    try await database.runAsSuperuser(
      """
      insert into jobs.job (tenant_id, kind, payload, run_at, recorded_at)
      select \(tenant), '\(kind)', jsonb_build_object('number', n), '\(clock.now())', '\(clock.now())' from generate_series(1, \(count)) n
      """)
  }

  /// What doctor says: of each kind how many nobody has begun for long, and since when.
  fileprivate func waitingJobs() async throws -> [String] {
    let waiting = WaitingJobs(now: clock.now())
    return try await database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(waiting) }
      .map { "\($0.kind) \($0.count) \($0.since)" }
  }

  fileprivate func oldestSnapshot() async throws -> OldestSnapshot.Found? {
    try await database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.first(OldestSnapshot()) }
  }

  /// Jobs of a kind, of all tenants.
  fileprivate func count(of kind: String) async throws -> Int {
    Int(try await database.superuser.transaction { try await $0.query(JobsOfKind(kind: kind)) }.first?.all ?? 0)
  }

  /// Effects of different jobs.
  fileprivate func distinctEffects() async throws -> Int {
    Int(try await database.superuser.transaction { try await $0.query(JobsOfKind(kind: Self.effectKind)) }.first?.distinct ?? 0)
  }
}

private struct JobsOfKind: Statement {
  let kind: String

  static let sql = "select count(*), count(distinct (tenant_id, payload ->> 'number')) from jobs.job where kind = $1"
  func bind(to parameters: inout Parameters) { parameters.append(kind) }
  static func decode(_ row: inout RowReader) throws -> (all: Int64, distinct: Int64) { (try row.next(), try row.next()) }
}
