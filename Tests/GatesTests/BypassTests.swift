import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Who lets something pass says why, and that stays.
@Suite struct BypassTests {
  @Test func whoMayBypassesWithAReason() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate()
    let incident = try await world.open()
    let resolved = try await world.resolve(incident, [world.bypass(gate)], as: world.administrator)
    #expect(resolved["state"] == "resolved")
    let event = try await world.history(resolved).first { $0["type"] == "incident.gate_bypassed" }
    #expect(event?["payload"] == .object(["gate": gate["id"] ?? .null, "step": "incident.resolve"]))
    #expect(try await !world.history(resolved, as: world.manager).column("type").contains("incident.gate_bypassed"))
    let passage = try await world.passages().first
    #expect(passage?["outcome"] == "bypassed" && passage?["bypassReason"] == "The user left" && passage?["bypassedBy"] == .text(world.administrator.name))
    let audit = try await world.invoke(
      "audit.list", [Value.Member("customer", .id(world.acme.publicId)), Value.Member("operation", "incident.resolve")], as: world.database.root)
    #expect(String(decoding: JSON.write(audit), as: UTF8.self).contains("The user left"))
  }

  /// He is stopped as anybody is, and that he tried is on record.
  @Test func whoMayNotBypassIsStopped() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate()
    let incident = try await world.open()
    let failure = try await world.stopped { try await world.resolve(incident, [world.bypass(gate)]) }
    #expect(failure.arguments["missing"] == "category" && failure.arguments["owner"] == "Account")
    #expect(failure.violations.map { "\($0.path) \($0.message.key)" } == ["bypass[0] gate.may_not_bypass", "category gate.field_missing"])
    #expect(try await world.friction().first.map { [$0["stops"], $0["waiting"], $0["bypassed"]] } == [1, 1, 0])
    let asked = [Value.Member("operation", "incident.resolve"), Value.Member("outcome", "denied")]
    func denials() async throws -> Int { try await world.invoke("audit.list", asked, as: world.database.root)["items"]?.array?.count ?? 0 }
    #expect(try await denials() == 1)
    try await world.stopped { try await world.resolve(incident) }
    #expect(try await denials() == 1, "to be stopped is no denial")
    // What he need not bypass does not stop him.
    let filled = try await world.act("change", on: incident, [Value.Member("category", "network/vpn")])
    #expect(try await world.resolve(filled, [world.bypass(gate)])["state"] == "resolved")
    #expect(try await denials() == 1)
  }

  /// An account manager does not resolve, and an engineer does not bypass: the one lets it pass, the other goes on.
  @Test func somebodyElseLetsItPassBeforehand() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate()
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    world.pass(seconds: 90)
    let more = [Value.Member("gate", gate["id"] ?? .null), Value.Member("reason", "A colleague writes it")]
    await expectFailure(.denied) { try await world.act("bypass_gate", on: incident, more) }
    try await world.act("bypass_gate", on: incident, more, as: world.account)
    let twice = await #expect(throws: Failure.self) { try await world.act("bypass_gate", on: incident, more, as: world.account) }
    #expect(twice?.code == GateMessages.bypassedAlready.key)
    world.pass(seconds: 30)
    #expect(try await world.resolve(incident)["state"] == "resolved", "the version stays good")
    let passages = try await world.passages()
    #expect(passages.column("outcome") == ["bypassed"] && passages.column("waitSeconds") == [120])
    #expect(passages.column("bypassedBy") == [.text(world.account.name)] && passages.column("endedBy") == [.text(world.engineer.name)])
    #expect(try await world.history(incident).column("type").filter { $0 == "incident.gate_bypassed" }.count == 1)
    // It was for that time: reopened, it is asked again.
    let reopened = try await world.act("reopen", on: try await world.act("read", on: incident), [Value.Member("reason", "Still broken.")])
    try await world.stopped { try await world.resolve(reopened) }
  }

  @Test func onlyAGateThatStandsThereIsBypassed() async throws {
    let world = try await GatesWorld()
    let (close, others) = (try await world.gate("incident.close"), try await world.gate(customer: world.other))
    let incident = try await world.open()
    for gate in [close, others] {
      let failure = await #expect(throws: Failure.self) { try await world.resolve(incident, [world.bypass(gate)], as: world.administrator) }
      #expect(failure?.violations.map { "\($0.path) \($0.message.key)" } == ["bypass[0].gate input.unknown_reference"])
    }
    // What is not needed is not recorded as one.
    let gate = try await world.gate()
    let filled = try await world.act("change", on: incident, [Value.Member("category", "network/vpn")])
    _ = try await world.resolve(filled, [world.bypass(gate)])
    #expect(try await world.passages().column("outcome") == ["passed"])
  }

  @Test func anIncidentTellsWhatIsAhead() async throws {
    let world = try await GatesWorld()
    let first = try await world.gate("incident.resolve", GatesWorld.checklist)
    let second = try await world.gate("incident.close", name: "Category")
    try await world.gate(priority: 1)
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let told = try await world.act("gates", on: incident)
    #expect(told["ahead"]?.column("id") == [first.at("id"), second.at("id")])
    #expect(told["ahead"]?.column("missing") == [.array(["backup", "told"]), .array(["category"])])
    #expect(told["ahead"]?.column("stoppedSince") == [.instant(world.database.clock.now()), .null])
    #expect(told["ahead"]?.column("ownerName") == ["Account", "Account"])
    let resolved = try await world.resolve(incident, [Value.Member("checked", .array(["backup", "told"]))])
    let after = try await world.act("gates", on: resolved)
    #expect(after["ahead"]?.column("id") == [second.at("id")] && after["passages"]?.column("outcome") == ["passed"])
    await expectFailure(.denied) { try await world.act("gates", on: incident, as: world.manager) }
    await expectFailure(.notFound) { try await world.act("gates", on: incident, as: world.servesOther) }
  }
}
