@testable import Events
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// That events wait for somebody to say whose they are is left to be told; who is told what, the tests of notifications say.
@Suite struct TriageNewsTests {
  /// What was left to be told, as its type with how many events wait and how many of them fire.
  private func told(_ world: EventsWorld) async throws -> [String] {
    try await world.database.superuser.transaction { try await $0.query(TriageTold()) }
  }

  /// Whether so many wait for locks before long.
  private func wait(for count: Int64, _ database: TestDatabase) async throws -> Bool {
    for _ in 0..<6000 {
      let waiting = try await database.superuser.transaction { try await $0.query(WaitingForLocks()) }
      if waiting.contains(where: { $0 >= count }) { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  /// Guard: what goes to triage would be told of batch by batch, or each time that a sweep runs.
  @Test func aStormIsToldOnceInAnHour() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, (0..<40).map { EventsWorld.alert("Storm \($0)") }, groupKey: nil)
    try await world.sweep(batch: 3)
    #expect(try await told(world) == ["event.triaged 40 40"])
    for round in 1...5 {
      world.database.clock.advance(seconds: 600)
      try await world.deliver(source, [EventsWorld.alert("More \(round)"), EventsWorld.alert("Over \(round)", resolved: true)], groupKey: nil)
      try await world.sweep(batch: 1)
    }
    world.database.clock.advance(seconds: 599)
    try await world.sweep()
    #expect(try await told(world).count == 1)
    world.database.clock.advance(seconds: 1)
    try await world.sweep()
    #expect(try await told(world) == ["event.triaged 40 40", "event.triaged 50 45"])
    // Nothing came besides.
    world.database.clock.advance(seconds: 86_400)
    try await world.sweep()
    #expect(try await told(world).count == 2)
  }

  /// Two workers at once, for a lease may run out while its worker still lives.
  @Test func twoWorkersTellOnce() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, (0..<10).map { EventsWorld.alert("A\($0)") }, groupKey: nil)
    async let first: Void = world.sweep(batch: 2)
    async let second: Void = world.sweep(batch: 2)
    _ = try await (first, second)
    world.database.clock.advance(seconds: 3600)
    try await world.sweep()
    // The first of the two may have told before the last batch went to triage: that one is told an hour later.
    let told = try await told(world)
    #expect(told.last == "event.triaged 10 10" && told.count <= 2, "\(told)")
    world.database.clock.advance(seconds: 3600)
    try await world.sweep()
    #expect(try await self.told(world) == told)
  }

  /// Guard: both have looked before one of them sends what they saw there, and each would count all of it.
  @Test func twoWorkersCountOnce() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, (0..<3).map { EventsWorld.alert("A\($0)") }, groupKey: nil)
    let (database, provider) = (world.database, world.database.provider.id)
    let row = try #require(try await database.superuser.transaction { try await $0.query(OneSource()) }.first)
    let sweeping: [Task<Void, any Error>] = try await database.tenancy.transaction(binding: [provider], side: .staff) { transaction in
      #expect(try await transaction.first(HoldSource(provider: provider, source: row)) == row)
      let sweeps = (0..<2).map { _ in Task { try await world.sweep() } }
      let isWaiting = try await wait(for: 2, database)
      #expect(isWaiting, "for the source")
      return sweeps
    }
    for sweep in sweeping { try await sweep.value }
    #expect(world.figures.snapshot[.triaged] == 3)
  }

  /// Guard: were the source not held, what goes to triage while somebody tells of it would be taken for told.
  @Test func whatComesWhileItIsToldIsToldNextTime() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    world.database.clock.advance(seconds: 3600)
    try await world.deliver(source, [EventsWorld.alert("B")])
    let (database, provider) = (world.database, world.database.provider.id)
    let now = database.clock.now()
    let row = try #require(try await database.superuser.transaction { try await $0.query(OneSource()) }.first)
    // Somebody else tells of what is there just when B goes to triage, and has not committed.
    try await database.superuser.transaction { try await $0.execute(NoteTriage(provider: provider, source: row, now: now)) }
    let sweeping: Task<Void, any Error> = try await database.tenancy.transaction(binding: [provider], side: .staff) { transaction in
      let until = now.adding(seconds: -3600)
      #expect(try await transaction.first(HoldTriage(provider: provider, source: row, until: until)) == row)
      _ = try await transaction.execute(EndTriageNews(provider: provider, source: row, toldAt: now))
      let sweep = Task { try await world.sweep() }
      let isWaiting = try await wait(for: 1, database)
      #expect(isWaiting, "for the source")
      return sweep
    }
    _ = await sweeping.result
    #expect(try await told(world).count == 1)
    world.database.clock.advance(seconds: 3600)
    try await world.sweep()
    #expect(try await told(world).last == "event.triaged 2 2")
  }

  /// It is told of the source that told it, though it is known whose it would be.
  @Test func whatCouldNotBeSettledIsTold() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.database.superuser.transaction { try await $0.execute(RefuseUnlucky()) }
    try await world.deliver(source, [EventsWorld.alert("Unlucky")])
    for attempt in 0...PostponeReceived.mostAttempts {
      #expect(try await told(world).isEmpty, "\(attempt)")
      await #expect(throws: LeftUndone.self) { try await world.sweep() }
      world.database.clock.advance(seconds: 36_000)
    }
    #expect(try await told(world) == ["event.triaged 1 1"])
  }

  /// Guard: of what was sorted by then nobody hears, and what comes after is not held back for an hour by that.
  @Test func whatIsSortedIsNotTold() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .null]).id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    world.database.clock.advance(seconds: 600)
    try await world.deliver(source, [EventsWorld.alert("B")])
    try await world.sweep()
    for event in try await world.triage() { try await world.call("event.ignore", ["id": event["id"] ?? .null], as: world.engineer) }
    world.database.clock.advance(seconds: 3000)
    try await world.sweep()
    #expect(try await told(world).count == 1)
    world.database.clock.advance(seconds: 60)
    try await world.deliver(source, [EventsWorld.alert("C")])
    try await world.sweep()
    #expect(try await told(world) == ["event.triaged 1 1", "event.triaged 1 1"])
  }
}

private struct TriageTold: Statement {
  static let sql = """
    select e.type || ' ' || (e.payload ->> 'events') || ' ' || (e.payload ->> 'firing')
    from operations.event e join operations.outbox o
      on o.tenant_id = e.tenant_id and o.subject_kind = e.subject_kind and o.subject_id = e.subject_id and o.seq = e.seq
    where e.type in ('event.triaged', 'event.triage_expiring') and o.consumer = 'notifications' order by e.recorded_at, e.type
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct OneSource: Statement {
  static let sql = "select id from events.source"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct RefuseUnlucky: Statement {
  static let sql = "alter table desk.ticket add constraint refuse check (title not like 'Unlucky%')"
}

private struct WaitingForLocks: Statement {
  static let sql = "select count(*) from pg_catalog.pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
