import Kernel
import Operations
import Tenancy

/// Major incidents, and incidents that end with another one, in the states that the calls of their operations need.
extension World {
  /// A major incident of which an incident of the twin is part, and on which these acts were done.
  func major(_ twin: Twin, _ acts: [(name: String, input: [Value.Member])] = []) async throws -> Seeded {
    let incident = try await seeded("inc", in: twin).id
    var major = try await seed(
      "major_incident.declare", ["customer": .text(twin.id), "title": name(twin), "description": name(twin), "incidents": .array([incident])])
    for act in acts {
      let answer = await answer(
        act.name, .object([Value.Member("id", major["id"] ?? .null)] + act.input), as: database.root, version: major["version"]?.integer)
      guard let value = answer.value else { throw SeedFailure(description: "\(act.name): \(String(describing: answer.failure))") }
      major = value
    }
    return try Seeded(major)
  }

  /// One with several of all that is listed.
  func majorToPage(_ twin: Twin) async throws -> Value {
    let declared = try await self.major(twin)
    let major = declared.id
    try await seed("major_incident.assign", ["id": major, "lead": try await engineerOfAll(twin)], version: declared.version)
    try await handRound("major_incident", major, in: twin)
    try await watchTwice("major_incident", major, in: twin)
    for _ in 0..<2 {
      try await seed("major_incident.link", ["id": major, "incident": try await seeded("inc", in: twin).id])
      try await seed("major_incident.log", ["id": major, "body": name(twin), "audience": "internal"])
    }
    return major
  }

  /// Makes the incident part of a major incident that it is not part of any more.
  func pastMajor(of incident: Value, _ twin: Twin) async throws {
    let major = try await major(twin).id
    try await seed("major_incident.link", ["id": major, "incident": incident])
    try await seed("major_incident.unlink", ["id": major, "incident": incident, "reason": "No"])
  }

  /// Resolves the incident, with those below it where it has some, and opens it again.
  func resolveAndReopen(_ incident: Value, cascade: Bool = false) async throws {
    let read = try await seed("incident.read", ["id": incident])
    let resolved = try await seed(
      "incident.resolve", ["id": incident, "resolution": "done", "cascade": .bool(cascade)], version: read["version"]?.integer)
    try await seed("incident.reopen", ["id": incident, "reason": "Not solved"], version: resolved["version"]?.integer)
  }

  func children(of incident: Value, _ twin: Twin) async throws {
    for _ in 0..<3 { try await seed("incident.link", ["id": try await seeded("inc", in: twin).id, "kind": "child_of", "to": incident]) }
  }
}

extension CallRule {
  private static func major(_ given: [String: Value] = [:], _ acts: (name: String, input: [Value.Member])...) -> CallRule {
    let acts = acts.map { (name: $0.name, input: $0.input) }
    return CallRule(given: { world, twin, _ in
      let seeded = try await world.major(twin, acts)
      return (given.merging(["id": seeded.id]) { first, _ in first }, seeded.version)
    })
  }

  private static func ownedMajor(offered: Bool) -> CallRule { owned("major_incident", offered: offered) { try await $0.major($1) } }

  private static func watchedMajor(already: Bool) -> CallRule { watched("major_incident", already: already) { try await $0.major($1) } }

  static let majorCalls: [String: CallRule] = [
    "ownership.set": CallRule(given: { world, twin, _ in
      (["staff": try await world.engineerOfAll(twin)], try await world.seed("ownership.read", [:])["version"]?.integer)
    }),
    "major_incident.declare": CallRule(given: { world, twin, _ in (["lead": try await world.engineerOfAll(twin)], nil) }),
    "major_incident.assign": CallRule(given: { world, twin, _ in
      let seeded = try await world.major(twin)
      return (["id": seeded.id, "lead": try await world.engineerOfAll(twin)], seeded.version)
    }),
    "major_incident.take": major(), "major_incident.offer": ownedMajor(offered: false), "major_incident.accept_offer": ownedMajor(offered: true),
    "major_incident.return_offer": ownedMajor(offered: true),
    "major_incident.watch": watchedMajor(already: false), "major_incident.unwatch": watchedMajor(already: true),
    "major_incident.unlink": CallRule(given: { world, twin, _ in
      let (major, incident) = (try await world.major(twin), try await world.seeded("inc", in: twin).id)
      try await world.seed("major_incident.link", ["id": major.id, "incident": incident])
      return (["id": major.id, "incident": incident], nil)
    }),
    "major_incident.list": CallRule(omitted: ["attribute"]),
    "major_incident.resolve": major(["closureCode": "workaround"]),
    "major_incident.reopen": major([:], ("major_incident.mitigate", [Value.Member("mitigation", "Other line")])),
    "major_incident.review": major([:], ("major_incident.resolve", [Value.Member("resolution", "Replaced")])),
    // Names are shown for a customer, not for one of his contracts.
    "ticket_policy.set": CallRule(
      omitted: ["showsNames"],
      given: { world, twin, _ in
        let contract = try await world.seeded("con", in: twin).id
        let policy = try await world.seed("ticket_policy.read", ["customer": .text(twin.id), "contract": contract])
        return (["contract": contract], policy["version"]?.integer)
      }),
    "proof_policy.set": CallRule(given: { world, _, _ in ([:], try await world.seed("proof_policy.read", [:])["version"]?.integer) }),
    "contract_proof_policy.set": CallRule(given: { world, twin, _ in
      let contract = try await world.seeded("con", in: twin).id
      return (["contract": contract], try await world.seed("contract_proof_policy.read", ["contract": contract])["version"]?.integer)
    }),
    "credit_limit.set": CallRule(given: { world, _, _ in
      let limits = try await world.seed("credit_limit.list", [:])["items"]?.array ?? []
      return (["currency": "EUR"], limits.first { $0["currency"] == "EUR" }?["version"]?.integer ?? 1)
    }),
    "priority_matrix.set": CallRule(given: { world, twin, _ in
      ([:], try await world.seed("priority_matrix.read", ["customer": .text(twin.id)])["version"]?.integer)
    }),
  ]
}
