import Kernel
import Operations
import Tenancy

/// Teams and dispatch rules for generated calls: each rule for a category of its own, so that it gives no other call's ticket to a team.
extension World {
  func dispatchRule(_ twin: Twin) async throws -> Seeded {
    let category = try await seed("code.create", ["list": "category", "key": .text("dispatched-\(next())"), "name": Samples.localName])
    return try Seeded(
      try await seed("dispatch_rule.set", ["category": category["key"] ?? .null, "team": try await seeded("team", in: twin).id]))
  }
}

extension CallRule {
  static let dispatchCalls: [String: CallRule] = [
    "team.add_member": CallRule(given: { world, twin, _ in
      let team = try await world.seeded("team", in: twin)
      return (["id": team.id, "staff": try await world.reader(in: twin)], team.version)
    }),
    "team.remove_member": CallRule(given: { world, twin, _ in
      let team = try await world.seeded("team", in: twin)
      let staff = try await world.reader(in: twin)
      let made = try await world.seed("team.add_member", ["id": team.id, "staff": staff], version: team.version)
      return (["id": team.id, "staff": staff], made["version"]?.integer)
    }),
    "team.set_lead": CallRule(given: { world, twin, _ in
      let team = try await world.seeded("team", in: twin)
      let staff = try await world.reader(in: twin)
      let made = try await world.seed("team.add_member", ["id": team.id, "staff": staff], version: team.version)
      return (["id": team.id, "staff": staff], made["version"]?.integer)
    }),
    "dispatch_rule.set": CallRule(given: { world, _, _ in (["service": try await world.catalogueService()], nil) }),
    // All teams: what other calls give to teams goes on.
    "delivery_model.set": CallRule(given: { world, twin, _ in
      (["teams": .array([])], try await world.seed("delivery_model.read", ["customer": .text(twin.id)])["version"]?.integer)
    }),
  ]
}
