import Jobs
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import ServiceLevels

/// One clock that cannot be settled stops no other.
@Suite struct ClockAtFaultTests {
  /// Three incidents whose budgets run out; nothing can be written to the first one's clocks.
  /// - Parameter atFault: how many of the first ones.
  private func world(atFault: Int = 1) async throws -> (DeskWorld, [Value]) {
    let world = try await DeskWorld()
    var incidents: [Value] = []
    for title in ["First", "Second", "Third"] { incidents.append(try await world.open(title)) }
    try await world.database.runAsSuperuser(
      """
      create function service_levels.fault() returns trigger language plpgsql as $$
      begin
        if old.subject_id < (select min(c.subject_id) from service_levels.clock c) + \(atFault) then raise exception 'at fault'; end if;
        return new;
      end
      $$
      """)
    try await world.database.runAsSuperuser(
      "create trigger fault before update on service_levels.clock for each row execute function service_levels.fault()")
    world.database.clock.advance(seconds: 30 * 86_400)
    return (world, incidents)
  }

  private func breached(_ incidents: [Value], _ world: DeskWorld) async throws -> [Bool] {
    var breached: [Bool] = []
    for incident in incidents {
      let clocks = try await world.read(incident)["clocks"]?.array ?? []
      breached.append(!clocks.isEmpty && clocks.allSatisfy { $0["breachedAt"] != .null && $0["breachedAt"] != nil })
    }
    return breached
  }

  @Test func theOthersMissesAreRecorded() async throws {
    let (world, incidents) = try await world()
    await #expect(throws: (any Error).self, "it is told") { try await world.sweep() }
    #expect(try await breached(incidents, world) == [false, true, true])
    // When the fault is gone, the next run finds it.
    try await world.database.runAsSuperuser("drop trigger fault on service_levels.clock")
    try await world.sweep()
    #expect(try await breached(incidents, world) == [true, true, true])
  }

  /// While it rests it is not done either, and what was wrong with it is told.
  @Test func whatRestsIsLeftUndone() async throws {
    let (world, incidents) = try await world()
    let sweep = BreachSweep(keepers: DeskWorld.keepers)
    let (tenancy, now) = (world.database.tenancy, world.database.clock.now())
    for _ in 0..<2 { await #expect(throws: LeftUndone.self) { try await sweep.run(at: now, tenancy) } }
    // From here on it rests: it would be settled if it were tried.
    try await world.database.runAsSuperuser("drop trigger fault on service_levels.clock")
    let undone = await #expect(throws: LeftUndone.self) { try await sweep.run(at: now, tenancy) }
    #expect(undone?.count == 1)
    #expect(undone?.faults.first?.error is PostgresError)
    #expect(try await breached(incidents, world) == [false, true, true])
    try await sweep.run(at: now.adding(seconds: 15), tenancy)
    #expect(try await breached(incidents, world) == [true, true, true])
  }

  /// A look that found nothing but such clocks was the last one, and what ran out after them was never recorded.
  @Test func asManyAsALookFindsHideNoOther() async throws {
    let (world, incidents) = try await world(atFault: 2)
    let sweep = BreachSweep(keepers: DeskWorld.keepers, batch: 2)
    let (tenancy, now) = (world.database.tenancy, world.database.clock.now())
    let undone = await #expect(throws: LeftUndone.self) { try await sweep.run(at: now, tenancy) }
    #expect(try await breached(incidents, world) == [false, false, true])
    #expect(undone?.count ?? 0 >= 2)
  }

  @Test func asManyHideNoWarning() async throws {
    let (world, incidents) = try await world(atFault: 2)
    try await world.database.runAsSuperuser(
      """
      alter table service_levels.clock disable trigger fault;
      update service_levels.clock set next_warn_at = breach_at - interval '1 hour';
      alter table service_levels.clock enable trigger fault
      """)
    let sweep = WarnSweep(keepers: DeskWorld.keepers, batch: 2)
    let (tenancy, now) = (world.database.tenancy, world.database.clock.now())
    await #expect(throws: LeftUndone.self) { try await sweep.run(at: now, tenancy) }
    let left = try await world.database.superuser.transaction { try await $0.query(SubjectsToWarn()) }
    #expect(left.count == 2 && incidents.count == 3)
  }

  /// Behind a place in a version with thousands at fault: a plan for any version would read all of them before it.
  @Test func theLookBehindACalendarIsPlannedForEachVersion() async throws {
    let world = try await DeskWorld()
    let isPlanned = try await world.database.superuser.transaction { try await $0.query(PlannedForEach()) }
    #expect(isPlanned == [true])
  }

  /// When its time is over it ends behind a step, and goes on there.
  @Test func aTurnThatIsOverGoesOnBehindItsLastStep() async throws {
    let (world, incidents) = try await world(atFault: 0)
    let sweep = BreachSweep(keepers: DeskWorld.keepers)
    let (tenancy, now) = (world.database.tenancy, world.database.clock.now())
    var (place, recorded) = ([Int64]?.none, [Int]())
    repeat {
      var turn = SweepTurn(after: place, time: .zero)
      try await sweep.run(at: now, tenancy, &turn)
      place = turn.place
      recorded.append(try await breached(incidents, world).filter { $0 }.count)
    } while place != nil && recorded.count < 10
    #expect(recorded == [1, 2, 3, 3])
  }

  /// Thousands of them would cost each round thousands of failures, and what is due now would wait behind them.
  @Test func whatFailsRestsBeforeItIsTriedAgain() async throws {
    let rests = RestingSubjects()
    let due = DueSubject(tenant: TenantId(1), subject: .ticket(1))
    func isResting(_ due: DueSubject, at now: Instant) -> Bool { rests.fault(of: due, at: now) != nil }
    var now = Instant(seconds: 1_000_000)
    rests.add(due, LeftUndone(), at: now)
    #expect(!isResting(due, at: now.adding(seconds: 1)), "the next round tries again: it may have been a lock")
    var waits: [Int64] = []
    for _ in 0..<8 {
      rests.add(due, LeftUndone(), at: now)
      var seconds: Int64 = 0
      while isResting(due, at: now.adding(seconds: seconds)) { seconds += 1 }
      waits.append(seconds)
      now = now.adding(seconds: seconds)
    }
    #expect(waits == [15, 45, 60, 60, 60, 60, 60, 60])
    rests.forget(due)
    #expect(!isResting(due, at: now))
    #expect(!isResting(DueSubject(tenant: TenantId(2), subject: .ticket(1)), at: now))
  }
}

private struct SubjectsToWarn: Statement {
  static let sql = "select distinct subject_id from service_levels.clock where next_warn_at is not null"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct PlannedForEach: Statement {
  static let sql = """
    select coalesce(proconfig @> array['plan_cache_mode=force_custom_plan'], false) from pg_catalog.pg_proc
    where oid = 'finder.clocks_behind_calendar'::regproc
    """
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}
