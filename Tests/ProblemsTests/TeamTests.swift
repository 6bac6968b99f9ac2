import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Problems

/// Which team works on a problem.
@Suite struct TeamTests {
  private func team(_ name: String, _ world: ProblemsWorld) async throws -> Value {
    try await world.call("team.create", ["name": .text(name)], as: world.database.root).at("id")
  }

  private func open(_ title: String, _ team: Value, of customer: TenantEntry?, _ world: ProblemsWorld) async throws -> Value {
    try await world.call(
      "problem.open", ["customer": .id(customer?.publicId), "title": .text(title), "impact": 2, "urgency": 2, "team": team])
  }

  /// Guard: a team that is not written with the rest of the row is told by the answer and gone when it is read.
  @Test func itIsGivenToATeamToAnotherAndToNone() async throws {
    let world = try await ProblemsWorld()
    let (network, servers) = (try await team("Network", world), try await team("Servers", world))
    let opened = try await open("Loop", network, of: world.acme, world)
    #expect(opened.at("team") == network && opened.at("teamName") == "Network")
    #expect(try await world.events(of: opened) == ["opened", "assigned"])
    let given = try await world.act("assign", on: opened, ["team": servers])
    #expect(given.at("team") == servers && given.at("teamName") == "Servers" && given.at("owner") == opened.at("owner"))
    #expect(try await world.call("problem.read", ["id": given.at("id")]).at("team") == servers)
    let taken = try await world.act("assign", on: given, ["team": .null])
    #expect(taken.at("team") == .null && taken.at("teamName") == .null)
    let history = try await world.call("problem.history", ["id": opened.at("id")]).at("items").array ?? []
    let told = history.filter { $0.at("type") == "problem.assigned" }.map { [$0.at("payload.from"), $0.at("payload.team")] }
    #expect(told == [[.null, network], [network, servers], [servers, .null]])
  }

  @Test func whatIsNoChangeOrNoTeamIsRefused() async throws {
    let world = try await ProblemsWorld()
    let network = try await team("Network", world)
    let opened = try await open("Loop", network, of: world.acme, world)
    #expect(await refusal { try await world.act("assign", on: opened) } == "problem.nothing_to_change")
    #expect(await refusal { try await world.act("assign", on: opened, ["team": network]) } == "problem.nothing_to_change")
    let unknown = Value.id(world.database.provider.id("team", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal { try await world.act("assign", on: opened, ["team": unknown]) } == "team input.unknown_reference")
    #expect(await refusal { try await open("New", unknown, of: world.acme, world) } == "team input.unknown_reference")
    #expect(await refusal { try await world.call("problem.list", ["team": unknown]) } == "team input.unknown_reference")
    #expect(await refusal { try await world.act("assign", on: opened, ["team": .null], as: world.manager) } != "accepted", "it is the provider's")
    let wide = try await open("Of several", network, of: nil, world)
    #expect(await refusal { try await world.act("assign", on: wide, ["team": .null], as: world.servesAcme) } == "problem.serves_all")
    let over = try await world.act("cancel", on: opened, ["reason": "None"])
    #expect(await refusal { try await world.act("assign", on: over, ["team": .null]) } == "problem.wrong_state")
    #expect(over.at("team") == network, "whose it was is still to be read")
  }

  /// Guard: a problem goes to teams alone that whom it concerns allows; who has one already keeps it.
  @Test func theDeliveryModelSaysWhoMayHaveIt() async throws {
    let world = try await ProblemsWorld()
    let (allowed, forbidden) = (try await team("Allowed", world), try await team("Forbidden", world))
    let before = try await open("Before", forbidden, of: world.acme, world)
    let input: KeyValuePairs<String, Value> = ["customer": .id(world.acme.publicId), "teams": .array([allowed])]
    try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
    #expect(await refusal { try await open("After", forbidden, of: world.acme, world) } == "team delivery_model.team_not_allowed_for")
    #expect(await refusal { try await open("After", allowed, of: world.acme, world) } == "accepted")
    #expect(await refusal { try await open("Elsewhere", forbidden, of: world.other, world) } == "accepted")
    let wide = try await world.problem("Behind one of its incidents")
    try await world.link(try await world.incident("Slow"), to: wide)
    let seen = try await world.call("problem.read", ["id": wide.at("id")])
    #expect(await refusal { try await world.act("assign", on: seen, ["team": forbidden]) } == "team delivery_model.team_not_allowed_for")
    #expect(await refusal { try await world.act("assign", on: before, ["team": forbidden]) } == "problem.nothing_to_change", "it keeps it")
    #expect(try await world.act("assign", on: before, ["team": allowed]).at("team") == allowed)
  }

  @Test func aListIsNarrowedToATeam() async throws {
    let world = try await ProblemsWorld()
    let (network, servers) = (try await team("Network", world), try await team("Servers", world))
    _ = try await open("Loop", network, of: world.acme, world)
    _ = try await open("Theirs", network, of: world.other, world)
    _ = try await open("Leak", servers, of: world.acme, world)
    _ = try await world.problem("Nobody's", of: world.acme)
    func listed(_ team: Value, as principal: Principal? = nil) async throws -> [String] {
      try await world.call("problem.list", ["team": team], as: principal).texts("title").sorted()
    }
    #expect(try await listed(network) == ["Loop", "Theirs"])
    #expect(try await listed(servers) == ["Leak"])
    #expect(try await listed(network, as: world.servesAcme) == ["Loop"])
    let lines = try await world.call("problem.list", ["team": servers]).at("items").array ?? []
    #expect(lines.map { $0.at("team") } == [servers] && lines.map { $0.at("teamName") } == ["Servers"])
  }
}
