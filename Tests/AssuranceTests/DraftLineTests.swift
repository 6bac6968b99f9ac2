import Assurance
import Kernel
import Operations
import TestSupport
import Testing

/// A line that comes to an active contract is prepared as a draft, proven, and begins to promise when it is backed.
@Suite struct DraftLineTests {
  /// The world's contract in force, where a proof is required from then on, and a line that is prepared.
  private func prepared() async throws -> (world: AssuranceWorld, line: Value) {
    let world = try await AssuranceWorld()
    try await world.activate()
    try await world.call("proof_policy.set", ["policy": "required"], version: 1)
    let line = try await world.call(
      "contract_line.add", ["contract": world.contract.at("id"), "name": "Servers", "sla": world.sla.at("id"), "draft": .bool(true)])
    return (world, line)
  }

  private func link(_ line: Value, _ calendar: Value, in world: AssuranceWorld) async throws {
    try await world.call(
      "delivery_chain.set",
      [
        "line": line.at("id"),
        "teams": .array([
          .object(["team": world.team.at("id"), "calendar": calendar.at("id"), "handling": .array([.object(["seconds": 900])])])
        ]),
      ])
  }

  private func activate(_ line: Value, in world: AssuranceWorld, from: Value = .null) async throws -> Value {
    try await world.call("contract_line.activate", ["id": line.at("id"), "validFrom": from], version: line.at("version"))
  }

  @Test func aLineThatIsNotBackedDoesNotBegin() async throws {
    let (world, line) = try await prepared()
    #expect(line.at("state") == "draft")
    let refusal = await world.refusal { try await activate(line, in: world) }
    #expect(refusal?.kind == .conflict && refusal?.code == "assurance.not_backed", "\(String(describing: refusal))")
    #expect(refusal?.violations.allSatisfy { $0.path == "Servers" } ?? false, "the other lines of the contract are not asked")
    let lines = try await world.call("contract_line.list", ["contract": world.contract.at("id")])
    #expect(lines.at("items.1.state") == "draft" && lines.at("items.1.version") == 1, "nothing of it is done")
    // Without the way through a draft it is refused as before.
    let direct = await world.refusal {
      try await world.call("contract_line.add", ["contract": world.contract.at("id"), "name": "More", "sla": world.sla.at("id")])
    }
    #expect(direct?.code == "assurance.not_backed")
  }

  @Test func aLineThatIsBackedBegins() async throws {
    let (world, line) = try await prepared()
    try await link(line, world.ours, in: world)
    let active = try await activate(line, in: world, from: "2026-04-01T00:00:00Z")
    #expect(active.at("state") == "active" && active.at("validFrom") == "2026-04-01T00:00:00Z" && active.at("version") == 2)
    let proofs = try await world.call("proof.list", ["line": line.at("id")]).at("items")
    #expect(proofs.at("0.cause") == "activation" && proofs.at("0.outcome") == "covered")
    // Told as new on that day, and not before.
    let told = try await world.call(
      "contract.compare", ["id": world.contract.at("id"), "from": "2026-03-03T00:00:00Z", "to": "2026-04-02T00:00:00Z"])
    let words = "\(told)"
    #expect(words.contains("Servers") && words.contains("1 April 2026"), "\(words)")
    await expectFailure(.conflict) { try await activate(active, in: world) }
  }

  /// The desk is closed when the promise counts: refused with the gap, and taken on by somebody who says why.
  @Test func aGapIsAcceptedBeforeTheLineBegins() async throws {
    let (world, line) = try await prepared()
    try await link(line, world.theirs, in: world)
    let refusal = await world.refusal { try await activate(line, in: world) }
    #expect(refusal?.violations.contains { $0.arguments["gap"]?.hasPrefix("Saturday 18:00-22:00") ?? false } ?? false, "\(String(describing: refusal))")
    let proof = try await world.call("proof.run", ["contract": world.contract.at("id"), "line": line.at("id")]).at("lines.0")
    let accountManager = try await world.database.staff(.accountManager)
    try await world.call("accepted_risk.record", ["proof": proof.at("id"), "reason": "Rarely used on Saturdays"], as: accountManager)
    #expect(try await activate(line, in: world).at("state") == "active")
    let risks = try await world.call("accepted_risk.list", ["line": line.at("id")]).at("items")
    #expect(risks.at("0.reason") == "Rarely used on Saturdays" && risks.at("0.actorKind") == "staff")
  }

  @Test func aDraftPromisesNothingAndHoldsFromNoInstant() async throws {
    let (world, line) = try await prepared()
    #expect(
      await world.refusal {
        try await world.call(
          "contract_line.add",
          [
            "contract": world.contract.at("id"), "name": "More", "sla": world.sla.at("id"), "draft": .bool(true), "validFrom": "2026-04-01T00:00:00Z",
          ])
      }?.violations.first?.path == "validFrom")
    // Revised as often as one likes, also at one instant, and without a proof.
    var revised = line
    for name in ["Hosts", "Hosting"] {
      revised = try await world.call("contract_line.revise", ["id": line.at("id"), "name": .text(name)], version: revised.at("version"))
      #expect(revised.at("state") == "draft" && revised.at("name") == .text(name))
    }
    await expectFailure(.invalid) {
      try await world.call(
        "contract_line.revise", ["id": line.at("id"), "name": "Later", "validFrom": "2026-04-01T00:00:00Z"], version: revised.at("version"))
    }
    let resolved = try await world.call("sla.resolve", ["customer": .id(world.acme.publicId), "priority": 1])
    #expect(resolved.at("lines").array?.map { $0.at("contractLineName") } == ["Desk"])
    // What names its SLA keeps that from being retired.
    let ended = try await world.call("contract_line.end", ["id": line.at("id")], version: revised.at("version"))
    #expect(ended.at("state") == "ended")
    await expectFailure(.conflict) { try await activate(ended, in: world) }
  }

  @Test func anSlaThatADraftNamesIsNotRetired() async throws {
    let (world, line) = try await prepared()
    let calendar = world.ours.at("id")
    let target = Value.object(["metric": "response", "budgetSeconds": 60, "calendar": calendar])
    let sla = try await world.call("sla.create", ["name": "Unused", "targets": .array([target])])
    try await world.call("contract_line.revise", ["id": line.at("id"), "sla": sla.at("id")], version: line.at("version"))
    let refusal = await world.refusal { try await world.call("sla.retire", ["id": sla.at("id")], version: sla.at("version")) }
    #expect(refusal?.code == "sla.in_use", "\(String(describing: refusal))")
  }

  /// What is promised for a tier hides nothing of what is promised otherwise.
  @Test func aTargetForATierHidesNoPromiseOfTheOthers() async throws {
    let (world, line) = try await prepared()
    func target(_ calendar: Value, _ more: KeyValuePairs<String, Value> = [:]) -> Value {
      .object(
        [
          Value.Member("metric", "resolution"), Value.Member("budgetSeconds", .integer(4 * 3600)), Value.Member("calendar", calendar.at("id")),
        ] + more.map { Value.Member($0.key, $0.value) })
    }
    let sla = try await world.call(
      "sla.create",
      ["name": "By tier", "targets": .array([target(world.ours), target(world.theirs, ["priority": 1, "ciTier": "platinum"])])])
    let revised = try await world.call("contract_line.revise", ["id": line.at("id"), "sla": sla.at("id")], version: line.at("version"))
    try await link(revised, world.theirs, in: world)
    let proof = try await world.call("proof.run", ["contract": world.contract.at("id"), "line": line.at("id")]).at("lines.0")
    let coverage = proof.at("gaps").array?.first { $0.at("kind") == "coverage" }
    #expect(coverage?.at("text").text?.contains("resolution P1, P2") ?? false, "\(proof)")
  }
}
