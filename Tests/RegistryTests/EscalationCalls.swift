import Kernel
import Operations
import Tenancy

@testable import Escalations

/// Calls of escalations: what is escalated is found by a sweep, so a row of it is written as the sweep would.
enum EscalationCalls {
  /// One thing sets a rule off, and a team's tickets go to another.
  static let create = CallRule(omitted: ["ageMinutes"], given: { world, _, _ in try await (settings(world), nil) })

  static let change = CallRule(
    omitted: ["ageMinutes"],
    given: { world, twin, _ in
      let seeded = try await world.seeded("esr", in: twin)
      return (try await settings(world).merging(["id": seeded.id]) { $1 }, seeded.version)
    })

  private static func settings(_ world: World) async throws -> [String: Value] {
    [
      "team": try await world.seed("team.create", ["name": .text("Line \(world.next())")])["id"] ?? .null,
      "toTeam": try await world.seed("team.create", ["name": .text("Line \(world.next())")])["id"] ?? .null,
    ]
  }
}

extension World {
  func escalationRule() async throws -> Value {
    let team = try await seed("team.create", ["name": .text("Line \(next())")])["id"] ?? .null
    return try await seed("escalation_rule.create", ["name": .text("Rule \(next())"), "percent": 80, "toTeam": team])
  }

  /// An incident of the twin's that was escalated.
  func escalation(_ twin: Twin) async throws {
    let made = try await escalationRule()
    let incident = try await seed("incident.open", ["customer": .text(twin.id), "title": name(twin), "impact": 1, "urgency": 1])
    guard let rule = made["id"]?.text.flatMap({ PublicId($0) }), let ticket = incident["id"]?.text.flatMap({ PublicId($0) }) else { return }
    let (provider, now, bits) = (database.provider.id, database.clock.now(), database.tenancy.random.publicIdBits())
    try await database.tenancy.transaction(binding: [provider, twin.entry.id], side: .staff) { transaction in
      guard let row = try await transaction.first(RuleByPublicId(provider: provider, publicId: rule.random)),
        let id = try await transaction.first(TicketByPublicId(tenant: twin.entry.id, publicId: ticket.random)),
        let found = try await transaction.first(TicketsToEscalate(tenant: twin.entry.id, ids: [id]))
      else { return }
      transaction.enqueue(
        InsertEscalation(
          tenant: twin.entry.id, publicId: bits, ticket: found, row: row, threshold: nil, occurredAt: now, dueAt: now, now: now))
    }
  }
}
