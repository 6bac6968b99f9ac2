import Kernel
import Operations
import Tenancy

/// Gates for generated calls. They stand before steps of incidents of the lowest priority, which no other seed has.
extension World {
  private static let steps: [Value] = ["incident.assign", "incident.dispatch", "incident.resolve", "incident.close"]

  func gate(_ twin: Twin) async throws -> Value {
    let text = Value.object(["en": name(twin)])
    return try await seed(
      "gate.create",
      [
        "step": Self.steps[next() % Self.steps.count], "priority": 5, "customer": .text(twin.id), "evidence": .array(["article"]), "name": text,
        "purpose": text, "owner": try await seeded("stf", in: twin).id,
      ])
  }

  /// An incident before which gates of the twin stand.
  func gatedIncident(_ twin: Twin) async throws -> Value {
    try await seed("incident.open", ["customer": .text(twin.id), "title": name(twin), "impact": 3, "urgency": 3])
  }

  /// Several stays at a gate.
  func passages(_ twin: Twin) async throws {
    let gate = try await gate(twin)["id"] ?? .null
    for _ in 0..<3 {
      try await seed("incident.bypass_gate", ["id": try await gatedIncident(twin)["id"] ?? .null, "gate": gate, "reason": name(twin)])
    }
  }
}

extension CallRule {
  private static let period: [String: Value] = ["from": "2026-02-20T00:00:00Z", "until": Samples.later]

  static let gateCalls: [String: CallRule] = [
    "gate.create": CallRule(omitted: ["checklist", "evidence"], given: { _, _, _ in (["step": "incident.dispatch", "priority": 5], nil) }),
    "gate.friction": CallRule(given: { _, _, _ in (period, nil) }),
    "gate.passages": CallRule(given: { _, _, _ in (period, nil) }),
    "incident.bypass_gate": CallRule(given: { world, twin, _ in
      (["id": try await world.gatedIncident(twin)["id"] ?? .null, "gate": try await world.gate(twin)["id"] ?? .null], nil)
    }),
    "incident.resolve": CallRule(omitted: answers),
  ]

  /// What nobody says where no gate stands.
  static let answers: Set<String> = ["checked", "bypass"]

  /// The same, of what happens at this moment.
  var rightNow: CallRule {
    var copy = self
    copy.given = { [given] world, twin, principal in
      var (values, version) = try await given(world, twin, principal)
      values["at"] = .instant(world.database.clock.now())
      return (values, version)
    }
    return copy
  }

  /// The same, without these fields.
  func omitting(_ names: Set<String>) -> CallRule {
    var copy = self
    copy.omitted.formUnion(names)
    return copy
  }
}
