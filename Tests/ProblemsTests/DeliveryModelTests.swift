import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Problems

/// A problem is offered to teams that may work for its customer, or for all whose incidents it is behind.
@Suite struct DeliveryModelTests {
  @Test func aProblemIsOfferedToTeamsOfTheModelOnly() async throws {
    let world = try await ProblemsWorld()
    let allowed = try await world.call("team.create", ["name": "Allowed"], as: world.database.root).at("id")
    let forbidden = try await world.call("team.create", ["name": "Forbidden"], as: world.database.root).at("id")
    let input: KeyValuePairs<String, Value> = ["customer": .id(world.acme.publicId), "teams": .array([allowed])]
    try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
    let own = try await world.problem("Own", of: world.acme)
    let behind = try await world.problem("Behind one of its incidents")
    try await world.link(try await world.incident("Slow"), to: behind)
    for problem in [own, try await world.call("problem.read", ["id": behind.at("id")])] {
      #expect(await refusal { try await world.act("offer", on: problem, ["team": forbidden]) } == "team delivery_model.team_not_allowed_for")
      #expect(await refusal { try await world.act("offer", on: problem, ["team": allowed]) } == "accepted")
    }
    for problem in [try await world.problem("Elsewhere", of: world.other), try await world.problem("Nobody's in particular")] {
      #expect(await refusal { try await world.act("offer", on: problem, ["team": forbidden]) } == "accepted")
    }
  }

  /// Guard: whoever answers for a problem of several customers and serves some of them by now would read the others' names in the refusal.
  @Test func customersWhomTheCallerDoesNotServeAreNotNamed() async throws {
    let world = try await ProblemsWorld()
    let allowed = try await world.call("team.create", ["name": "Allowed"], as: world.database.root).at("id")
    let forbidden = try await world.call("team.create", ["name": "Forbidden"], as: world.database.root).at("id")
    for customer in [world.acme, world.other] {
      let input: KeyValuePairs<String, Value> = ["customer": .id(customer.publicId), "teams": .array([allowed])]
      try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
    }
    let opened = try await world.problem("Behind incidents of both")
    try await world.link(try await world.incident("Slow"), to: opened)
    try await world.link(try await world.incident("Slow too", of: world.other), to: opened)
    let problem = try await world.call("problem.read", ["id": opened.at("id")])
    let whole = world.engineer
    let narrowed = Principal(
      actor: whole.actor, tenant: whole.tenant, side: whole.side, name: whole.name, person: whole.person, language: whole.language,
      grants: world.servesAcme.grants, onlyPermissions: whole.onlyPermissions, token: whole.token)
    for (principal, named) in [(whole, "ACME Ltd, OTHER Ltd"), (narrowed, "ACME Ltd, …")] {
      let refused = await #expect(throws: Failure.self) { try await world.act("offer", on: problem, ["team": forbidden], as: principal) }
      #expect(refused?.violations.first?.message.key == "delivery_model.team_not_allowed_for")
      #expect(refused?.violations.first?.arguments == ["team": "Forbidden", "customers": named])
    }
  }

  /// The first ten are named: a refusal is no list of customers.
  @Test func tenCustomersAreNamedAtTheMost() async throws {
    let world = try await ProblemsWorld()
    let allowed = try await world.call("team.create", ["name": "Allowed"], as: world.database.root).at("id")
    let forbidden = try await world.call("team.create", ["name": "Forbidden"], as: world.database.root).at("id")
    let opened = try await world.problem("Behind incidents of many")
    for number in 1...11 {
      let customer = try await world.database.customer("C\(number)")
      let input: KeyValuePairs<String, Value> = ["customer": .id(customer.publicId), "teams": .array([allowed])]
      try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
      try await world.link(try await world.incident("Slow", of: customer), to: opened)
    }
    let problem = try await world.call("problem.read", ["id": opened.at("id")])
    let refused = await #expect(throws: Failure.self) { try await world.act("offer", on: problem, ["team": forbidden]) }
    let named = (1...10).map { "C\($0) Ltd" } + ["…"]
    #expect(refused?.violations.first?.arguments["customers"] == named.joined(separator: ", "))
  }
}
