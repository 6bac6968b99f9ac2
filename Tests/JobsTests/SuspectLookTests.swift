import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Jobs

/// How suspects are found, told of, and kept from hiding anything else.
@Suite struct SuspectLookTests {
  /// A customer whose jobs are suspect has no more turns for it, and no fewer.
  @Test func suspectsTakeNobodysTurn() async throws {
    let world = try await JobWorld.make()
    let (large, small) = (try await world.database.customer("LARGE").id, try await world.database.customer("SMALL").id)
    try await world.leaveNumbered(300, of: large, isSuspect: true, attempts: 1, dueFor: 3600)
    try await world.leaveNumbered(20, of: large, numberedFrom: 1001)
    try await world.leaveNumbered(20, of: small, numberedFrom: 2001)
    let (alone, others) = (Counter(), Counter())
    let runner = world.runner { job, _ in (job.attempts == 2 ? alone : others).next() }
    let begun = try await runner.tick()
    #expect(begun.filter { $0 == large }.count == 8 && begun.filter { $0 == small }.count == 8)
    #expect(others.value == 16 && alone.value == Int(SuspectJobs.most), "so many in one look")
  }

  /// What a later version left is not this one's to try, and not before its time.
  @Test func onlyWhatIsKnownAndDueIsFound() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(1, of: world.provider, isSuspect: true, attempts: 1, dueFor: -60)
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1, silentFor: -60)
    try await world.leaveNumbered(1, of: world.provider, state: "running", attempts: 1, kind: "test.newer")
    let begun = Counter()
    let runner = world.runner { _, _ in begun.next() }
    try await runner.tick()
    #expect(begun.value == 0)
    world.clock.advance(seconds: 61)
    try await runner.tick()
    #expect(begun.value == 2)
    #expect(try await world.rows("test.newer").map(\.state) == ["running"])
  }

  @Test func theyAreToldOf() async throws {
    let world = try await JobWorld.make()
    let acme = try await world.database.customer("ACME").id
    #expect(try await world.kinds() == [])
    try await world.leaveNumbered(3, of: acme, state: "running", attempts: 1)
    try await world.leaveNumbered(2, of: acme, isSuspect: true, attempts: 1, kind: "test.other")
    // Tried just now; and one that runs among others.
    try await world.leaveNumbered(1, of: acme, state: "running", isSuspect: true, attempts: 2, kind: "test.other", silentFor: -45)
    try await world.leaveNumbered(1, of: acme, state: "running", attempts: 1, silentFor: -45)
    try await world.database.runAsSuperuser("update jobs.job set state = 'dead', lease_until = null where id = (select max(id) from jobs.job where suspect)")
    try await world.leaveNumbered(1, of: acme, state: "running", isSuspect: true, attempts: 2, kind: "test.other", silentFor: -45)
    #expect(try await world.kinds() == [.init(kind: "test.other", count: 3), .init(kind: Handler.kind, count: 3)])
    let figures = JobFigures(now: world.clock.now())
    let found = try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.first(figures) }
    #expect(found?.suspect == 6 && found?.ready == 2 && found?.running == 5 && found?.dead == 1)
  }

  /// One that nobody tries waits as any other.
  @Test func oneThatNobodyTriesIsToldOfAsWaiting() async throws {
    let world = try await JobWorld.make()
    try await world.leaveNumbered(2, of: world.provider, isSuspect: true, attempts: 1, kind: "test.newer")
    try await world.leaveNumbered(1, of: world.provider, kind: "test.newer")
    world.clock.advance(seconds: WaitingJobs.patienceSeconds)
    let look = WaitingJobs(now: world.clock.now())
    let waiting = try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    #expect(waiting.map { "\($0.kind) \($0.count)" } == ["test.newer 3"])
  }

  /// Every worker looks twice a second: by indexes, whatever else waits; and however many suspects there are, the look for what is due does not read them.
  @Test func looksReadNothingElse() async throws {
    let world = try await JobWorld.make()
    let acme = try await world.database.customer("ACME").id
    try await world.leaveNumbered(50_000, of: acme)
    try await world.leaveNumbered(5000, of: acme, isSuspect: true, attempts: 1, dueFor: 3600)
    try await world.leaveNumbered(20, of: acme, state: "running", attempts: 1)
    try await world.database.runAsSuperuser("vacuum analyze jobs.job")
    let kinds = [Handler.kind]
    let ofSuspects = try await world.database.scans(of: "jobs.job") { transaction async throws in
      // Often enough for the plan that holds for all arguments.
      for _ in 0..<7 { #expect(try await transaction.query(SuspectJobs(now: world.clock.now(), kinds: kinds)).count == 16) }
    }
    #expect(ofSuspects.sequential == 0, "\(ofSuspects)")
    #expect(ofSuspects.ofIndexes["job_suspect", default: 0] > 0 && ofSuspects.ofIndexes["job_expired", default: 0] > 0, "\(ofSuspects)")
    let ofDue = try await world.database.scans(of: "jobs.job") { transaction async throws in
      for _ in 0..<7 { #expect(try await transaction.query(DueJobs(now: world.clock.now(), kinds: kinds, after: nil, limit: 64)).count == 64) }
    }
    #expect(ofDue.sequential == 0 && ofDue.ofIndexes["job_suspect", default: 0] == 0, "\(ofDue)")
    #expect(ofDue.ofIndexes["job_due", default: 0] > 0 && ofDue.ofIndexes["job_turn", default: 0] > 0, "\(ofDue)")
  }
}

extension JobWorld {
  /// What doctor says.
  fileprivate func kinds() async throws -> [SuspectKinds.Found] {
    let look = SuspectKinds(now: clock.now())
    return try await database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
  }
}

/// Suspects have half of a worker's time at the most.
@Suite struct SuspectTurnTests {
  /// Whether it may look at each of some instants, in milliseconds.
  private func looks(_ turn: inout SuspectTurn, at milliseconds: Int...) -> [Bool] {
    var looks: [Bool] = []
    for instant in milliseconds { looks.append(turn.mayTake(at: after(instant))) }
    return looks
  }

  private let start = ContinuousClock.now

  private func after(_ milliseconds: Int) -> ContinuousClock.Instant { start.advanced(by: .milliseconds(milliseconds)) }

  @Test func itRestsForAsLongAsATurnHasLasted() {
    var turn = SuspectTurn(interval: .milliseconds(500))
    let inTurn = looks(&turn, at: 0, 7000)
    #expect(inTurn == [true, true])
    turn.end(at: after(9000))
    let resting = looks(&turn, at: 9001, 17_999, 18_000)
    #expect(resting == [false, false, true])
  }

  @Test func itLooksNoMoreOftenThanByItsInterval() {
    var turn = SuspectTurn(interval: .milliseconds(500))
    let first = looks(&turn, at: 0)
    turn.end(at: after(3))
    let next = looks(&turn, at: 502, 503)
    #expect(first == [true] && next == [false, true])
  }

  /// However many there are, the turn ends, and what it lasted counts from its beginning.
  @Test func aTurnBeginsNoneAfterSomeTime() {
    var turn = SuspectTurn(interval: .milliseconds(500))
    let seen = looks(&turn, at: 0, 14_999, 40_000, 79_999, 80_000)
    #expect(seen == [true, true, false, false, true])
  }

  /// Something that needs two minutes gets them, however often there are suspects.
  @Test func whatMadeRoomHasSomeTimeThen() {
    var turn = SuspectTurn(interval: .milliseconds(500))
    let first = looks(&turn, at: 0)
    turn.gaveBack()
    turn.end(at: after(12_000))
    let next = looks(&turn, at: 131_999, 132_000)
    turn.end(at: after(132_010))
    let once = looks(&turn, at: 132_510)
    #expect(first == [true] && next == [false, true] && once == [true])
  }
}
