import Jobs
import Kernel
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing

/// A sweep whose time is over goes on later, where it was.
@Suite struct LongSweepTests {
  @Test func itGoesOnBehindWhatWaits() async throws {
    let world = try await JobWorld.make()
    let steps = Mutex<[String]>([])
    let runner = world.runner(
      Stepping { turn in
        let place = turn.place?.first ?? 0
        steps.withLock { $0.append("step \(place)") }
        turn.place = place < 2 ? [place + 1] : nil
      }, CountedSweep(body: { steps.withLock { $0.append("other") } }))
    try await runner.declareSchedules()
    try await runner.tick()
    var job = try #require(try await world.jobs(Stepping.kind).first)
    #expect(job.state == "ready" && job.attempts == 0 && job.runAt == world.clock.now())
    #expect(try await run(world)?.outcome == "put_down")

    // What has waited for longer is begun first.
    world.clock.advance(seconds: CountedSweep.everySeconds)
    try await runner.tick()
    world.clock.advance(seconds: 1)
    job = try #require(try await world.jobs(Stepping.kind).first)
    #expect(job.attempts == 0)
    try await runner.tick()
    #expect(try await world.jobs(Stepping.kind).isEmpty)
    #expect(steps.withLock { $0.filter { $0 != "other" } } == ["step 0", "step 1", "step 2"])
    #expect(try await run(world)?.outcome == "done")

    // The next run begins at the first again.
    world.clock.advance(seconds: Stepping.everySeconds)
    try await runner.tick()
    #expect(steps.withLock { $0.last { $0 != "other" } } == "step 0")
  }

  /// Whether it throws or its worker dies: what was put down is where it goes on.
  @Test func aTurnThatBreaksOffIsDoneAgainFromItsPlace() async throws {
    let world = try await JobWorld.make()
    let places = Mutex<[Int64?]>([])
    let runner = world.runner(
      Stepping { turn in
        let (place, count) = places.withLock { places in
          places.append(turn.place?.first)
          return (turn.place?.first, places.count)
        }
        guard place != nil else {
          turn.place = [7]
          return
        }
        turn.place = [8]
        if count < 4 { throw Trouble() }
        turn.place = nil
      })
    try await runner.declareSchedules()
    try await runner.tick()
    try await runner.tick()
    #expect(try await run(world)?.outcome == "failed")
    #expect(try await run(world)?.fault == "Trouble")
    world.clock.advance(seconds: 2)
    try await runner.tick()
    #expect(places.withLock { $0 } == [nil, 7, 7])
    // As a worker that died leaves it.
    let silentSince = world.clock.now().adding(seconds: -1)
    try await world.database.runAsSuperuser("update jobs.job set state = 'running', lease_until = '\(silentSince)'")
    try await runner.tick()
    #expect(places.withLock { $0 } == [nil, 7, 7, 7])
    #expect(try await world.jobs(Stepping.kind).isEmpty)
  }

  @Test func whatIsLeftUndoneIsCountedBesideTheSchedule() async throws {
    let world = try await JobWorld.make()
    let runner = world.runner(
      Stepping { turn in
        for number in 0..<1000 { turn.undone.add("thing \(number)", Trouble()) }
        turn.place = nil
      })
    try await runner.declareSchedules()
    try await runner.tick()
    let run = try #require(try await run(world))
    #expect(run.outcome == "undone" && run.undone == 1000 && run.fault == "thing 0: Trouble")
    #expect(run.beganAt == world.clock.now() && run.endedAt == world.clock.now())
  }

  @Test func callingItRunsAllItsTurns() async throws {
    let world = try await JobWorld.make()
    let steps = Counter()
    let sweep = Stepping { turn in
      turn.undone.add("step", Trouble())
      turn.place = steps.next() < 5 ? [1] : nil
    }
    let undone = await #expect(throws: LeftUndone.self) { try await sweep.run(at: world.clock.now(), world.database.tenancy) }
    #expect(steps.value == 5 && undone?.count == 5)
  }

  private func run(_ world: JobWorld) async throws -> ScheduleListing.Found? {
    try await world.database.tenancy.transaction(binding: [world.provider], side: .staff, readOnly: true) {
      try await $0.query(ScheduleListing(tenant: world.provider, after: "", limit: 100))
    }.first { $0.kind == Stepping.kind }
  }
}

/// However many sweeps go through much, what somebody waits for has a place.
@Suite struct PlaceTests {
  @Test func aPromptSweepWaitsForNoOther() async throws {
    let world = try await JobWorld.make()
    let (blocked, prompt) = (Counter(), Counter())
    let block: @Sendable () async throws -> Void = {
      blocked.next()
      try await Task.sleep(for: .seconds(600))
    }
    let runner = world.runner(
      Blocker<One>(body: block), Blocker<Two>(body: block), Blocker<Three>(body: block), Blocker<Four>(body: block), Blocker<Five>(body: block),
      Blocker<Six>(body: block), Blocker<Seven>(body: block), PromptSweep(body: { prompt.next() }))
    let running = Task { await runner.run() }
    for _ in 0..<1500 where prompt.value == 0 || blocked.value < 4 { try await Task.sleep(for: .milliseconds(20)) }
    #expect(prompt.value >= 1)
    #expect(blocked.value == 4, "of seven, four at once")
    running.cancel()
    await running.value
  }
}

private struct Stepping: LongSweep {
  static let kind = "test.stepping"
  static let everySeconds: Int64 = 3600
  let body: @Sendable (inout SweepTurn) throws -> Void

  func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws { try body(&turn) }
}

private protocol Name { static var name: String { get } }
private enum One: Name { static let name = "test.one" }
private enum Two: Name { static let name = "test.two" }
private enum Three: Name { static let name = "test.three" }
private enum Four: Name { static let name = "test.four" }
private enum Five: Name { static let name = "test.five" }
private enum Six: Name { static let name = "test.six" }
private enum Seven: Name { static let name = "test.seven" }

private struct Blocker<Kind: Name>: Sweep {
  static var kind: String { Kind.name }
  static var everySeconds: Int64 { 3600 }
  let body: @Sendable () async throws -> Void

  func run(at now: Instant, _ tenancy: Tenancy) async throws { try await body() }
}

private struct PromptSweep: Sweep {
  static let kind = "test.zprompt"
  static let everySeconds: Int64 = 1
  static let isPrompt = true
  let body: @Sendable () -> Void

  func run(at now: Instant, _ tenancy: Tenancy) async throws { body() }
}
