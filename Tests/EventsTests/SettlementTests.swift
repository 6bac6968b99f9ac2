@testable import Events
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// Nothing is lost, nothing is done twice, nobody is held up.
@Suite struct SettlementTests {
  /// 10,000 things of one customer go wrong at once, each a group of its own, while another customer has one.
  @Test func aStormIsGroupedAndNothingIsLost() async throws {
    let world = try await EventsWorld()
    let storm = try await world.source(["stormLimit": 5]).id
    let calm = try await world.source(["customer": .id(world.other.publicId)], name: "Calm").id
    for delivery in 0..<20 {
      let alerts = (0..<500).map { EventsWorld.alert("Storm \(delivery * 500 + $0)") }
      try await world.deliver(storm, alerts, groupKey: nil)
    }
    try await world.deliver(calm, [EventsWorld.alert("Calm")])
    try await world.sweep()
    #expect(try await world.received() == ["settled": 10_001])
    let counts = try await world.database.superuser.transaction { try await $0.query(AlertsByIncident()) }
    #expect(counts.reduce(0) { $0 + $1.alerts } == 10_001 && !counts.contains { $0.isWithout }, "each stands with an incident")
    // Five of their own, one of the storm, and the other customer's.
    #expect(counts.count == 7 && counts.map(\.alerts).max() == 9995, "\(counts)")
    let incidents = try await world.incidents()
    #expect(incidents.count == 6 && incidents.contains { $0["title"] == "Storm of alerts from Prometheus" })
    #expect(try await world.incidents(of: world.other).count == 1)
    let comments = try await world.comments(incidents.last ?? .null)
    #expect(comments.count <= 20, "not one for each alert")
  }

  /// Each alert of a storm ends by itself; when the last is over, so is the incident that they went into.
  @Test func aStormEnds() async throws {
    let world = try await EventsWorld()
    let storm = try await world.source(["stormLimit": 2]).id
    let names = (0..<6).map { "Storm \($0)" }
    try await world.deliver(storm, names.map { EventsWorld.alert($0) }, groupKey: nil)
    try await world.sweep()
    #expect(try await world.incidents().count == 3)
    try await world.deliver(storm, names.dropLast().map { EventsWorld.alert($0, resolved: true) }, groupKey: nil)
    try await world.sweep()
    #expect(try await world.incidents().filter { $0["state"] == "resolved" }.count == 2, "the last goes on, in the storm's")
    try await world.deliver(storm, names.suffix(1).map { EventsWorld.alert($0, resolved: true) }, groupKey: nil)
    try await world.sweep()
    #expect(try await world.incidents().allSatisfy { $0["state"] == "resolved" })
  }

  /// Lost sight of and said to be over, the fault goes on: what is told is word for word what was told at first.
  @Test func whatIsToldAgainAfterItWasOverIsNews() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    let alert = EventsWorld.alert("Link down")
    try await world.deliver(source, [alert])
    try await world.sweep()
    // Told again while it fires, it is known.
    #expect(try await world.deliver(source, [alert, alert])["taken"] == 0)
    world.database.clock.advance(seconds: 600)
    #expect(try await world.deliver(source, [EventsWorld.alert("Link down", resolved: true)])["taken"] == 1)
    try await world.sweep()
    #expect(try await world.incidents().map { $0["state"] } == ["resolved"])
    world.database.clock.advance(seconds: 300)
    #expect(try await world.deliver(source, [alert, alert])["taken"] == 1)
    try await world.sweep()
    #expect(try await world.alerts().map { $0["state"] } == ["firing"])
    #expect(try await world.incidents().allSatisfy { $0["state"] != "resolved" })
    #expect(try await world.incidents().count == 1)
  }

  /// A batch of each source in turn: what comes behind a storm does not wait for its end.
  @Test func aStormHoldsUpNoOtherSource() async throws {
    let world = try await EventsWorld()
    let storm = try await world.source(name: "Storm").id
    let calm = try await world.source(["customer": .id(world.other.publicId)], name: "Calm").id
    try await world.deliver(storm, (0..<40).map { EventsWorld.alert("Storm \($0)") }, groupKey: nil)
    try await world.deliver(calm, [EventsWorld.alert("Calm")])
    try await world.sweep(batch: 2)
    #expect(try await world.received() == ["settled": 41])
    let before = try await world.database.superuser.transaction { try await $0.query(SettledBeforeTheLast()) }
    #expect(before == [2], "one batch of the storm")
  }

  /// A storm that goes on and on is no reason to hold a place of a worker for ever: what is left of it is the next run's.
  @Test func aRunEndsWhenItsTimeIsOver() async throws {
    let world = try await EventsWorld()
    let storm = try await world.source(name: "Storm").id
    let calm = try await world.source(["customer": .id(world.other.publicId)], name: "Calm").id
    try await world.deliver(storm, (0..<6).map { EventsWorld.alert("Storm \($0)") }, groupKey: nil)
    try await world.deliver(calm, [EventsWorld.alert("Calm")])
    try await world.sweep(batch: 2, time: .zero)
    #expect(try await world.received() == ["settled": 3, "waiting": 4], "a batch of each")
    try await world.sweep(batch: 2)
    #expect(try await world.received() == ["settled": 7])
  }

  /// A worker that dies before its commit leaves nothing; who comes after does all of it, once.
  @Test func whatWasNotCommittedIsDoneAgainOnce() async throws {
    struct Killed: Error {}
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A"), EventsWorld.alert("B")])
    let (database, provider) = (world.database, world.database.provider)
    let bits = try #require(source.text.flatMap { PublicId($0) }).random
    let row = try #require(
      try await database.tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) {
        try await $0.first(SourceByPublicId(provider: provider.id, publicId: bits))
      })
    let settlement = Settlement(dispatcher: database.dispatcher, source: row, provider: provider, customer: world.acme.id)
    let ids = try await database.tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) {
      try await $0.query(DueReceived(provider: provider.id, source: row.id, now: database.clock.now(), limit: 10)).map(\.id)
    }
    await #expect(throws: Killed.self) {
      try await database.tenancy.transaction(binding: [world.acme.id, provider.id], side: .staff) { transaction in
        let counts = try await settlement.run(ids, in: transaction)
        #expect(counts[.opened] == 1 && counts[.settled] == 2)
        try await transaction.flush()
        throw Killed()
      }
    }
    #expect(try await world.incidents().isEmpty)
    #expect(try await world.alerts().isEmpty)
    #expect(try await world.received() == ["waiting": 2])
    // Two workers at once, for a lease may run out while its worker still lives.
    async let first: Void = world.sweep()
    async let second: Void = world.sweep()
    _ = try await (first, second)
    #expect(try await world.incidents().count == 1)
    #expect(try await world.alerts().count == 2)
    #expect(try await world.received() == ["settled": 2])
  }

  /// One event that cannot be settled is tried again later; the others of its batch are not held up.
  @Test func whatCannotBeSettledWaitsAlone() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.database.superuser.transaction { try await $0.execute(RefuseTitle()) }
    let names = ["A", "B", "Unlucky", "C"]
    try await world.deliver(source, names.map { EventsWorld.alert($0) }, groupKey: nil)
    await #expect(throws: LeftUndone.self) { try await world.sweep() }
    #expect(try await world.received() == ["settled": 3, "waiting": 1])
    try await world.sweep()
    #expect(try await world.received()["waiting"] == 1, "not at once")
    try await world.database.superuser.transaction { try await $0.execute(AllowTitle()) }
    world.database.clock.advance(seconds: 3600)
    try await world.sweep()
    #expect(try await world.received() == ["settled": 4])
    #expect(try await world.incidents().count == 4)
  }

  @Test func whatNeverCanBeSettledIsShownToSomebody() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.database.superuser.transaction { try await $0.execute(RefuseTitle()) }
    try await world.deliver(source, [EventsWorld.alert("Unlucky")])
    for _ in 0...PostponeReceived.mostAttempts {
      await #expect(throws: LeftUndone.self) { try await world.sweep() }
      world.database.clock.advance(seconds: 36_000)
    }
    #expect(try await world.triage().first?["fault"]?.text?.isEmpty == false)
  }

  @Test func deliveriesAreForgottenAndAlertsStay() async throws {
    let world = try await EventsWorld()
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    world.database.clock.advance(seconds: ForgetDeliveries.lifetimeSeconds - 1)
    try await ForgetDeliveries().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.received() == ["settled": 1])
    world.database.clock.advance(seconds: 2)
    try await ForgetDeliveries().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.received() == [:])
    // Told once more, it is known by the alert.
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    #expect(try await world.incidents().count == 1)
    #expect(try await world.alerts().count == 1)
  }
}

private struct AlertsByIncident: Statement {
  static let sql = """
    select a.ticket_public_id is null, count(*) from events.alert a group by a.tenant_id, a.ticket_public_id
    """
  static func decode(_ row: inout RowReader) throws -> (isWithout: Bool, alerts: Int64) { (try row.next(), try row.next()) }
}

/// How many events were settled by transactions before the one that settled the last that was delivered.
private struct SettledBeforeTheLast: Statement {
  static let sql = """
    select count(*) from events.received r
    where r.xmin::text::bigint < (select l.xmin::text::bigint from events.received l order by l.id desc limit 1)
    """
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct RefuseTitle: Statement {
  static let sql = "alter table desk.ticket add constraint unlucky check (title <> 'Unlucky is wrong')"
}

private struct AllowTitle: Statement {
  static let sql = "alter table desk.ticket drop constraint unlucky"
}
