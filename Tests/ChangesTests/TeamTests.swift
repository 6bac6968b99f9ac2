import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Changes

/// Which team works on a change.
@Suite struct TeamTests {
  private func team(_ name: String, _ world: ChangesWorld) async throws -> Value {
    try await world.call("team.create", ["name": .text(name)], as: world.database.root).at("id")
  }

  private func open(_ title: String, _ team: Value, of customer: TenantEntry, _ world: ChangesWorld, sharedCis: [Value] = []) async throws -> Value {
    let input: KeyValuePairs<String, Value> = [
      "customer": .id(customer.publicId), "kind": "normal", "title": .text(title), "team": team, "sharedCis": .array(sharedCis),
    ]
    return try await world.call("change.open", input)
  }

  /// Guard: a team that is not written with the rest of the row is told by the answer and gone when it is read.
  @Test func itIsGivenToATeamToAnotherAndToNone() async throws {
    let world = try await ChangesWorld()
    let (network, servers) = (try await team("Network", world), try await team("Servers", world))
    let opened = try await open("New core", network, of: world.acme, world)
    #expect(opened.at("team") == network && opened.at("teamName") == "Network")
    #expect(try await world.events(of: opened) == ["opened", "assigned"])
    let given = try await world.act("change.assign", on: opened, ["team": servers])
    #expect(given.at("team") == servers && given.at("teamName") == "Servers" && given.at("owner") == opened.at("owner"))
    #expect(try await world.read(given).at("team") == servers)
    let taken = try await world.act("change.assign", on: given, ["team": .null])
    #expect(taken.at("team") == .null && taken.at("teamName") == .null)
    let history = try await world.call("change.history", ["id": opened.at("id")]).at("items").array ?? []
    let told = history.filter { $0.at("type") == "change.assigned" }.map { [$0.at("payload.from"), $0.at("payload.team")] }
    #expect(told == [[.null, network], [network, servers], [servers, .null]])
  }

  @Test func whatIsNoChangeOrNoTeamIsRefused() async throws {
    let world = try await ChangesWorld()
    let network = try await team("Network", world)
    let opened = try await open("New core", network, of: world.acme, world)
    #expect(await refusal { try await world.act("change.assign", on: opened) } == "change.nothing_to_change")
    #expect(await refusal { try await world.act("change.assign", on: opened, ["team": network]) } == "change.nothing_to_change")
    let unknown = Value.id(world.database.provider.id("team", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal { try await world.act("change.assign", on: opened, ["team": unknown]) } == "team input.unknown_reference")
    #expect(await refusal { try await open("New", unknown, of: world.acme, world) } == "team input.unknown_reference")
    #expect(await refusal { try await world.call("change.list", ["team": unknown]) } == "team input.unknown_reference")
    #expect(await refusal { try await world.act("change.assign", on: opened, ["team": .null], as: world.manager) } != "accepted", "it is the provider's")
    let both = try await world.act("change.concern", on: opened, ["customer": .id(world.other.publicId)])
    #expect(await refusal { try await world.act("change.assign", on: both, ["team": .null], as: world.servesAcme) } == "change.serves_all")
    let over = try await world.act("change.cancel", on: both, ["reason": "Not needed"])
    #expect(await refusal { try await world.act("change.assign", on: over, ["team": .null]) } == "change.wrong_state")
    #expect(over.at("team") == network, "whose it was is still to be read")
  }

  /// Guard: asked before all are known whom it concerns, a team would get it that whoever its shared CI affects does not allow.
  @Test func theDeliveryModelsSayWhoMayHaveIt() async throws {
    let world = try await ChangesWorld()
    let (allowed, forbidden) = (try await team("Allowed", world), try await team("Forbidden", world))
    let before = try await open("Before", forbidden, of: world.acme, world)
    let shared = try await world.sharedCi("core", affecting: [world.acme])
    let input: KeyValuePairs<String, Value> = ["customer": .id(world.acme.publicId), "teams": .array([allowed])]
    try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
    let refused = "team delivery_model.team_not_allowed_for"
    #expect(await refusal { try await open("After", forbidden, of: world.acme, world) } == refused)
    #expect(await refusal { try await open("Shared", forbidden, of: world.other, world, sharedCis: [shared]) } == refused)
    #expect(await refusal { try await open("After", allowed, of: world.acme, world) } == "accepted")
    let other = try await open("Elsewhere", forbidden, of: world.other, world)
    let both = try await world.act("change.concern", on: other, ["customer": .id(world.acme.publicId)])
    #expect(both.at("team") == forbidden, "it keeps it")
    let none = try await world.act("change.assign", on: both, ["team": .null])
    #expect(await refusal { try await world.act("change.assign", on: none, ["team": forbidden]) } == refused)
    #expect(try await world.act("change.assign", on: before, ["team": allowed]).at("team") == allowed)
  }

  /// Guard: the changes of one's teams would be found by their tasks alone.
  @Test func aListIsNarrowedToATeamAndToOnesOwn() async throws {
    let world = try await ChangesWorld()
    let (network, servers) = (try await team("Network", world), try await team("Servers", world))
    let member = try await open("Loop", network, of: world.acme, world).at("owner")
    try await world.call("staff_grant.add", ["account": member, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    try await world.call("team.add_member", ["id": network, "staff": member], as: world.database.root, version: 1)
    let theirs = try await open("Theirs", network, of: world.other, world)
    _ = try await open("Leak", servers, of: world.acme, world)
    _ = try await world.change("Nobody's")
    func listed(_ input: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [String] {
      try await world.call("change.list", input, as: principal).texts("title").sorted()
    }
    #expect(try await listed(["team": network]) == ["Loop", "Theirs"])
    #expect(try await listed(["team": servers]) == ["Leak"])
    #expect(try await listed(["team": network], as: world.servesAcme) == ["Loop"])
    #expect(try await listed(["team": network, "customer": .id(world.other.publicId)]) == ["Theirs"])
    #expect(try await listed(["myTeams": .bool(true)]) == ["Loop", "Theirs"])
    #expect(try await listed(["myTeams": .bool(true), "customer": .id(world.acme.publicId)]) == ["Loop"])
    #expect(try await listed(["myTeams": .bool(true), "team": servers]) == [])
    try await world.act("change.cancel", on: theirs, ["reason": "Not needed"])
    #expect(try await listed(["myTeams": .bool(true)]) == ["Loop"])
    #expect(try await listed(["team": network]) == ["Loop", "Theirs"])
  }
}
