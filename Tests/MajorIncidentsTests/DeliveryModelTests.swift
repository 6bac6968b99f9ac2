import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import MajorIncidents

/// A major incident is offered to teams that may work for all of its customers.
@Suite struct DeliveryModelTests {
  @Test func aMajorIncidentIsOfferedToTeamsOfTheModelOnly() async throws {
    let world = try await MajorWorld()
    let allowed = try await world.call("team.create", ["name": "Allowed"], as: world.database.root)["id"] ?? .null
    let forbidden = try await world.call("team.create", ["name": "Forbidden"], as: world.database.root)["id"] ?? .null
    let input: KeyValuePairs<String, Value> = ["customer": .id(world.acme.publicId), "teams": .array([allowed])]
    try await world.call("delivery_model.set", input, as: world.database.root, version: 1)
    let major = try await world.declare([
      (try await world.incident("Slow"), world.acme), (try await world.incident("Slower", of: world.other), world.other),
    ])
    #expect(await refusal { try await world.act("offer", on: major, ["team": forbidden]) } == "team delivery_model.team_not_allowed_for")
    #expect(await refusal { try await world.act("offer", on: major, ["team": allowed]) } == "accepted")
  }
}
