import Kernel
import Operations
import TestSupport
import Testing

@testable import Changes

/// Incidents are told what becomes of the change that is to resolve them, and those that waited for it go on.
@Suite struct IncidentNewsTests {
  @Test func anIncidentIsToldOnceWhatBecomesOfItsChange() async throws {
    let world = try await ChangesWorld()
    let (one, other) = (try await world.incident("One"), try await world.incident("Other"))
    let change = try await world.change()
    for incident in [one, other] { try await world.call("change.link_incident", ["id": change.at("id"), "incident": incident]) }
    try await world.call("change.unlink_incident", ["id": change.at("id"), "incident": other])
    #expect(try await world.news(of: one) == ["linked"])
    #expect(try await world.news(of: other) == ["linked", "unlinked"])

    let started = try await world.act("change.start", on: try await world.approved(change))
    let done = try await world.act("change.complete", on: started, ["outcome": "failed"])
    // Nothing is told in the act itself.
    #expect(try await world.news(of: one) == ["linked"])
    for _ in 0..<2 { try await world.tell() }
    #expect(try await world.news(of: one) == ["linked", "implemented"])
    let told = try await world.call("incident.history", ["id": one, "limit": 200]).at("items").array?.last
    #expect(told?.at("payload.change") == change.at("id") && told?.at("payload.outcome") == "failed")
    #expect(told?.at("payload.number") == change.at("number") && told?.at("actorKind") == "staff")

    try await world.act("change.back_out", on: done, ["reason": "Slower than before"])
    for _ in 0..<2 { try await world.tell() }
    #expect(try await world.news(of: one) == ["linked", "implemented", "backed_out"])
    #expect(try await world.news(of: other) == ["linked", "unlinked"])
    // It is the provider's own affair, and takes nobody's version away.
    #expect(try await world.news(of: one, as: world.manager) == [])
    #expect(try await world.call("incident.read", ["id": one]).at("version") == 1)
  }

  @Test func whatWaitedForTheChangeGoesOn() async throws {
    let world = try await ChangesWorld()
    let (waiting, parts) = (try await world.incident("Waits"), try await world.incident("Parts"))
    let (first, second) = (try await world.change("First"), try await world.change("Second"))
    for change in [first, second] { try await world.call("change.link_incident", ["id": change.at("id"), "incident": waiting]) }
    try await world.call("change.link_incident", ["id": first.at("id"), "incident": parts])
    try await world.call("incident.hold", ["id": waiting, "reason": "awaiting_change"], version: 1)
    try await world.call("incident.hold", ["id": parts, "reason": "awaiting_parts"], version: 1)
    world.database.clock.advance(seconds: 60)
    try await world.act("change.cancel", on: first, ["reason": "The second does both"])
    try await world.tell()
    // The other one is still to be done.
    #expect(try await world.state(of: waiting) == "pending")
    try await world.act("change.cancel", on: second, ["reason": "Not needed"])
    let at = Value.instant(world.database.clock.now())
    world.database.clock.advance(seconds: 60)
    for _ in 0..<2 { try await world.tell() }
    #expect(try await world.state(of: waiting) == "active")
    #expect(try await world.state(of: parts) == "pending")
    let history = try await world.call("incident.history", ["id": waiting, "limit": 200]).at("items").array ?? []
    let resumed = history.filter { $0.at("type") == "incident.resumed" }
    #expect(resumed.count == 1)
    #expect(resumed.first?.at("occurredAt") == at && resumed.first?.at("actorKind") == "system")
  }

  /// Guard: of two changes the one is over and the other is taken off; what waited for both would wait for ever.
  @Test func whatWaitedForAChangeThatIsTakenOffGoesOn() async throws {
    let world = try await ChangesWorld()
    let (waiting, lone) = (try await world.incident("Waits"), try await world.incident("Lone"))
    let (first, second) = (try await world.change("First"), try await world.change("Second"))
    for change in [first, second] { try await world.call("change.link_incident", ["id": change.at("id"), "incident": waiting]) }
    try await world.call("change.link_incident", ["id": second.at("id"), "incident": lone])
    for incident in [waiting, lone] { try await world.call("incident.hold", ["id": incident, "reason": "awaiting_change"], version: 1) }
    world.database.clock.advance(seconds: 60)
    try await world.act("change.cancel", on: first, ["reason": "The second does both"])
    try await world.tell()
    #expect(try await world.state(of: waiting) == "pending")
    for incident in [waiting, lone] { try await world.call("change.unlink_incident", ["id": second.at("id"), "incident": incident]) }
    for _ in 0..<2 { try await world.tell() }
    #expect(try await world.state(of: waiting) == "active")
    #expect(try await world.news(of: waiting) == ["linked", "linked", "cancelled", "unlinked"])
    // Of this one nothing is over: whoever took it off may mean another.
    #expect(try await world.state(of: lone) == "pending")
  }

  /// Whoever lets it wait once the change is over waits for another.
  @Test func whatWaitsSinceThenWaitsOn() async throws {
    let world = try await ChangesWorld()
    let incident = try await world.incident("Waits")
    let change = try await world.change()
    try await world.call("change.link_incident", ["id": change.at("id"), "incident": incident])
    try await world.act("change.cancel", on: change, ["reason": "Not needed"])
    world.database.clock.advance(seconds: 1)
    try await world.call("incident.hold", ["id": incident, "reason": "awaiting_change"], version: 1)
    try await world.tell()
    #expect(try await world.state(of: incident) == "pending")
    #expect(try await world.news(of: incident) == ["linked", "cancelled"])
  }
}

extension ChangesWorld {
  fileprivate func incident(_ title: String) async throws -> Value {
    try await call("incident.open", ["customer": .id(acme.publicId), "title": .text(title), "impact": 2, "urgency": 2]).at("id")
  }

  fileprivate func tell() async throws { try await IncidentNewsSweep(database.dispatcher, batch: 1).run(at: database.clock.now(), database.tenancy) }

  fileprivate func state(of incident: Value) async throws -> String? { try await call("incident.read", ["id": incident]).at("state").text }

  /// What the history of an incident says of changes, without what they all begin with.
  fileprivate func news(of incident: Value, as principal: Principal? = nil) async throws -> [String] {
    try await call("incident.history", ["id": incident, "limit": 200], as: principal).texts("type").filter { $0.hasPrefix("incident.change_") }
      .map { String($0.dropFirst("incident.change_".count)) }
  }
}
