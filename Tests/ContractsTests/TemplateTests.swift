import Contracts
import Kernel
import Operations
import TestSupport
import Testing

@Suite struct TemplateTests {
  private func line(_ world: ContractsWorld, fee: Value) -> Value {
    .array([.object(["name": "Service desk", "sla": world.sla.at("id"), "monthlyFee": fee, "exclusionsEn": "Printers"])])
  }

  @Test func aTemplateIsCopiedAndALaterEditChangesNoContract() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let template = try await database.call(
      "contract_template.create",
      [
        "name": "Standard", "contractName": "Standard support", "currency": "EUR", "renewal": "auto", "noticeMonths": 3, "renewalMonths": 12,
        "lines": line(world, fee: "100.00"),
      ], as: world.manager)
    func contract(_ fields: KeyValuePairs<String, Value> = [:]) async throws -> Value {
      try await database.dispatcher.invoke(
        "contract.create",
        .object(
          [
            Value.Member("customer", .id(world.acme.publicId)), Value.Member("template", template.at("id")),
            Value.Member("startsAt", "2026-01-01T00:00:00Z"), Value.Member("endsAt", "2027-01-01T00:00:00Z"),
          ] + fields.map { Value.Member($0.key, $0.value) }), as: world.manager, Call(requestId: "test")
      ).value
    }
    let first = try await contract()
    #expect(first.at("name") == "Standard support" && first.at("currency") == "EUR")
    #expect(first.at("renewal") == "auto" && first.at("noticeMonths") == 3 && first.at("renewalMonths") == 12)
    #expect(first.at("lines.0.monthlyFee") == .decimal("100.00") && first.at("lines.0.exclusionsEn") == "Printers")
    // What is given wins.
    let second = try await contract(["name": "Other", "renewal": "manual", "lines": .array([])])
    #expect(second.at("name") == "Other" && second.at("renewal") == "manual" && second.at("lines").array?.isEmpty == true)

    _ = try await database.call(
      "contract_template.revise", ["id": template.at("id"), "currency": "CHF", "lines": line(world, fee: "250.00")], as: world.manager, version: 1)
    #expect(try await database.call("contract.read", ["id": first.at("id")], as: world.manager) == first)
    let third = try await contract()
    #expect(third.at("currency") == "CHF" && third.at("renewal") == "auto" && third.at("lines.0.monthlyFee") == .decimal("250.00"))
    #expect(third.at("name") == "Standard support", "what is not given is kept")
    // Its amounts are of its own currency.
    #expect(await violations { try await contract(["currency": "USD"]) } == ["currency contract_template.other_currency"])
    #expect(try await contract(["currency": "USD", "lines": .array([])]).at("currency") == "USD")
    #expect(
      await violations {
        try await database.call("contract_template.revise", ["id": template.at("id"), "currency": "USD"], as: world.manager, version: 2)
      } == ["currency contract_template.other_currency"])

    let before = try await database.call("contract_template.read", ["id": template.at("id")], as: world.manager)
    let retired = try await database.call(
      "contract_template.revise", ["id": template.at("id"), "name": "Old", "state": "retired"], as: world.manager, version: 2)
    #expect(retired.at("content") == before.at("content") && retired.at("name") == "Old" && retired.at("state") == "retired")
    #expect(await violations { try await contract() } == ["template input.unknown_reference"])
  }

  @Test func aWrongTemplateIsRefused() async throws {
    let world = try await ContractsWorld()
    func refused(_ input: KeyValuePairs<String, Value>) async -> [String] {
      await violations { try await world.database.call("contract_template.create", input, as: world.manager) }
    }
    #expect(await refused(["name": "T", "currency": "EUX"]) == ["currency contract.unknown_currency"])
    #expect(await refused(["name": "T", "currency": "EUR", "renewal": "auto", "noticeDays": 1]) == ["renewalMonths contract.auto_needs_months"])
    #expect(await refused(["name": "T", "currency": "JPY", "lines": line(world, fee: "1.50")]) == ["lines[0].monthlyFee contract.bad_fee"])
    let own = try await world.database.call(
      "sla.create", ["name": "Own", "onlyFor": .id(world.acme.publicId), "targets": .array([ContractsWorld.target(world.calendar)])], as: world.manager)
    let lines: Value = .array([.object(["name": "L", "sla": own.at("id")])])
    #expect(await refused(["name": "T", "currency": "EUR", "lines": lines]) == ["lines[0].sla input.unknown_reference"])
    #expect(
      await violations {
        try await world.database.call(
          "contract.create", ["customer": .id(world.acme.publicId), "startsAt": "2026-01-01T00:00:00Z"], as: world.manager)
      } == ["name contract.needed_without_template"])
  }
}
