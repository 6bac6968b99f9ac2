import Events
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// That nobody knows whose events are is told to all who may say it.
@Suite struct TriageNewsTests {
  private func source(_ name: String, _ world: NotificationsWorld) async throws -> Value {
    try await world.call("event_source.create", ["name": .text(name)])["id"] ?? .null
  }

  private func deliver(_ names: [String], to source: Value, _ world: NotificationsWorld) async throws {
    let alerts = names.map { name in
      Value.object(["status": "firing", "labels": .object(["alertname": .text(name)]), "startsAt": "2026-03-02T07:59:00Z"])
    }
    try await world.call("event_source.deliver", ["id": source, "alerts": .array(alerts)])
    try await settle(world)
  }

  private func settle(_ world: NotificationsWorld) async throws {
    try await EventSweep(world.database.dispatcher).run(at: world.database.clock.now(), world.database.tenancy)
    try await world.make()
  }

  private func forget(_ world: NotificationsWorld) async throws {
    for _ in 0..<2 { try await ForgetDeliveries().run(at: world.database.clock.now(), world.database.tenancy) }
    try await world.make()
  }

  /// Guard: who does not serve all customers, or may not sort, would be told of what he cannot see.
  @Test func whoMaySortThemHearsOfIt() async throws {
    let world = try await NotificationsWorld()
    let (listed, _) = try await NotificationsWorld.staff("Ina", world.database, for: [world.acme])
    let (manager, _) = try await NotificationsWorld.staff("Max", world.database, .accountManager)
    let prometheus = try await source("Prometheus", world)
    try await deliver(["A", "B"], to: prometheus, world)
    try await settle(world)
    for sorter in [world.engineer, world.colleague] {
      let told = try await world.inbox(sorter)
      #expect(told.map { $0["subject"]?.text } == ["Prometheus: in triage: 2, firing: 2"])
      #expect(told.first?["event"] == "event.triaged" && told.first?["about"] == prometheus)
    }
    for other in [listed, manager, world.requester, world.stranger] { #expect(try await world.events(other) == []) }
    // Each source by itself, and of one once in an hour.
    try await deliver(["C"], to: try await source("Backup", world), world)
    try await deliver(["D"], to: prometheus, world)
    #expect(try await world.inbox(world.engineer).compactMap { $0["subject"]?.text }.first == "Backup: in triage: 1, firing: 1")
    #expect(try await world.events(world.engineer).count == 2)
    world.database.clock.advance(seconds: 3600)
    try await world.call("staff.disable", ["id": world.colleagueId])
    try await settle(world)
    #expect(try await world.inbox(world.engineer).compactMap { $0["subject"]?.text }.first == "Prometheus: in triage: 3, firing: 3")
    #expect(try await world.events(world.engineer).count == 3)
    #expect(try await world.left() == 0)
    #expect(try await world.rows().filter { $0.event == "event.triaged" && $0.channel != "inbox" }.isEmpty)
  }

  /// A week before they are ignored, of each day's together, and once.
  @Test func whatNobodySortedIsToldBeforeItIsIgnored() async throws {
    let world = try await NotificationsWorld()
    let prometheus = try await source("Prometheus", world)
    try await deliver(["A", "B"], to: prometheus, world)
    world.database.clock.advance(seconds: 36_000)
    try await deliver(["C"], to: prometheus, world)
    func expiring() async throws -> [String] {
      try await world.inbox(world.engineer).filter { $0["event"] == "event.triage_expiring" }.compactMap { $0["subject"]?.text }
    }
    world.database.clock.advance(seconds: 28 * 86_400 - 36_000)
    try await forget(world)
    #expect(try await expiring() == [])
    world.database.clock.advance(seconds: 1)
    try await forget(world)
    let first = "Prometheus: ignored within a week, for nobody sorted them: 2"
    #expect(try await expiring() == [first])
    // Guard: C would be told by itself ten hours later, and so on, each hour of a storm.
    world.database.clock.advance(seconds: 86_399)
    try await forget(world)
    #expect(try await expiring() == [first])
    world.database.clock.advance(seconds: 1)
    try await forget(world)
    let both = ["Prometheus: ignored within a week, for nobody sorted them: 1", first]
    #expect(try await expiring() == both)
    for _ in 0..<7 {
      world.database.clock.advance(seconds: 86_400)
      try await forget(world)
    }
    #expect(try await expiring() == both)
    #expect(try await world.rows("email").filter { $0.event == "event.triage_expiring" }.count == 4, "two who may sort them")
    #expect(try await world.left() == 0)
  }

  @Test func rulesOfTriage() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String, _ more: [String: Value]) async -> String {
      await refusal { try await world.rule(event, more, name: "\(event) \(more.keys.sorted())") }
    }
    let sorters = Value.array(["sorters"])
    #expect(await answer("event.triaged", ["audience": sorters, "channels": .array(["inbox", "email"])]) == "accepted")
    #expect(await answer("event.triage_expiring", ["audience": sorters]) == "accepted")
    #expect(await answer("event.triaged", ["audience": .array(["account_managers"])]) == "audience notification_rule.no_such_audience")
    #expect(await answer("incident.opened", ["audience": sorters]) == "audience notification_rule.no_such_audience")
    #expect(
      await answer("event.triaged", ["audience": sorters, "customer": .id(world.acme.publicId)]) == "customer notification_rule.of_no_customer")
  }
}
