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
}
