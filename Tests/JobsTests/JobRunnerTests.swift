import Jobs
import Kernel
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing

@Suite struct JobRunnerTests {
  @Test func runnersAtOnceDoAJobOnce() async throws {
    let world = try await JobWorld.make()
    for number in 0..<20 { try await world.leave(payload: .object(["number": .integer(Int64(number))])) }
    let begun = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let runner = world.runner { _, transaction in
            begun.next()
            world.effect(in: transaction)
          }
          for _ in 0..<3 { _ = try? await runner.tick() }
        }
      }
    }
    #expect(try await world.effects() == 20)
    #expect(try await world.jobs().isEmpty)
    #expect(begun.value >= 20)
  }

  /// A sweep through much holds up no other, as little as its worker holds up another one.
  @Test func aJobThatTakesLongHoldsUpNoOther() async throws {
    let world = try await JobWorld.make()
    try await world.leave(payload: .object(["long": .bool(true)]))
    let (begun, others) = (Counter(), Counter())
    let runner = world.runner { job, transaction in
      if job.payload["long"] != nil {
        begun.next()
        // Until the runner ends.
        try await Task.sleep(for: .seconds(600))
      }
      others.next()
      world.effect(in: transaction)
    }
    let running = Task { await runner.run() }
    while begun.value == 0 { try await Task.sleep(for: .milliseconds(20)) }
    try await world.leave()
    try await wait { try await world.effects() > 0 }
    #expect(try await world.effects() == 1)
    #expect(begun.value == 1 && others.value == 1)
    running.cancel()
    await running.value
    // What was cancelled is not done, and waits for whoever is there next, as if it had not been begun.
    #expect(try await world.effects() == 1)
    let left = try await world.jobs()
    #expect(left.map(\.state) == ["ready"] && left.map(\.attempts) == [0])
  }

  @Test func whatAFailedAttemptDidIsUndoneAndItIsTriedAgainLater() async throws {
    let world = try await JobWorld.make()
    try await world.leave()
    let runner = world.runner { job, transaction in
      world.effect(in: transaction)
      if job.attempts < 3 { throw Trouble() }
    }
    try await runner.tick()
    var waiting = try #require(try await world.jobs().first)
    #expect(waiting.state == "ready" && waiting.attempts == 1 && waiting.lastError == "Trouble")
    #expect(waiting.runAt > world.clock.now().adding(seconds: 1) && waiting.runAt <= world.clock.now().adding(seconds: 2))
    #expect(try await world.effects() == 0)

    // Not before its time.
    try await runner.tick()
    #expect(try await world.jobs().first?.attempts == 1)

    world.clock.advance(seconds: 2)
    try await runner.tick()
    waiting = try #require(try await world.jobs().first)
    #expect(waiting.attempts == 2)
    #expect(waiting.runAt > world.clock.now().adding(seconds: 3) && waiting.runAt <= world.clock.now().adding(seconds: 4))

    world.clock.advance(seconds: 4)
    try await runner.tick()
    #expect(try await world.jobs().isEmpty)
    #expect(try await world.effects() == 1)
  }

  @Test func aJobThatAlwaysFailsIsGivenUpAndSaysWhy() async throws {
    let world = try await JobWorld.make()
    try await world.leave()
    let begun = Counter()
    let runner = world.runner { _, _ in
      begun.next()
      throw Trouble()
    }
    for _ in 0..<12 {
      try await runner.tick()
      world.clock.advance(seconds: 600)
    }
    let dead = try #require(try await world.jobs().first)
    #expect(dead.state == "dead" && dead.attempts == dead.maxAttempts && dead.lastError == "Trouble")
    #expect(begun.value == Int(dead.maxAttempts))
  }

  @Test func aSilentWorkersJobIsDoneByAnotherAndItsOwnWorkIsUndone() async throws {
    let world = try await JobWorld.make()
    try await world.leave()
    let (reached, reach) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    // The first worker stops in the middle of its work, for longer than its lease.
    let stalled = Task {
      try await world.runner { _, transaction in
        world.effect(in: transaction)
        reach.finish()
        for await _ in released {}
      }.tick()
    }
    for await _ in reached {}
    world.clock.advance(seconds: 61)
    let second = Counter()
    try await world.runner { job, transaction in
      second.next()
      #expect(job.attempts == 2)
      world.effect(in: transaction)
    }.tick()
    #expect(second.value == 1)
    release.finish()
    _ = try await stalled.value
    #expect(try await world.effects() == 1, "the stalled worker holds an older fencing number: its effect goes with it")
    #expect(try await world.jobs().isEmpty)
  }

  /// At its next sign of life, and not only when its work is over.
  @Test func aWorkerWhoseJobAnotherHasStopsWorkingOnIt() async throws {
    let world = try await JobWorld.make()
    try await world.leave()
    let (reached, reach) = AsyncStream.makeStream(of: Void.self)
    let stopped = Counter()
    let work: @Sendable (Job, Transaction) async throws -> Void = { _, transaction in
      world.effect(in: transaction)
      reach.finish()
      do {
        try await Task.sleep(for: .seconds(600))
      } catch {
        stopped.next()
        throw error
      }
    }
    let stalled = Task { try await world.runner(work, leaseSeconds: 1).tick() }
    for await _ in reached {}
    // As another worker takes it.
    try await world.database.runAsSuperuser("update jobs.job set fence = fence + 1, lease_until = lease_until + interval '1 hour'")
    _ = try await stalled.value
    #expect(stopped.value == 1)
    #expect(try await world.effects() == 0)
    #expect(try await world.jobs().map(\.state) == ["running"], "whoever has it now keeps it")
  }

  @Test func aJobThatKillsItsWorkersIsBuried() async throws {
    let world = try await JobWorld.make()
    try await world.leave()
    // As a worker that died in its last attempt leaves it.
    let silentSince = world.clock.now().adding(seconds: -60)
    try await world.database.superuser.transaction { try await $0.execute(LeaveRunning(leaseUntil: silentSince)) }
    let begun = Counter()
    try await world.runner { _, _ in begun.next() }.tick()
    let dead = try #require(try await world.jobs().first)
    #expect(dead.state == "dead" && dead.lastError == "its worker died")
    #expect(begun.value == 0)
  }

  @Test func onlyOneOfAKeyWaits() async throws {
    let world = try await JobWorld.make()
    for _ in 0..<3 { try await world.leave(key: "one") }
    for _ in 0..<2 { try await world.leave() }
    #expect(try await world.jobs().count == 3)
  }
}

@Suite struct ScheduleTests {
  @Test func aMissedWindowRunsOnce() async throws {
    let world = try await JobWorld.make()
    let runs = Counter()
    let runner = world.runner(sweep: { runs.next() })
    try await runner.declareSchedules()
    try await runner.tick()
    #expect(runs.value == 1)
    try await runner.tick()
    #expect(runs.value == 1, "not due again yet")

    world.clock.advance(seconds: 10 * 86_400)
    try await runner.tick()
    try await runner.tick()
    #expect(runs.value == 2)
    world.clock.advance(seconds: CountedSweep.everySeconds)
    try await runner.tick()
    #expect(runs.value == 3)
  }

  /// A schedule whose job was given up never ran again: a night with a full disk ended the breach sweep for good.
  @Test func aScheduleOutlivesAJobThatWasGivenUp() async throws {
    let world = try await JobWorld.make()
    let runs = Counter()
    let isBroken = Mutex(true)
    let runner = world.runner(sweep: {
      runs.next()
      if isBroken.withLock({ $0 }) { throw Trouble() }
    })
    func tick(after seconds: Int64) async throws -> Int {
      world.clock.advance(seconds: seconds)
      try await runner.tick()
      return runs.value
    }
    func state() async throws -> String? { try await world.jobs(CountedSweep.kind).first?.state }

    try await runner.declareSchedules()
    for attempt in 1...10 { #expect(try await tick(after: 300) == attempt) }
    #expect(try await state() == "dead")
    #expect(try await tick(after: CountedSweep.everySeconds) == 10, "it rests")
    #expect(try await tick(after: 600) == 11)
    #expect(try await state() == "dead", "one attempt at a time, for it may be the job that kills its worker")

    isBroken.withLock { $0 = false }
    #expect(try await tick(after: CountedSweep.everySeconds) == 11)
    #expect(try await tick(after: 600) == 12)
    #expect(try await world.jobs(CountedSweep.kind).isEmpty)
    #expect(try await tick(after: CountedSweep.everySeconds) == 13, "as often as before")
  }
}

/// What comes due between the times of a schedule is not kept waiting for the next.
@Suite struct DueSweepTests {
  @Test func itRunsWithinTheSecond() async throws {
    let world = try await JobWorld.make()
    let runs = Counter()
    let start = Instant(seconds: world.clock.now().seconds)
    let runner = world.runner(DueSweep(body: { runs.next() }, look: { $0.contains(start.adding(seconds: 2)) }))
    try await runner.declareSchedules()
    try await runner.tick()
    #expect(runs.value == 1, "its schedule begins at once")

    var looked: [String: Instant] = [:]
    var counts: [Int] = []
    for _ in 0..<5 {
      try await runner.enqueueDue(&looked)
      try await runner.tick()
      counts.append(runs.value)
      world.clock.advance(seconds: 1)
    }
    #expect(counts == [1, 1, 1, 2, 2], "when the second in which it came due is over, and once")
  }

  @Test func aSecondIsLookedAtOnceByAWorker() async throws {
    let world = try await JobWorld.make()
    let stretches = Mutex<[Range<Instant>]>([])
    let runner = world.runner(
      DueSweep(look: { stretch in
        stretches.withLock { $0.append(stretch) }
        return false
      }))
    var looked: [String: Instant] = [:]
    let start = Instant(seconds: world.clock.now().seconds)
    for seconds in [0, 0, 1, 0, 3] as [Int64] {
      world.clock.advance(seconds: seconds)
      try await runner.enqueueDue(&looked)
    }
    let (first, second) = (start.adding(seconds: 1), start.adding(seconds: 4))
    #expect(stretches.withLock { $0 } == [start..<first, first..<second])
  }

  /// A run that has begun may have passed by what comes due now.
  @Test func whatComesDueWhileItRunsIsFoundAfterwards() async throws {
    let world = try await JobWorld.make()
    let runs = Counter()
    let due = world.clock.now().adding(seconds: 1)
    let runner = world.runner(DueSweep(body: { runs.next() }, look: { $0.contains(due) }))
    var looked: [String: Instant] = [:]
    try await runner.enqueueDue(&looked)
    try await runner.declareSchedules()
    // As if another worker had taken it.
    try await runner.enqueueScheduled()
    try await world.database.superuser.transaction { try await $0.execute(LeaveRunning(leaseUntil: due.adding(seconds: 60))) }
    world.clock.advance(seconds: 2)
    try await runner.enqueueDue(&looked)
    try await runner.tick()
    #expect(runs.value == 0)
    // The other one is done.
    try await world.database.runAsSuperuser("delete from jobs.job")
    world.clock.advance(seconds: 2)
    try await runner.enqueueDue(&looked)
    try await runner.tick()
    #expect(runs.value == 1)
    world.clock.advance(seconds: 2)
    try await runner.enqueueDue(&looked)
    try await runner.tick()
    #expect(runs.value == 1)
  }

  @Test func aLookThatFailsIsLeftToTheSchedule() async throws {
    let world = try await JobWorld.make()
    let (runs, others) = (Counter(), Counter())
    let runner = world.runner(DueSweep(body: { runs.next() }, look: { _ in throw Trouble() }), CountedSweep(body: { others.next() }))
    var looked: [String: Instant] = [:]
    try await runner.declareSchedules()
    for _ in 0..<3 {
      try await runner.enqueueDue(&looked)
      try await runner.tick()
      world.clock.advance(seconds: 1)
    }
    #expect(runs.value == 1 && others.value == 1)
  }
}
