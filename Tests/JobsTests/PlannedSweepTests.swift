import Jobs
import Kernel
import Postgres
import ServiceTime
import Synchronization
import Tenancy
import TestSupport
import Testing

/// Sweeps with a time of day.
@Suite struct PlannedSweepTests {
  @Test func itRunsOnceADayByTheClocksOfItsZone() async throws {
    let world = try await JobWorld.make()
    let runs = Runs()
    let runner = world.runner(Nightly(runs: runs))
    try await world.begin(runner, "2026-03-27T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin")
    // On the 29th there is no 02:30 in Berlin.
    try await world.tick(runner, hours: 96)
    #expect(runs.told == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"])
  }

  @Test func aTimeThatComesTwiceIsOneRun() async throws {
    let world = try await JobWorld.make()
    let runs = Runs()
    let runner = world.runner(Nightly(runs: runs))
    try await world.begin(runner, "2026-10-24T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin")
    try await world.tick(runner, hours: 48)
    #expect(runs.told == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
  }

  /// However many were missed, and however many workers come back.
  @Test func whatAnOutageMissedIsMadeUpOnce() async throws {
    let world = try await JobWorld.make()
    let runs = Runs()
    try await world.begin(world.runner(Nightly(runs: runs)), "2026-03-02T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin")
    world.clock.set(try #require(Instant("2026-03-06T09:00:00Z")))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let runner = world.runner(Nightly(runs: runs))
          for _ in 0..<3 { _ = try? await runner.tick() }
        }
      }
    }
    #expect(runs.told == ["2026-03-06T09:00:00Z"])
    try await world.tick(world.runner(Nightly(runs: runs)), hours: 24)
    #expect(runs.told == ["2026-03-06T09:00:00Z", "2026-03-07T01:30:00Z"], "and then at its time")
  }

  /// A worker whose clock is set back does not do again what was done.
  @Test func aClockThatIsSetBackIsNoSecondRun() async throws {
    let world = try await JobWorld.make()
    let runs = Runs()
    let runner = world.runner(Nightly(runs: runs))
    try await world.begin(runner, "2026-03-02T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin")
    try await world.tick(runner, hours: 14)
    world.clock.advance(seconds: -3600)
    try await world.tick(runner, hours: 3)
    #expect(runs.told == ["2026-03-03T01:30:00Z"])
  }

  @Test func aClosedDayIsPassedOver() async throws {
    let world = try await JobWorld.make()
    let (runs, calendars) = (Runs(), GivenCalendars())
    try calendars.set(try .fiveByEight(zone: "Europe/Berlin"))
    let runner = world.runner(Nightly(runs: runs), calendars)
    // A Thursday.
    try await world.begin(runner, "2026-03-05T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin", calendar: try await world.calendar())
    try await world.tick(runner, hours: 24)
    #expect(runs.told == ["2026-03-06T01:30:00Z"])
    #expect(try await world.nextRun() == "2026-03-09T01:30:00Z", "Monday")
    try await world.tick(runner, hours: 48)
    #expect(runs.told.count == 1)

    // On Sunday Monday becomes a holiday: it is the day itself that is asked.
    try calendars.set(try .fiveByEight(zone: "Europe/Berlin", exceptions: [.init(date: try #require(CalendarDate("2026-03-09")))]))
    try await world.tick(runner, hours: 48)
    #expect(runs.told == ["2026-03-06T01:30:00Z", "2026-03-10T01:30:00Z"])
    // And Wednesday, which was open, is closed by an outage that no open day falls into: nothing is made up.
    try calendars.set(try .fiveByEight(zone: "Europe/Berlin", exceptions: [.init(date: try #require(CalendarDate("2026-03-11")))]))
    world.clock.set(try #require(Instant("2026-03-11T20:00:00Z")))
    try await runner.tick()
    #expect(runs.told.count == 2)
    #expect(try await world.nextRun() == "2026-03-12T01:30:00Z")
  }

  /// What nobody else does does not end with a calendar.
  @Test func aCalendarThatCannotBeReadOrNeverOpensCountsAsOpen() async throws {
    let world = try await JobWorld.make()
    let (runs, others, calendars) = (Runs(), Counter(), GivenCalendars())
    let sweeps: [any Sweep] = [Nightly(runs: runs), CountedSweep(body: { others.next() })]
    let runner = JobRunner(tenancy: world.database.tenancy, sweeps: sweeps, calendars: calendars, logger: JobWorld.logger)
    try await world.begin(runner, "2026-03-02T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin", calendar: try await world.calendar())
    let before = others.value
    try await world.tick(runner, hours: 24)
    #expect(runs.told == ["2026-03-03T01:30:00Z"], "not read")
    #expect(others.value - before == 48, "no other waits for it")
    try calendars.set(try CalendarDefinition(zone: "Europe/Berlin", week: [:]))
    try await world.tick(runner, hours: 24)
    #expect(runs.told == ["2026-03-03T01:30:00Z", "2026-03-04T01:30:00Z"], "never open")
  }

  /// What goes wrong with one schedule, so that its transaction is lost, holds up no other, nor the jobs that wait.
  @Test func aScheduleThatCannotBeMovedOnHoldsUpNoOther() async throws {
    let world = try await JobWorld.make()
    let (runs, others) = (Runs(), Counter())
    let sweeps: [any Sweep] = [Nightly(runs: runs), CountedSweep(body: { others.next() })]
    let runner = JobRunner(tenancy: world.database.tenancy, sweeps: sweeps, calendars: BreakingCalendars(), logger: JobWorld.logger)
    try await world.begin(runner, "2026-03-02T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin", calendar: try await world.calendar())
    try await world.tick(runner, hours: 24)
    #expect(others.value == 48)
    #expect(runs.told == [])
    // It is not lost: a worker for whom it goes well makes it up.
    let mended = GivenCalendars()
    try mended.set(try .fiveByEight(zone: "Europe/Berlin"))
    try await world.tick(world.runner(Nightly(runs: runs), mended), hours: 1)
    #expect(runs.told == ["2026-03-03T12:30:00Z"])
  }

  /// Another build may say that it must not wait.
  @Test func whatMayNoLongerHaveATimeOfDayLosesIt() async throws {
    let world = try await JobWorld.make()
    let runs = Runs()
    try await world.begin(world.runner(Nightly(runs: runs)), "2026-03-02T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin")
    let later = world.runner(NoLonger(runs: runs))
    try await later.declareSchedules()
    try await later.tick()
    #expect(runs.told == ["2026-03-02T12:00:00Z"], "by its interval, at once")
    #expect(try await world.nextRun() == nil)
    await #expect(throws: NotPlanned.self) { try await world.plan("02:30", "Europe/Berlin") }
  }

  @Test func aPromptSweepMayNot() async throws {
    let world = try await JobWorld.make()
    try await world.begin(world.runner(Waited()), "2026-03-02T12:00:00Z")
    await #expect(throws: NotPlanned.self) { try await world.plan("02:30", "Europe/Berlin") }
  }

  /// A worker that starts again leaves what the provider chose.
  @Test func itOutlivesTheWorker() async throws {
    let world = try await JobWorld.make()
    let runs = Runs()
    try await world.begin(world.runner(Nightly(runs: runs)), "2026-03-02T12:00:00Z")
    try await world.plan("02:30", "Europe/Berlin")
    let again = world.runner(Nightly(runs: runs))
    try await again.declareSchedules()
    try await again.tick()
    #expect(runs.told == [])
    #expect(try await world.nextRun() == "2026-03-03T01:30:00Z")
  }
}

/// When a sweep ran.
private final class Runs: Sendable {
  private let instants = Mutex<[Instant]>([])

  var told: [String] { instants.withLock { $0.map(\.description) } }
  func add(_ instant: Instant) { instants.withLock { $0.append(instant) } }
}

private struct NotPlanned: Error {}

private struct Nightly: Sweep {
  static let kind = "test.nightly"
  static let everySeconds: Int64 = 3600
  static let mayBeScheduled = true
  let runs: Runs

  func run(at now: Instant, _ tenancy: Tenancy) async throws { runs.add(now) }
}

private struct NoLonger: Sweep {
  static let kind = Nightly.kind
  static let everySeconds: Int64 = 3600
  let runs: Runs

  func run(at now: Instant, _ tenancy: Tenancy) async throws { runs.add(now) }
}

private struct Waited: Sweep {
  static let kind = Nightly.kind
  static let everySeconds: Int64 = 3600
  static let isPrompt = true
  static let mayBeScheduled = true

  func run(at now: Instant, _ tenancy: Tenancy) async throws {}
}

/// Of any calendar the same days; none given: it cannot be read.
private final class GivenCalendars: ScheduleCalendars {
  private let days = Mutex<OpenDays?>(nil)

  func set(_ definition: CalendarDefinition) throws {
    let open = OpenDays([.init(validFrom: Instant(seconds: 0), calendar: CompiledCalendar(definition))])
    days.withLock { $0 = open }
  }

  func openDays(of calendar: Int64, from instant: Instant, in transaction: Transaction) async throws -> OpenDays {
    guard let given = days.withLock({ $0 }) else { throw Failure.notFound }
    return given
  }
}

/// Whose reading ends the transaction that it is read in.
private struct BreakingCalendars: ScheduleCalendars {
  private struct Break: Statement {
    static let sql = "select 1::bigint / 0"
    static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
  }

  func openDays(of calendar: Int64, from instant: Instant, in transaction: Transaction) async throws -> OpenDays {
    _ = try await transaction.first(Break())
    return OpenDays([])
  }
}

extension JobWorld {
  fileprivate func runner(_ sweep: any Sweep, _ calendars: GivenCalendars) -> JobRunner {
    JobRunner(tenancy: database.tenancy, sweeps: [sweep], calendars: calendars, logger: Self.logger)
  }

  /// At an instant at which its schedules are declared and nothing of them is due.
  fileprivate func begin(_ runner: JobRunner, _ instant: String) async throws {
    clock.set(try #require(Instant(instant)))
    try await runner.declareSchedules()
  }

  fileprivate func calendar() async throws -> Int64 {
    try await database.runAsSuperuser(
      """
      insert into contracts.calendar (id, public_id, name, published, recorded_at)
      values (77, decode('000000000000000000000077', 'hex'), 'Office', false, '2026-01-01T00:00:00Z')
      """)
    return 77
  }

  /// Gives the sweep a time of day, on every day until a worker looks.
  fileprivate func plan(_ time: String, _ zone: String, calendar: Int64? = nil) async throws {
    let (minute, known) = (try #require(DailyTime.minute(time)), try #require(Zone.named(zone)))
    let daily = try #require(DailyTime(minute: minute, zone: known))
    let plan = SchedulePlan(time: daily, calendar: calendar)
    let now = clock.now()
    let statement = PlanSchedule(tenant: provider, kind: Nightly.kind, plan: plan, next: plan.next(after: now, on: nil), now: now)
    let planned = try await database.tenancy.transaction(binding: [provider], side: .staff) { try await $0.first(statement) }
    guard planned != nil else { throw NotPlanned() }
  }

  /// Looks every half an hour.
  fileprivate func tick(_ runner: JobRunner, hours: Int) async throws {
    for _ in 0..<hours * 2 {
      clock.advance(seconds: 1800)
      try await runner.tick()
    }
  }

  /// Nil: it has no time of day.
  fileprivate func nextRun() async throws -> String? {
    let rows = try await database.tenancy.transaction(binding: [provider], side: .staff, readOnly: true) {
      try await $0.query(ScheduleListing(tenant: provider, after: "", limit: 100))
    }
    return rows.first { $0.kind == Nightly.kind }?.plan?.nextAt.description
  }
}
