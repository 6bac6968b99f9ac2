import Assets
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// What monitoring tells of the provider's own things.
@Suite struct OwnAlertTests {
  /// A CI that the provider shares, and affects Acme.
  private static func storage(_ world: EventsWorld) async throws -> Value {
    let made = try await world.call("ci.create", ["customer": .id(world.database.provider.publicId), "type": "server", "name": "san-01", "ciTier": "gold"])
    let ci = made["id"] ?? .null
    try await world.call("shared_ci.affect", ["id": ci, "customer": .id(world.acme.publicId)])
    return ci
  }

  @Test func anAlertOfTheProvidersOwnOpensItsIncident() async throws {
    let world = try await EventsWorld()
    let provider = world.database.provider
    let ci = try await Self.storage(world)
    let source = try await world.source(["customer": .id(provider.publicId), "ciLabel": "instance"]).id
    #expect(try await world.call("event_source.read", ["id": source])["customer"] == .id(provider.publicId))
    try await world.deliver(source, [EventsWorld.alert("Down", ["instance": "san-01:9100", "severity": "critical"])])
    try await world.sweep()
    #expect(try await world.triage().isEmpty)
    #expect(try await world.received() == ["settled": 1])
    let opened = try #require(try await world.incidents(of: provider).first)
    let id = opened["id"] ?? .null
    let incident = try await world.incident(id)
    #expect(incident["title"] == "Down is wrong" && incident["nature"] == "event" && incident["impact"] == 1 && incident["ciTier"] == "gold")
    // There is no contract with oneself: no line, and no promise that could be broken.
    #expect(incident["contractLine"] == .null && incident["lineReason"] == "none_in_force" && incident["clocks"] == .array([]))
    #expect(JSON.text(try await world.call("incident.cis", ["id": id], as: world.engineer)).contains(ci.text ?? "?"))
    let affected = try await world.call("incident.affected", ["id": id], as: world.engineer)
    #expect((affected["customers"]?.array ?? []).compactMap { $0["code"] } == ["ACME"])
    #expect(try await world.alerts(of: provider).map { $0["incident"] } == [id])
    #expect(try await world.incidents().isEmpty)
    #expect(try await world.alerts().isEmpty)

    // Who serves some customers, and a customer whom it affects, see nothing of it.
    let listed = try await world.database.staff(.engineer, for: [world.acme])
    let manager = try await world.database.user(.customerManager, of: world.acme)
    for principal in [listed, manager] {
      await expectFailure(.notFound) { try await world.call("incident.read", ["id": id], as: principal) }
      await expectFailure(.invalid) { try await world.call("incident.list", ["customer": .id(provider.publicId)], as: principal) }
    }
    await expectFailure(.invalid) { try await world.call("alert.list", ["customer": .id(provider.publicId)], as: listed) }
    #expect(try await world.call("alert.queue", as: listed)["items"] == .array([]))
    let queue = try await world.call("alert.queue", as: world.engineer)["items"]?.array ?? []
    #expect(queue.map { $0["customer"] } == [.id(provider.publicId)])

    // It ends as any other.
    world.database.clock.advance(seconds: 900)
    try await world.deliver(source, [EventsWorld.alert("Down", ["instance": "san-01:9100", "severity": "critical"], resolved: true)])
    try await world.sweep()
    #expect(try await world.incident(id)["state"] == "resolved")
  }

  @Test func aRuleOrAPersonSaysThatItIsTheProvidersOwn() async throws {
    let world = try await EventsWorld()
    let own = Value.id(world.database.provider.publicId)
    let rules: Value = .array([
      .object(["label": "site", "value": "core", "customer": own]), .object(["label": "site", "value": "hq", "customer": .id(world.acme.publicId)]),
    ])
    let source = try await world.source(["customer": .null, "rules": rules]).id
    func deliver(_ alerts: [Value]) async throws {
      try await world.deliver(source, alerts)
      try await world.sweep()
    }
    try await deliver([EventsWorld.alert("A", ["site": "core"]), EventsWorld.alert("B", ["site": "hq"]), EventsWorld.alert("C", ["rack": "7"])])
    func titles(_ tenant: TenantEntry) async throws -> [String] { try await world.alerts(of: tenant).compactMap { $0["title"]?.text }.sorted() }
    #expect(try await titles(world.database.provider) == ["A is wrong"])
    #expect(try await titles(world.acme) == ["B is wrong"])
    let event = try #require(try await world.triage().first?["id"])
    try await world.call("event.assign", ["id": event, "customer": own, "label": "rack"])
    try await world.sweep()
    try await deliver([EventsWorld.alert("D", ["rack": "7"])])
    #expect(try await titles(world.database.provider) == ["A is wrong", "C is wrong", "D is wrong"])
    #expect(try await world.call("event_source.read", ["id": source])["rules"]?.array?.last?["customer"] == own)
    // The door of sources stays with who serves all customers.
    let listed = try await world.database.staff(.administrator, for: [world.acme])
    await expectFailure(.denied) { try await world.call("event_source.create", ["name": "Mine", "customer": own], as: listed) }
  }

  @Test func workOnTheProvidersOwnIsExpectedToo() async throws {
    let world = try await EventsWorld()
    let provider = world.database.provider
    let ci = try await Self.storage(world)
    let source = try await world.source(["customer": .id(provider.publicId), "ciLabel": "instance"]).id
    let window = try await world.call(
      "maintenance_window.create",
      ["customer": .id(provider.publicId), "reason": "New disks", "ci": ci, "endsAt": .instant(world.database.clock.now().adding(seconds: 3600))])
    try await world.deliver(source, [EventsWorld.alert("Down", ["instance": "san-01"])])
    try await world.sweep()
    #expect(try await world.alerts(of: provider).map { $0["state"] } == ["suppressed"])
    #expect(try await world.incidents(of: provider).isEmpty)
    try await world.call("maintenance_window.end", ["id": window["id"] ?? .null], version: 1)
    world.database.clock.advance(seconds: 60)
    try await world.sweep()
    #expect(try await world.alerts(of: provider).map { $0["state"] } == ["firing"])
    #expect(try await world.incidents(of: provider).count == 1)
  }
}
