import Kernel
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// A job whose worker died is tried alone: what one does to its worker costs no other more than an attempt.
@Suite struct SuspectTests {
  /// Suspect from when it is taken over; a failure that leaves its worker alive ends that.
  @Test func whatIsTakenOverIsSuspectUntilItFails() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    let seen = Mutex<[Bool]>([])
    let runner = world.runner { job, _ in
      let now = try await world.rows()
      seen.withLock { $0 += now.map(\.isSuspect) }
      if job.attempts == 2 { throw Trouble() }
    }
    #expect(try await runner.tick().isEmpty, "not one among others")
    #expect(seen.withLock { $0 } == [true])
    let waiting = try await world.rows()
    #expect(waiting.map(\.state) == ["ready"] && waiting.map(\.isSuspect) == [false] && waiting.map(\.attempts) == [2])
    world.clock.advance(seconds: 5)
    #expect(try await runner.tick() == [world.provider], "as any other")
    #expect(seen.withLock { $0 } == [true, false])
    #expect(try await world.rows().isEmpty)
  }

  @Test func aSweepThatIsPutDownIsSuspectNoMore() async throws {
    let world = try await JobWorld.make()
    let turns = Counter()
    let runner = world.runner(
      Halting { turn in
        turns.next()
        turn.place = [1]
      })
    try await runner.declareSchedules()
    try await runner.enqueueScheduled()
    let silentSince = world.clock.now().adding(seconds: -1)
    try await world.database.runAsSuperuser("update jobs.job set state = 'running', attempts = 1, lease_until = '\(silentSince)'")
    try await runner.tick()
    let row = try #require(try await world.rows(Halting.kind).first)
    #expect(turns.value == 1 && row.state == "ready" && !row.isSuspect && row.attempts == 0)
  }

  /// Whoever gives further attempts to one that was given up, an operator or its schedule, has it tried alone.
  @Test func whatWasGivenUpWithItsWorkerStaysSuspect() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 10)
    let begun = Counter()
    let runner = world.runner { _, _ in begun.next() }
    try await runner.tick()
    let dead = try #require(try await world.rows().first)
    #expect(dead.state == "dead" && dead.isSuspect && begun.value == 0)
    let retry = RetryJob(tenant: world.provider, id: dead.id, now: world.clock.now())
    #expect(try await world.database.tenancy.transaction(binding: [world.provider], side: .staff) { try await $0.first(retry) } == dead.id)
    #expect(try await runner.tick().isEmpty, "alone")
    #expect(begun.value == 1)
    #expect(try await world.rows().isEmpty)

    let swept = Counter()
    let sweeper = world.runner(sweep: { swept.next() })
    try await sweeper.declareSchedules()
    try await sweeper.enqueueScheduled()
    let silentSince = world.clock.now().adding(seconds: -1)
    try await world.database.superuser.transaction { try await $0.execute(LeaveRunning(leaseUntil: silentSince)) }
    try await sweeper.tick()
    #expect(try await world.rows(CountedSweep.kind).map(\.state) == ["dead"])
    world.clock.advance(seconds: CountedSweep.everySeconds)
    try await sweeper.tick()
    let resting = try await world.rows(CountedSweep.kind)
    #expect(resting.map(\.state) == ["ready"] && resting.map(\.isSuspect) == [true] && swept.value == 0)
    world.clock.advance(seconds: 600)
    try await sweeper.tick()
    #expect(swept.value == 1)
    #expect(try await world.rows(CountedSweep.kind).isEmpty)
  }

  /// One that kills its worker each time comes behind what was only in that one's hands.
  @Test func whatWasBegunLeastOftenIsTriedFirst() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 5, numberedFrom: 9, silentFor: 60)
    try await world.leaveNumbered(2, of: world.provider, state: "running", attempts: 1)
    try await world.leaveNumbered(1, of: world.provider, isSuspect: true, attempts: 2, numberedFrom: 4)
    let order = Mutex<[Int64?]>([])
    let runner = world.runner { job, _ in order.withLock { $0.append(job.payload["number"]?.integer) } }
    try await runner.tick()
    #expect(order.withLock { $0 } == [1, 2, 4, 9])
  }

  /// Also what was in hand before ends first.
  @Test func nothingRunsBesideASuspect() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(400, of: world.provider, numberedFrom: 100)
    let log = Mutex(Beside())
    let runner = world.runner { job, _ in
      if job.payload["number"]?.integer == 1 {
        log.withLock {
          $0.isAlone = true
          $0.beside += $0.active
        }
        try await Task.sleep(for: .milliseconds(700))
        log.withLock {
          $0.isAlone = false
          $0.tried += 1
        }
      } else {
        log.withLock {
          $0.active += 1
          if $0.isAlone { $0.beside += 1 }
        }
        try await Task.sleep(for: .milliseconds(30))
        log.withLock {
          $0.active -= 1
          $0.done += 1
        }
      }
    }
    let running = Task { await runner.run() }
    for _ in 0..<1500 where log.withLock({ $0.done < 4 }) { try await Task.sleep(for: .milliseconds(20)) }
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    for _ in 0..<1500 where log.withLock({ $0.done < 400 || $0.tried == 0 }) { try await Task.sleep(for: .milliseconds(20)) }
    running.cancel()
    await running.value
    let seen = log.withLock { $0 }
    #expect(seen.beside == 0 && seen.tried == 1 && seen.done == 400, "\(seen)")
  }

  /// It is done later, and has all its attempts.
  @Test func whatTakesLongMakesRoom() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, numberedFrom: 2)
    let (long, tried) = (Counter(), Counter())
    let handler = Handler { job, _ in
      guard job.payload["number"]?.integer == 2 else {
        tried.next()
        return
      }
      long.next()
      try await Task.sleep(for: .seconds(600))
    }
    let runner = JobRunner(
      tenancy: world.database.tenancy, sweeps: [], handlers: [handler], roomTime: .milliseconds(200), logger: JobWorld.logger)
    let running = Task { await runner.run() }
    for _ in 0..<1500 where long.value == 0 { try await Task.sleep(for: .milliseconds(20)) }
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    for _ in 0..<1500 where long.value < 2 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(tried.value == 1 && long.value == 2, "it was given back, and begun again when the other had been tried")
    #expect(try await world.rows().map(\.attempts) == [1])
    running.cancel()
    await running.value
    let left = try await world.rows()
    #expect(left.map(\.state) == ["ready"] && left.map(\.attempts) == [0] && left.map(\.isSuspect) == [false])
  }

  /// One that is at work for a lease has not killed its worker by then. Ended with it in order it is as suspect as before.
  @Test func aSuspectThatTakesLongHoldsUpNothing() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    let (begun, others) = (Counter(), Counter())
    let runner = world.runner(
      { job, _ in
        guard job.payload["number"]?.integer == 1 else {
          others.next()
          return
        }
        begun.next()
        try await Task.sleep(for: .seconds(600))
      }, leaseSeconds: 1)
    let running = Task { await runner.run() }
    for _ in 0..<1500 where begun.value == 0 { try await Task.sleep(for: .milliseconds(20)) }
    try await world.leaveNumbered(3, of: world.provider, numberedFrom: 5)
    for _ in 0..<1500 where others.value < 3 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(begun.value == 1 && others.value == 3)
    running.cancel()
    await running.value
    let left = try await world.rows()
    #expect(left.map(\.state) == ["ready"] && left.map(\.attempts) == [1] && left.map(\.isSuspect) == [true])
  }

  /// While one worker makes room the others leave it alone; one that ends meanwhile has not begun it.
  @Test func oneWorkerMakesRoomForIt() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    let (one, other) = (world.runner { _, _ in }, world.runner { _, _ in })
    let found = try #require(try await one.suspects().first)
    let places = Places(1, mostPatient: 1)
    #expect(places.take(isPrompt: false))
    let making = Task { try await one.claimAlone(found, places, JobsInHand()) }
    try await wait { try await world.wasLocked(found.id) }
    let refused = try await other.claimAlone(found, Places(1, mostPatient: 1), JobsInHand())
    #expect(refused.job == nil && refused.hadRoom && !refused.gaveBack)
    making.cancel()
    await #expect(throws: (any Error).self) { try await making.value }
    try await wait { try await !world.isLocked(found.id) }
    #expect(try await world.rows().map(\.attempts) == [1], "not begun")
    let claimed = try await other.claimAlone(found, Places(1, mostPatient: 1), JobsInHand())
    #expect(claimed.job?.attempts == 2)
    let row = try #require(try await world.rows().first)
    #expect(row.state == "running" && row.isSuspect)
    #expect(try await one.claimAlone(found, Places(1, mostPatient: 1), JobsInHand()).job == nil, "it has another fencing number")
  }

  /// Guard: whoever leaves the job of a sweep by its schedule would wait for the worker that makes room for it, and begin nothing meanwhile.
  @Test func noScheduleWaitsForWhoMakesRoom() async throws {
    let world = try await JobWorld.make()
    let (one, other) = (world.runner(sweep: {}), world.runner(sweep: {}))
    try await one.declareSchedules()
    try await one.enqueueScheduled()
    let silentSince = world.clock.now().adding(seconds: -1)
    try await world.database.runAsSuperuser("update jobs.job set state = 'running', attempts = 1, lease_until = '\(silentSince)'")
    let found = try #require(try await one.suspects().first)
    let places = Places(1, mostPatient: 1)
    #expect(places.take(isPrompt: false))
    let making = Task { try await one.claimAlone(found, places, JobsInHand()) }
    try await wait { try await world.wasLocked(found.id) }
    world.clock.advance(seconds: CountedSweep.everySeconds)
    // Who waits for a lock gives up after five seconds, before there is no more room to wait for: then the schedule stays where it was.
    try await other.enqueueScheduled()
    let schedules = try await world.database.tenancy.transaction(binding: [world.provider], side: .staff, readOnly: true) {
      try await $0.query(ScheduleListing(tenant: world.provider, after: "", limit: 10))
    }
    let next = try #require(schedules.first { $0.kind == CountedSweep.kind }).nextAt
    #expect(next > world.clock.now())
    places.giveBack(isPrompt: false)
    let tried = try await making.value
    #expect(tried.job?.attempts == 2 && !tried.gaveBack)
  }

  /// Guard: on a busy machine what was told to end takes some seconds to do so, and the suspect would wait for minutes.
  @Test func whatEndsSlowlyIsWaitedFor() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    let runner = JobRunner(
      tenancy: world.database.tenancy, sweeps: [], handlers: [Handler { _, _ in }], roomTime: .milliseconds(50), logger: JobWorld.logger)
    let found = try #require(try await runner.suspects().first)
    let places = Places(1, mostPatient: 1)
    #expect(places.take(isPrompt: false))
    let ending = Task {
      try await Task.sleep(for: .seconds(5))
      places.giveBack(isPrompt: false)
    }
    let tried = try await runner.claimAlone(found, places, JobsInHand())
    try await ending.value
    #expect(tried.job?.attempts == 2 && tried.hadRoom && tried.gaveBack)
  }

  /// What does not end when it is told to keeps its place, and the suspect waits for another time, or another worker.
  @Test func whereNoRoomIsMadeNothingIsTried() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    let runner = JobRunner(
      tenancy: world.database.tenancy, sweeps: [], handlers: [Handler { _, _ in }], roomTime: .milliseconds(50), logger: JobWorld.logger)
    let found = try #require(try await runner.suspects().first)
    let places = Places(1, mostPatient: 1)
    #expect(places.take(isPrompt: false))
    let tried = try await runner.claimAlone(found, places, JobsInHand())
    #expect(tried.job == nil && !tried.hadRoom && tried.gaveBack)
    #expect(try await world.rows().map(\.attempts) == [1])
  }

  /// Its lease ran out while the database was away: its worker lives, and says so with its next sign of life.
  @Test func aWorkerDoesNotTakeOverItsOwn() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1)
    let runner = world.runner { _, _ in }
    let found = try #require(try await runner.suspects().first)
    let hands = JobsInHand()
    let held = hands.take(
      Job(tenant: found.tenant, id: found.id, kind: Handler.kind, payload: .object([]), attempts: 1, maxAttempts: 10, fence: found.fence))
    var turn = SuspectTurn(interval: .zero)
    let own = try await runner.nextSuspect(&turn, Places(1, mostPatient: 1), hands)
    #expect(own == nil)
    hands.end(held.number)
    var later = SuspectTurn(interval: .zero)
    let silent = try await runner.nextSuspect(&later, Places(1, mostPatient: 1), hands)
    #expect(silent?.id == found.id)
  }

  @Test func manySuspectsOfManyWorkersAreEachDoneOnce() async throws {
    let world = try await JobWorld.make()
    let (acme, other) = (try await world.database.customer("ACME").id, try await world.database.customer("OTHER").id)
    try await world.leaveNumbered(25, of: acme, state: "running", attempts: 1)
    try await world.leaveNumbered(15, of: other, isSuspect: true, attempts: 1, numberedFrom: 101)
    try await world.leaveNumbered(100, of: other, numberedFrom: 1001)
    let attempts = Mutex<[Int64: [Int64]]>([:])
    let workers = (0..<4).map { _ in
      let runner = world.runner { job, _ in attempts.withLock { $0[job.payload["number"]?.integer ?? 0, default: []].append(job.attempts) } }
      return Task { await runner.run() }
    }
    try await wait { try await world.rows().isEmpty }
    for worker in workers { worker.cancel() }
    for worker in workers { await worker.value }
    let seen = attempts.withLock { $0 }
    #expect(try await world.rows().isEmpty)
    #expect(seen.count == 140 && seen.allSatisfy { $0.value == [$0.key < 1000 ? 2 : 1] }, "\(seen.filter { $0.value.count != 1 })")
  }
}

private struct Beside {
  var active = 0
  var isAlone = false
  var beside = 0
  var tried = 0
  var done = 0
}

private struct Halting: LongSweep {
  static let kind = "test.halting"
  static let everySeconds: Int64 = 3600
  let body: @Sendable (inout SweepTurn) throws -> Void

  func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws { try body(&turn) }
}

extension JobWorld {
  /// Leaves numbered jobs of a tenant.
  /// - Parameter silentFor: those that run, since when their lease has run out.
  func leaveNumbered(
    _ count: Int, of tenant: TenantId, state: String = "ready", isSuspect: Bool = false, attempts: Int64 = 0, numberedFrom first: Int = 1,
    kind: String = Handler.kind, dueFor seconds: Int64 = 0, silentFor: Int64 = 1
  ) async throws {
    let lease = state == "running" ? "'\(clock.now().adding(seconds: -silentFor))'" : "null"
    try await database.runAsSuperuser(
      """
      insert into jobs.job (tenant_id, kind, payload, state, attempts, suspect, lease_until, run_at, recorded_at)
      select \(tenant), '\(kind)', jsonb_build_object('number', n), '\(state)', \(attempts), \(isSuspect), \(lease),
        '\(clock.now().adding(seconds: -seconds))', '\(clock.now())'
      from generate_series(\(first), \(first + count - 1)) n
      """)
  }

  /// The jobs of a kind, of all tenants.
  func rows(_ kind: String = Handler.kind) async throws -> [JobRows.Found] {
    try await database.superuser.transaction { try await $0.query(JobRows(kind: kind)) }
  }

  /// Whether it has been since it was left.
  func wasLocked(_ job: Int64) async throws -> Bool {
    try await database.superuser.transaction { try await $0.query(LockOfJob(id: job)) }.first == true
  }

  func isLocked(_ job: Int64) async throws -> Bool {
    try await database.superuser.transaction { try await $0.query(UnlockedJob(id: job)) }.isEmpty
  }
}

struct JobRows: Statement {
  struct Found: Sendable {
    let id: Int64
    let state: String
    let isSuspect: Bool
    let attempts: Int64
  }

  let kind: String

  static let sql = "select id, state, suspect, attempts from jobs.job where kind = $1 order by id"
  func bind(to parameters: inout Parameters) { parameters.append(kind) }
  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), state: try row.next(), isSuspect: try row.next(), attempts: try row.next())
  }
}

private struct LockOfJob: Statement {
  let id: Int64

  static let sql = "select xmax::text <> '0' from jobs.job where id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(id) }
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

private struct UnlockedJob: Statement {
  let id: Int64

  static let sql = "select id from jobs.job where id = $1 for update skip locked"
  func bind(to parameters: inout Parameters) { parameters.append(id) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
