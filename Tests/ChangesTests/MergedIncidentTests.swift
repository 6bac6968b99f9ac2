import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Changes

/// An incident that another one goes into is linked to that one's changes.
@Suite struct MergedIncidentTests {
  private let world: ChangesWorld
  private let duplicate: Value
  private let survivor: Value

  init() async throws {
    world = try await ChangesWorld()
    let acme = Value.id(world.acme.publicId)
    duplicate = try await world.call("incident.open", ["customer": acme, "title": "Same", "impact": 2, "urgency": 2]).at("id")
    survivor = try await world.call("incident.open", ["customer": acme, "title": "First", "impact": 2, "urgency": 2]).at("id")
  }

  private func link(_ change: Value, to incident: Value, kind: Value = "resolves") async throws {
    try await world.call("change.link_incident", ["id": change.at("id"), "incident": incident, "kind": kind])
  }

  @discardableResult
  private func merge(as principal: Principal? = nil) async throws -> Value {
    try await world.call("incident.merge", ["id": duplicate, "into": survivor], as: principal, version: 1)
  }

  private func changes(of incident: Value, _ kind: Value = "resolves") async throws -> [Value] {
    try await world.call("incident.changes", ["id": incident, "kind": kind]).at("items").array?.map { $0.at("id") } ?? []
  }

  /// What the history of an incident says of changes, without what they all begin with.
  private func news(of incident: Value, as principal: Principal? = nil) async throws -> [String] {
    try await world.call("incident.history", ["id": incident, "limit": 200], as: principal).texts("type").filter { $0.hasPrefix("incident.change_") }
      .map { String($0.dropFirst("incident.change_".count)) }
  }

  @Test func itsChangesAreTheOthersToo() async throws {
    let (change, cause, known, cancelled) = (
      try await world.change("Resolves"), try await world.change("Causes"), try await world.change("Known"), try await world.change("Cancelled")
    )
    try await link(change, to: duplicate)
    try await link(cause, to: duplicate, kind: "causes")
    for incident in [duplicate, survivor] { try await link(known, to: incident) }
    try await link(cancelled, to: duplicate)
    try await world.act("change.cancel", on: cancelled, ["reason": "Not needed"])
    try await merge()
    let resolving = try await changes(of: survivor).compactMap(\.text)
    #expect(Set(resolving) == Set([change, known].compactMap { $0.at("id").text }))
    #expect(try await changes(of: survivor, "causes") == [cause.at("id")])
    #expect(try await changes(of: duplicate).count == 3, "its own stay")
    #expect(try await world.read(change).at("incidents").array?.count == 2)
    #expect(try await world.read(cause).at("causedIncidents").array?.count == 2)
    // Both ends tell it; what was known is not told again, what was given up not at all.
    #expect(try await news(of: survivor).sorted() == ["caused", "linked", "linked"])
    #expect(try await news(of: survivor, as: world.manager).isEmpty, "it is the provider's own affair")
    #expect(try await world.events(of: change).filter { $0 == "incident_linked" }.count == 2)
    #expect(try await world.events(of: cause).filter { $0 == "caused_incident_linked" }.count == 2)
    #expect(try await world.events(of: known).filter { $0 == "incident_linked" }.count == 2)
    #expect(try await world.events(of: cancelled).filter { $0 == "incident_linked" }.count == 1)
    let told = try await world.call("change.history", ["id": change.at("id"), "limit": 200]).at("items").array?.last
    #expect(told?.at("payload") == .object(["incident": survivor]))
    #expect(try await world.read(change).at("version") == change.at("version"), "a link raises no version")
  }

  /// Guard: the one that work goes on with would hear nothing of the change that resolves it, and wait for ever.
  @Test func whatGoesOnHearsWhatBecomesOfTheChange() async throws {
    let change = try await world.change()
    try await link(change, to: duplicate)
    try await merge()
    try await world.call("incident.hold", ["id": survivor, "reason": "awaiting_change"], version: 1)
    world.database.clock.advance(seconds: 60)
    try await world.act("change.cancel", on: change, ["reason": "Not needed"])
    try await IncidentNewsSweep(world.database.dispatcher, batch: 1).run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await news(of: survivor) == ["linked", "cancelled"])
    #expect(try await world.call("incident.read", ["id": survivor]).at("state") == "active")
  }

  /// Who serves the customer alone merges; that the change is others' affair as well is in nobody's way, and these are told nothing.
  @Test func itIsToldToWhoServesTheCustomer() async throws {
    let change = try await world.change()
    try await world.call("change.concern", ["id": change.at("id"), "customer": .id(world.other.publicId)], version: change.at("version"))
    try await link(change, to: duplicate)
    try await merge(as: world.servesAcme)
    #expect(try await changes(of: survivor) == [change.at("id")])
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    #expect(try await world.events(of: change, as: world.servesAcme).contains("incident_linked"))
    #expect(try await !world.events(of: change, as: servesOther).contains("incident_linked"))
  }

  /// What is refused carries nothing.
  @Test func whatIsNotMergedCarriesNothing() async throws {
    let change = try await world.change()
    try await link(change, to: duplicate)
    try await world.call("incident.resolve", ["id": survivor, "resolution": "Done"], version: 1)
    #expect(await refusal { try await merge() } != "accepted")
    #expect(try await changes(of: survivor).isEmpty)
    #expect(try await world.events(of: change).filter { $0 == "incident_linked" }.count == 1)
  }

  /// Whoever acts on a change and what is linked to it locks the change first. Guard: were incidents, or problems, locked before it, each would wait for
  /// the other.
  @Test func whoWaitsForAChangeHoldsNothingElse() async throws {
    let change = try await world.change()
    try await link(change, to: duplicate)
    try await world.call(
      "problem.open",
      [
        "customer": .id(world.acme.publicId), "title": "Loop", "description": "x", "impact": 2, "urgency": 2, "incidents": .array([duplicate]),
      ])
    let merging: Task<Value, any Error> = try await world.database.superuser.transaction { holder in
      _ = try await holder.query(HoldEveryChange())
      let merging = Task { try await merge() }
      try await holder.waitForLocks(1)
      let (tickets, problems) = try await holder.query(HoldEveryTicket(), HoldEveryProblem())
      #expect(tickets.count == 2 && problems.count == 1)
      return merging
    }
    #expect(try await merging.value.at("state") == "closed")
    #expect(try await changes(of: survivor) == [change.at("id")])
  }
}

private struct HoldEveryChange: Statement {
  static let sql = "select c.id from changes.change c for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HoldEveryProblem: Statement {
  static let sql = "select p.id from problems.problem p for update nowait"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct HoldEveryTicket: Statement {
  static let sql = "select t.id from desk.ticket t for update nowait"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
