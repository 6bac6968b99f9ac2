import Kernel
import Operations
import TestSupport
import Testing

@testable import Changes

/// An incident that a change brought about says so, and is none that the change is to end.
@Suite struct CauseTests {
  private let world: ChangesWorld
  private let incident: Value

  init() async throws {
    world = try await ChangesWorld()
    incident = try await world.call(
      "incident.open", ["customer": .id(world.acme.publicId), "title": "No internet since noon", "impact": 2, "urgency": 2]
    ).at("id")
  }

  private func link(_ change: Value, _ verb: String = "link", kind: Value = "causes", as principal: Principal? = nil) async throws {
    try await world.call("change.\(verb)_incident", ["id": change.at("id"), "incident": incident, "kind": kind], as: principal)
  }

  private func changes(_ kind: Value = .null, as principal: Principal? = nil) async throws -> [Value] {
    try await world.call("incident.changes", ["id": incident, "kind": kind], as: principal).at("items").array?.map { $0.at("id") } ?? []
  }

  private func news(as principal: Principal? = nil) async throws -> [String] {
    try await world.call("incident.history", ["id": incident, "limit": 200], as: principal).texts("type").filter { $0.hasPrefix("incident.change_") }
  }

  @Test func bothEndsTellIt() async throws {
    let change = try await world.change()
    try await link(change)
    let read = try await world.read(change)
    #expect(read.at("causedIncidents") == .array([incident]) && read.at("incidents") == .array([]))
    #expect(try await changes("causes") == [change.at("id")])
    for kind in [.null, "resolves"] as [Value] { #expect(try await changes(kind).isEmpty) }
    #expect(try await news() == ["incident.change_caused"])
    #expect(try await news(as: world.manager).isEmpty, "it is the provider's own affair")
    #expect(try await world.events(of: change).last == "caused_incident_linked")
    // What was brought about by one attempt may be what the next one ends.
    try await link(change, kind: "resolves")
    #expect(try await changes() == [change.at("id")])
    #expect(
      await refusal {
        try await link(change); return .null
      } == "change.linked_already")
    try await link(change, "unlink")
    #expect(try await changes("causes").isEmpty)
    #expect(try await changes() == [change.at("id")])
    #expect(try await news() == ["incident.change_caused", "incident.change_linked", "incident.change_not_caused"])
    #expect(
      await refusal {
        try await link(change, "unlink"); return .null
      } == "change.not_linked")
  }

  /// Guard: were it a link like the other one, the incident would wait for a change that caused it, and hear how that goes on.
  @Test func theIncidentDoesNotWaitForIt() async throws {
    let change = try await world.change()
    try await link(change)
    try await world.call("incident.hold", ["id": incident, "reason": "awaiting_change"], version: 1)
    world.database.clock.advance(seconds: 60)
    try await world.act("change.cancel", on: change, ["reason": "Not needed"])
    try await IncidentNewsSweep(world.database.dispatcher, batch: 1).run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.call("incident.read", ["id": incident]).at("state") == "pending")
    #expect(try await news() == ["incident.change_caused"])
  }

  /// Guard: an emergency is done because of an incident that it is to end.
  @Test func whatItCausedIsNoReasonForAnEmergency() async throws {
    let opened = try await world.call("change.open", ["customer": .id(world.acme.publicId), "kind": "emergency", "title": "Patch now"])
    try await link(opened)
    let assessed = try await world.act("change.assess", on: opened, ["answers": ChangesWorld.lowest])
    #expect(await refusal { try await world.act("change.submit", on: assessed) } == "change.emergency_reason")
    try await link(opened, kind: "resolves")
    #expect(try await world.act("change.submit", on: assessed).at("state") == "awaiting_approval")
  }

  /// A problem that a change brought about is told apart from what the change is to remove; of a customer's it is his affair.
  @Test func aChangeCausesProblems() async throws {
    let change = try await world.change(of: world.other)
    let problem = try await world.call(
      "problem.open", ["customer": .id(world.acme.publicId), "title": "Routes flap", "description": "x", "impact": 2, "urgency": 2])
    let causes: KeyValuePairs<String, Value> = ["id": change.at("id"), "problem": problem.at("id"), "kind": "causes"]
    try await world.call("change.link_problem", causes)
    let read = try await world.read(change)
    #expect(read.at("causedProblems") == .array([problem.at("id")]) && read.at("problems") == .array([]))
    #expect(try await world.call("problem.changes", ["id": problem.at("id"), "kind": "causes"]).texts("title") == ["New switch"])
    for kind in [.null, "resolves"] as [Value] {
      #expect(try await world.call("problem.changes", ["id": problem.at("id"), "kind": kind]).texts("title").isEmpty)
    }
    let told = try await world.call("change.history", ["id": change.at("id"), "limit": 200]).at("items").array?.last
    #expect(told?.at("type") == "change.caused_problem_linked" && told?.at("payload.problem") == problem.at("id"))
    #expect(await refusal { try await world.call("change.link_problem", causes) } == "change.linked_already")
    #expect(
      await refusal { try await world.call("change.unlink_problem", ["id": change.at("id"), "problem": problem.at("id")]) } == "change.not_linked")
    // Whom it is about the change concerns as long as it is said; who serves another reads nothing of it.
    let customer = Value.id(world.acme.publicId)
    let concerned = try await world.call("change.concern", ["id": change.at("id"), "customer": customer], version: change.at("version"))
    let drop: KeyValuePairs<String, Value> = ["id": change.at("id"), "customer": customer]
    #expect(
      await refusal { try await world.call("change.unconcern", drop, version: concerned.at("version")) }.hasSuffix("change.still_concerned"))
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    #expect(try await world.read(change, as: servesOther).at("causedProblems") == .array([]))
    #expect(try await world.read(change, as: world.servesAcme).at("causedProblems") == .array([problem.at("id")]))
    try await world.call("change.unlink_problem", causes)
    #expect(try await world.read(change).at("causedProblems") == .array([]))
    let ofProblem = try await world.call("problem.history", ["id": problem.at("id"), "limit": 200]).texts("type")
    #expect(ofProblem.suffix(2) == ["problem.change_caused", "problem.change_not_caused"])
    try await world.call("change.unconcern", drop, version: concerned.at("version"))
  }

  /// Who serves one customer reads no incident of another one's among those that a change of both has caused, and links none.
  @Test func whoServesSomeSeesOfSome() async throws {
    let change = try await world.change()
    try await world.call("change.concern", ["id": change.at("id"), "customer": .id(world.other.publicId)], version: change.at("version"))
    let theirs = try await world.call(
      "incident.open", ["customer": .id(world.other.publicId), "title": "Neither have we", "impact": 2, "urgency": 2]
    ).at("id")
    let caused: KeyValuePairs<String, Value> = ["id": change.at("id"), "incident": theirs, "kind": "causes"]
    try await link(change)
    #expect(await refusal { try await world.call("change.link_incident", caused, as: world.servesAcme) } != "accepted")
    try await world.call("change.link_incident", caused)
    #expect(try await world.read(change, as: world.servesAcme).at("causedIncidents") == .array([incident]))
    #expect(try await world.read(change).at("causedIncidents").array?.count == 2)
  }
}
