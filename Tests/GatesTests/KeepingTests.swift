import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Gates as they are kept, and who may.
@Suite struct KeepingTests {
  @Test func aGateIsCreatedChangedAndRetired() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate()
    #expect(gate["kind"] == "field" && gate["fields"] == .array(["category"]) && gate["customer"] == .id(world.acme.publicId))
    #expect(gate["ownerName"] == "Account" && gate["version"] == 1)
    let id = Value.Member("id", gate["id"] ?? .null)
    let other = try await GatesWorld.id(of: world.engineer, world.database)
    let changed = try await world.invoke("gate.change", [id, Value.Member("owner", other)], as: world.account, version: 1)
    #expect(changed["owner"] == other && changed["name"] == gate["name"] && changed["version"] == 2)
    await expectFailure(.versionMismatch) { try await world.invoke("gate.retire", [id, Value.Member("reason", "x")], as: world.account, version: 1) }
    await expectFailure(.invalid) { try await world.invoke("gate.change", [id], as: world.account, version: 2) }
    let retired = try await world.invoke("gate.retire", [id, Value.Member("reason", "Too many")], as: world.account, version: 2)
    #expect(retired["retiredAt"] == .instant(world.database.clock.now()) && retired["retirement"] == "Too many")
    await expectFailure(.conflict) { try await world.invoke("gate.retire", [id, Value.Member("reason", "x")], as: world.account, version: 3) }
    #expect(try await world.invoke("gate.list", [], as: world.engineer)["items"] == .array([]))
    #expect(try await world.invoke("gate.list", [Value.Member("retired", .bool(true))], as: world.engineer)["items"]?.column("id") == [gate.at("id")])
  }

  @Test func whatMakesNoSenseIsRefused() async throws {
    let world = try await GatesWorld()
    func refused(_ step: String, _ needs: (name: String, value: Value), _ more: [Value.Member] = [], as principal: Principal? = nil) async -> String {
      do {
        try await world.gate(step, needs, more: more, as: principal)
        return "accepted"
      } catch let failure as Failure {
        return failure.violations.map { "\($0.path) \($0.message.key)" }.joined(separator: ", ")
      } catch { return "\(error)" }
    }
    #expect(await refused("incident.resolve", ("fields", .array(["category"])), [Value.Member("evidence", .array(["article"]))]) == " gate.one_kind")
    #expect(await refused("incident.resolve", ("checked", .array(["category"]))).hasPrefix("checked input.unknown_field"))
    #expect(await refused("incident.open", ("fields", .array(["category", "owner"]))) == "fields[1] gate.never_there")
    #expect(await refused("incident.assign", ("fields", .array(["requester", "closureCode"]))) == "fields[1] gate.never_there", "it has not ended")
    #expect(await refused("incident.close", ("fields", .array(["unit", "team"]))) == "fields[1] gate.never_there", "nobody could give it any more")
    #expect(await refused("incident.open", ("evidence", .array(["article"]))) == "evidence[0] gate.never_there")
    #expect(await refused("incident.resolve", ("fields", .array(["category", "category"]))) == "fields[1] gate.twice")
    let item = Value.object(["value": "a", "name": .object(["en": "A"])])
    #expect(await refused("incident.resolve", ("checklist", .array([item, item]))) == "checklist[1] gate.twice")
    #expect(await refused("incident.resolve", ("fields", .array(["colour"]))).hasPrefix("fields[0] input.choice"))
    let past = Value.Member("validFrom", .instant(world.database.clock.now().adding(seconds: -1)))
    #expect(await refused("incident.resolve", ("fields", .array(["category"])), [past]) == "validFrom gate.in_the_past")
  }

  /// Staff who do not serve a customer do not learn of its gates; gates for all are kept by who serves all.
  @Test func gatesAreKeptByWhoServesTheirCustomers() async throws {
    let world = try await GatesWorld()
    let (acmes, all, others) = (try await world.gate(), try await world.gate(forAll: true), try await world.gate(customer: world.other))
    let id = Value.Member("id", acmes["id"] ?? .null)
    await expectFailure(.notFound) { try await world.invoke("gate.read", [id], as: world.servesOther) }
    await expectFailure(.notFound) { try await world.invoke("gate.retire", [id, Value.Member("reason", "x")], as: world.servesOther, version: 1) }
    await expectFailure(.invalid) { try await world.gate(customer: world.acme, as: world.servesOther) }
    await expectFailure(.denied) { try await world.gate(forAll: true, as: world.servesOther) }
    let forAll = Value.Member("id", all["id"] ?? .null)
    await expectFailure(.denied) { try await world.invoke("gate.retire", [forAll, Value.Member("reason", "x")], as: world.servesOther, version: 1) }
    await expectFailure(.denied) {
      try await world.invoke("gate.change", [forAll, Value.Member("purpose", .object(["en": "x"]))], as: world.servesOther, version: 1)
    }
    #expect(try await world.invoke("gate.list", [], as: world.servesOther)["items"]?.column("id") == [all.at("id"), others.at("id")])
    #expect(try await world.gate(customer: world.other, as: world.servesOther)["customer"] == .id(world.other.publicId))
    #expect(
      try await world.invoke("gate.list", [Value.Member("customer", .id(world.acme.publicId))], as: world.account)["items"]?.column("id") == [
        acmes.at("id"), all.at("id"),
      ])
    // Neither by the report, nor by a bypass.
    let period = [Value.Member("customer", .id(world.other.publicId)), Value.Member("gate", acmes["id"] ?? .null)]
    await expectFailure(.invalid) { try await world.invoke("gate.friction", period, as: world.servesOther) }
    let theirs = try await world.open(for: world.other)
    let bypass = [Value.Member("id", theirs["id"] ?? .null), Value.Member("gate", acmes["id"] ?? .null), Value.Member("reason", "x")]
    let hidden = await #expect(throws: Failure.self) { try await world.invoke("incident.bypass_gate", bypass, as: world.servesOther) }
    #expect(hidden?.violations.map { "\($0.path) \($0.message.key)" } == ["gate input.unknown_reference"])
  }

  @Test func aStepHasSoManyGatesAtTheMost() async throws {
    let world = try await GatesWorld()
    for _ in 0..<CreateGate.mostOfStep { try await world.gate() }
    let failure = await #expect(throws: Failure.self) { try await world.gate() }
    #expect(failure?.code == GateMessages.tooMany.key)
    try await world.gate("incident.close")
    try await world.gate(forAll: true)
  }
}
