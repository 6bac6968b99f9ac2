import Kernel
import Operations
import Tenancy

/// Dispatch rules for generated calls: each for a category of its own, so that it gives no other call's ticket to a team.
extension World {
  func dispatchRule(_ twin: Twin) async throws -> Seeded {
    let category = try await seed("code.create", ["list": "category", "key": .text("dispatched-\(next())"), "name": Samples.localName])
    return try Seeded(
      try await seed("dispatch_rule.set", ["category": category["key"] ?? .null, "team": try await seeded("team", in: twin).id]))
  }
}

extension CallRule {
  static let dispatchCalls: [String: CallRule] = [
    "dispatch_rule.set": CallRule(given: { world, _, _ in (["service": try await world.catalogueService()], nil) }),
    // All teams: what other calls give to teams goes on.
    "delivery_model.set": CallRule(given: { world, twin, _ in
      (["teams": .array([])], try await world.seed("delivery_model.read", ["customer": .text(twin.id)])["version"]?.integer)
    }),
  ]
}
