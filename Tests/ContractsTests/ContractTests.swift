import Contracts
import Kernel
import Operations
import TestSupport
import Testing

/// Contracts and lines through the dispatcher.
@Suite struct ContractTests {
  @Test func aContractIsMadeWithItsLinesInOneCall() async throws {
    let world = try await ContractsWorld()
    let contract = try await world.contract()
    #expect(contract.at("number") == "ACME-CON-000001")
    #expect(contract.at("state") == "active")
    #expect(contract.at("inForce") == .bool(true))
    #expect(contract.at("zone") == "Europe/Berlin")
    #expect(contract.at("lines.0.monthlyFee") == .decimal("1250.00"))
    #expect(contract.at("lines.0.targets").array?.count == 2)
    #expect(try await world.contract(name: "Second").at("number") == "ACME-CON-000002")
    #expect(try await world.database.call("contract.read", ["id": contract.at("id")], as: world.manager) == contract)
    let listed = try await world.database.call("contract.list", ["customer": .id(world.acme.publicId), "limit": 1], as: world.manager)
    #expect(listed.at("items.0.id") == contract.at("id"))
    let next = try await world.database.call(
      "contract.list", ["customer": .id(world.acme.publicId), "limit": 1, "cursor": listed.at("next")], as: world.manager)
    #expect(next.at("items.0.name") == "Second")
    #expect(next.at("next") == .null)
  }

  @Test func aWrongContractIsRefusedByPath() async throws {
    let world = try await ContractsWorld()
    let customer: Value = .id(world.acme.publicId)
    let sla = world.sla.at("id")
    func refused(_ input: KeyValuePairs<String, Value>) async -> [String] {
      await violations { try await world.database.call("contract.create", input, as: world.manager) }
    }
    func refused(line: KeyValuePairs<String, Value>) async -> [String] {
      await refused([
        "customer": customer, "name": "A", "currency": "JPY", "startsAt": "2026-01-01T00:00:00Z", "lines": .array([.object(line)]),
      ])
    }
    #expect(
      await refused(["customer": customer, "name": "A", "currency": "EUX", "startsAt": "2026-01-01T00:00:00Z"]) == ["currency contract.unknown_currency"])
    #expect(
      await refused(["customer": customer, "name": "A", "currency": "EUR", "zone": "Nowhere", "startsAt": "2026-01-01T00:00:00Z"])
        == ["zone contract.unknown_zone"])
    #expect(
      await refused(["customer": customer, "name": "A", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-01T00:00:00Z"])
        == ["endsAt contract.term_order"])
    #expect(await refused(line: ["name": "L", "sla": sla, "monthlyFee": "1.5"]) == ["lines[0].monthlyFee contract.bad_fee"])
    #expect(await refused(line: ["name": "L", "sla": sla, "monthlyFee": "-1"]) == ["lines[0].monthlyFee contract.bad_fee"])
    #expect(await refused(line: ["name": "L", "sla": .id(world.unknown(.sla))]) == ["lines[0].sla input.unknown_reference"])
    #expect(await refused(line: ["name": "L", "sla": sla, "unit": .id(world.unknown(.unit))]) == ["lines[0].unit input.unknown_reference"])
    // Nothing of what was refused is left.
    #expect(try await world.contract().at("number") == "ACME-CON-000001")
  }

  @Test func versionsTellWhatHeldWhen() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let id = try await world.contract().at("id")
    func read(_ at: String) async throws -> Value { try await database.call("contract.read", ["id": id, "asOf": .text(at)], as: world.manager) }

    let suspended = try await database.call(
      "contract.change", ["id": id, "event": "suspend", "validFrom": "2026-04-01T00:00:00Z"], as: world.manager, version: 1)
    #expect(suspended.at("state") == "suspended")
    _ = try await database.call(
      "contract.change", ["id": id, "event": "resume", "name": "Support 2", "endsAt": "2027-01-01T00:00:00Z", "validFrom": "2026-05-01T00:00:00Z"],
      as: world.manager, version: 2)
    #expect(try await read("2026-03-31T23:59:59Z").at("inForce") == .bool(true))
    #expect(try await read("2026-04-01T00:00:00Z").at("inForce") == .bool(false))
    #expect(try await read("2026-05-01T00:00:00Z").at("name") == "Support 2")
    #expect(try await read("2027-01-01T00:00:00Z").at("inForce") == .bool(false))
    #expect(try await read("2025-12-31T00:00:00Z").at("inForce") == .bool(false))

    await expectFailure(.conflict) { try await database.call("contract.change", ["id": id, "event": "resume"], as: world.manager, version: 3) }
    await expectFailure(.conflict) { try await database.call("contract.change", ["id": id, "zone": "UTC"], as: world.manager, version: 3) }
    #expect(
      await violations { try await database.call("contract.change", ["id": id, "event": "end"], as: world.manager, version: 3) }
        == ["validFrom version.not_later_than_planned"])
    #expect(await violations { try await database.call("contract.change", ["id": id], as: world.manager, version: 3) } == ["contract.nothing_to_change"])
    _ = try await database.call("contract.change", ["id": id, "event": "end", "validFrom": "2026-08-01T00:00:00Z"], as: world.manager, version: 3)
    await expectFailure(.conflict) {
      try await database.call("contract.change", ["id": id, "name": "Too late", "validFrom": "2026-09-01T00:00:00Z"], as: world.manager, version: 4)
    }

    let history = try await database.call("contract.history", ["id": id, "limit": 3], as: world.manager)
    #expect(history.at("items").array?.map { $0.at("state") } == ["ended", "active", "suspended"])
    let rest = try await database.call("contract.history", ["id": id, "limit": 3, "cursor": history.at("next")], as: world.manager)
    #expect(rest.at("items").array?.map { $0.at("name") } == ["Support", "Service desk"])
    #expect(rest.at("items.0.line") == .null)
    #expect(rest.at("items.1.monthlyFee") == .decimal("1250.00"))
  }

  @Test func aDraftIsInForceSinceItsTermBeganOnceItIsActive() async throws {
    let world = try await ContractsWorld()
    let draft = try await world.database.call(
      "contract.create",
      ["customer": .id(world.acme.publicId), "name": "D", "state": "draft", "currency": "EUR", "startsAt": "2026-02-01T00:00:00Z"], as: world.manager)
    let line = try await world.database.call(
      "contract_line.add", ["contract": draft.at("id"), "name": "L", "sla": world.sla.at("id")], as: world.manager)
    #expect(line.at("validFrom") == "1970-01-01T00:00:00Z")
    let inDraft = try await world.terms(at: "2026-02-10T00:00:00Z")
    #expect(inDraft == nil)
    let active = try await world.database.call(
      "contract.change", ["id": draft.at("id"), "event": "activate", "zone": "Asia/Tokyo"], as: world.manager, version: 1)
    #expect(active.at("validFrom") == "2026-02-01T00:00:00Z")
    #expect(try await world.terms(at: "2026-02-10T00:00:00Z")?.contractZone == "Asia/Tokyo")
    #expect(try await world.terms(at: "2026-01-31T23:59:59Z") == nil)
  }

  @Test func aLineIsRevisedAndEnded() async throws {
    let world = try await ContractsWorld()
    let contract = try await world.contract()
    let id = contract.at("lines.0.id")
    let unit = try await world.database.call("unit.add", ["customer": .id(world.acme.publicId), "kind": "site", "name": "Berlin"], as: world.manager)
    let revised = try await world.database.call(
      "contract_line.revise", ["id": id, "unit": unit.at("id"), "monthlyFee": .null, "validFrom": "2026-04-01T00:00:00Z"], as: world.manager, version: 1)
    #expect(revised.at("unit") == unit.at("id"))
    #expect(revised.at("monthlyFee") == .null)
    _ = try await world.database.call("contract_line.end", ["id": id, "validFrom": "2026-05-01T00:00:00Z"], as: world.manager, version: 2)
    await expectFailure(.conflict) {
      try await world.database.call("contract_line.end", ["id": id, "validFrom": "2026-06-01T00:00:00Z"], as: world.manager, version: 3)
    }
    func listed(_ at: String) async throws -> Value {
      try await world.database.call("contract_line.list", ["contract": contract.at("id"), "asOf": .text(at)], as: world.manager).at("items.0")
    }
    #expect(try await listed("2026-03-31T00:00:00Z").at("monthlyFee") == .decimal("1250.00"))
    #expect(try await listed("2026-04-30T00:00:00Z").at("unit") == unit.at("id"))
    #expect(try await listed("2026-05-01T00:00:00Z").at("state") == "ended")
    #expect(try await world.terms(at: "2026-05-01T00:00:00Z") == nil)
    #expect(try await world.terms(at: "2026-04-30T00:00:00Z") == nil)  // now for one site only
    #expect(try await world.terms(at: "2026-03-31T00:00:00Z")?.reason == .customer)
  }

  /// Who may read and who may manage, role by role; a customer sees its own contracts and nobody else's.
  @Test func rights() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let mine = try await world.contract().at("id")
    let theirs = try await world.contract(of: world.other).at("id")
    for role in StockRole.allCases {
      let isCustomers = role == .customerManager || role == .requester
      let principal = isCustomers ? try await database.user(role, of: world.acme) : try await database.staff(role, for: [world.acme])
      if role == .requester {
        await expectFailure(.denied) { try await database.call("contract.read", ["id": mine], as: principal) }
      } else {
        #expect(try await database.call("contract.read", ["id": mine], as: principal).at("lines.0.targets").array?.count == 2)
        await expectFailure(.notFound) { try await database.call("contract.read", ["id": theirs], as: principal) }
      }
      let change = { try await database.call("contract.change", ["id": mine, "name": "N"], as: principal, version: 99) }
      switch role {
      case .administrator, .accountManager: await expectFailure(.versionMismatch) { try await change() }
      default: await expectFailure(.denied) { try await change() }
      }
      if isCustomers {
        await expectFailure(.denied) { try await database.call("sla.read", ["id": world.sla.at("id")], as: principal) }
        #expect(try await database.call("calendar.read", ["id": world.calendar.at("id")], as: principal).at("name") == "Office")
      }
    }
    let listed = try await database.staff(.accountManager, for: [world.acme])
    await expectFailure(.denied) {
      try await database.call("calendar.revise", ["id": world.calendar.at("id"), "stock": "24x7", "zone": "UTC"], as: listed, version: 1)
    }
    let own = try await database.user(.customerManager, of: world.acme)
    #expect(try await database.call("contract.list", as: own).at("items").array?.count == 1)
  }
}
