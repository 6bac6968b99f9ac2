import Contracts
import Kernel
import Operations
import ServiceTime
import TestSupport
import Testing

/// Calendars and SLAs through the dispatcher.
@Suite struct DefinitionTests {
  @Test func aCalendarIsVersionedAndReadAsOfAnInstant() async throws {
    let world = try await ContractsWorld()
    let id = world.calendar.at("id")
    #expect(world.calendar.at("zone") == "Europe/Berlin")
    #expect(world.calendar.at("definition.week.mon") == .array([.array(["09:00", "17:00"])]))

    let revised = try await world.database.call(
      "calendar.revise", ["id": id, "stock": "24x7", "zone": "UTC", "validFrom": "2026-06-01T00:00:00Z"], as: world.manager, version: 1)
    #expect(revised.at("version") == 2)
    #expect(revised.at("zone") == "UTC")
    let before = try await world.database.call("calendar.read", ["id": id], as: world.manager)
    #expect(before.at("zone") == "Europe/Berlin")
    #expect(before.at("version") == 2)
    let after = try await world.database.call("calendar.read", ["id": id, "asOf": "2026-06-01T00:00:00Z"], as: world.manager)
    #expect(after.at("zone") == "UTC")

    #expect(
      await violations {
        try await world.database.call(
          "calendar.revise", ["id": id, "stock": "24x7", "zone": "UTC", "validFrom": "2026-06-01T00:00:00Z"], as: world.manager, version: 2)
      } == ["validFrom version.not_later_than_planned"])
    await expectFailure(.versionMismatch) {
      try await world.database.call("calendar.revise", ["id": id, "stock": "24x7", "zone": "UTC"], as: world.manager, version: 1)
    }
    let listed = try await world.database.call("calendar.list", ["limit": 1], as: world.manager)
    #expect(listed.at("items.0.id") == id)
    #expect(listed.at("next") == .null)
  }

  @Test func aWrongCalendarIsRefusedByPath() async throws {
    let world = try await ContractsWorld()
    func refused(_ input: KeyValuePairs<String, Value>) async -> [String] {
      await violations { try await world.database.call("calendar.create", input, as: world.manager) }
    }
    let backwards: Value = .object(["zone": "UTC", "week": .object(["mon": .array([.array(["17:00", "09:00"])])])])
    #expect(await refused(["name": "A", "definition": backwards]) == ["definition.week.mon[0] calendar.opening_order"])
    #expect(await refused(["name": "A", "stock": "5x8", "zone": "Mars/Base"]) == ["zone calendar.unknown_zone"])
    #expect(await refused(["name": "A", "definition": .object(["zone": "UTC"])]) == ["definition calendar.never_open"])
    #expect(await refused(["name": "A", "stock": "5x8"]) == ["stock calendar.definition_or_stock"])
    #expect(await refused(["name": "A", "definition": backwards, "stock": "5x8", "zone": "UTC"]) == ["definition calendar.definition_or_stock"])
    #expect(await refused(["name": "Office", "stock": "5x8", "zone": "UTC"]) == ["calendar.name_taken"])
  }

  @Test func aWrongSlaIsRefusedByPath() async throws {
    let world = try await ContractsWorld()
    let hidden = try await world.database.call(
      "calendar.create", ["name": "Hidden", "stock": "24x7", "zone": "UTC", "published": .bool(false)], as: world.manager)
    let ofOther = try await world.database.call(
      "calendar.create", ["name": "Theirs", "stock": "24x7", "zone": "UTC", "onlyFor": .id(world.other.publicId)], as: world.manager)
    func refused(_ target: KeyValuePairs<String, Value>, _ more: Value...) async -> [String] {
      let targets: [Value] = [.object(target)] + more
      return await violations { try await world.database.call("sla.create", ["name": "A", "targets": .array(targets)], as: world.manager) }
    }
    let calendar = world.calendar.at("id")
    let path = "targets[0]"
    #expect(await refused(["metric": "response", "priority": 1, "calendar": calendar]) == ["\(path).budgetSeconds sla.one_budget"])
    #expect(
      await refused(["metric": "response", "priority": 1, "calendar": calendar, "budgetSeconds": 1, "businessDays": 1])
        == ["\(path).budgetSeconds sla.one_budget"])
    #expect(
      await refused(["metric": "response", "priority": 1, "calendar": calendar, "budgetSeconds": 1, "pauses": .bool(true)])
        == ["\(path).pauses sla.response_pauses"])
    #expect(
      await refused(["metric": "response", "priority": 1, "calendar": hidden.at("id"), "budgetSeconds": 1])
        == ["\(path).calendar sla.calendar_not_published"])
    #expect(
      await refused(["metric": "response", "priority": 1, "calendar": ofOther.at("id"), "budgetSeconds": 1])
        == ["\(path).calendar sla.calendar_of_other"])
    #expect(
      await refused(["metric": "response", "priority": 1, "calendar": .id(world.unknown(.calendar)), "budgetSeconds": 1])
        == ["\(path).calendar input.unknown_reference"])
    #expect(
      await refused(["metric": "response", "priority": 1, "calendar": calendar, "budgetSeconds": 1], ContractsWorld.target(world.calendar))
        == ["targets[1].metric sla.duplicate_target"])
    #expect(
      await refused(["metric": "response", "priority": 10, "calendar": calendar, "budgetSeconds": 1]) == ["\(path).priority input.range"])
    let once: Value = .object([
      "zone": "UTC", "exceptions": .array([.object(["date": "2030-01-01", "open": .array([.array(["00:00", "01:00"])])])]),
    ])
    let rare = try await world.database.call("calendar.create", ["name": "Rare", "definition": once], as: world.manager)
    #expect(
      await refused(["metric": "response", "priority": 1, "calendar": rare.at("id"), "budgetSeconds": 3601])
        == ["\(path).budgetSeconds sla.budget_never_ends"])
  }

  @Test func anSlaIsVersionedWithAllItsTargets() async throws {
    let world = try await ContractsWorld()
    let id = world.sla.at("id")
    #expect(world.sla.at("resolutionStopsAt") == "resolved")
    #expect(world.sla.at("targets.0.metric") == "response")
    #expect(world.sla.at("targets.0.pauses") == .bool(false))
    #expect(world.sla.at("targets.1.pauses") == .bool(true))
    #expect(world.sla.at("targets.1.objective") == .decimal("95"))
    let revised = try await world.database.call(
      "sla.revise",
      [
        "id": id, "name": "Gold", "resolutionStopsAt": "closed", "validFrom": "2026-04-01T00:00:00Z",
        "targets": .array([.object(["metric": "resolution", "priority": 2, "businessDays": 3, "calendar": world.calendar.at("id")])]),
      ], as: world.manager, version: 1)
    #expect(revised.at("targets").array?.count == 1)
    #expect(revised.at("targets.0.businessDays") == 3)
    let before = try await world.database.call("sla.read", ["id": id, "asOf": "2026-03-31T23:59:59Z"], as: world.manager)
    #expect(before.at("targets").array?.count == 2)
    #expect(before.at("resolutionStopsAt") == "resolved")
    #expect(before.at("name") == "Gold")
  }

  /// What a calendar is called may tell whose it is: a customer sees those of its own lines, planned and past ones too, and no other.
  @Test func aCustomerSeesTheCalendarsOfItsLines() async throws {
    let world = try await ContractsWorld()
    let other = try await world.database.call("calendar.create", ["name": "Plant of OTHER", "stock": "24x7", "zone": "UTC"], as: world.manager).at("id")
    let customer = try await world.database.user(.customerManager, of: world.acme)
    func names() async throws -> [Value]? { try await world.database.call("calendar.list", as: customer).at("items").array?.map { $0.at("name") } }
    #expect(try await names() == [])
    _ = try await world.contract(startsAt: "2027-01-01T00:00:00Z")
    #expect(try await names() == ["Office"])
    #expect(try await world.database.call("calendar.read", ["id": world.calendar.at("id")], as: customer).at("name") == "Office")
    await expectFailure(.notFound) { try await world.database.call("calendar.read", ["id": other], as: customer) }
    // What was withdrawn promises nothing.
    let plant: Value = .object(["id": other])
    _ = try await world.database.call(
      "sla.revise", ["id": world.sla.at("id"), "targets": .array([ContractsWorld.target(plant)]), "validFrom": "2027-06-01T00:00:00Z"],
      as: world.manager, version: 1)
    #expect(try await names() == ["Office", "Plant of OTHER"])
    _ = try await world.database.call("sla.withdraw", ["id": world.sla.at("id"), "reason": "Not agreed"], as: world.manager, version: 2)
    #expect(try await names() == ["Office"])
    await expectFailure(.notFound) { try await world.database.call("calendar.read", ["id": other], as: customer) }
  }

  /// A calendar or SLA for one customer is hidden from every other, and from staff who do not serve that one.
  @Test func aDefinitionForOneCustomerIsHiddenFromOthers() async throws {
    let world = try await ContractsWorld()
    let id = try await world.database.call(
      "calendar.create", ["name": "Acme plant", "stock": "24x7", "zone": "UTC", "onlyFor": .id(world.acme.publicId)], as: world.manager
    ).at("id")
    let readers = [
      try await world.database.user(.requester, of: world.acme), try await world.database.staff(.engineer, for: [world.acme]),
      try await world.database.staff(.engineer),
    ]
    for reader in readers { #expect(try await world.database.call("calendar.read", ["id": id], as: reader).at("id") == id) }
    let strangers = [try await world.database.user(.requester, of: world.other), try await world.database.staff(.engineer, for: [world.other])]
    for stranger in strangers {
      await expectFailure(.notFound) { try await world.database.call("calendar.read", ["id": id], as: stranger) }
      let names = try await world.database.call("calendar.list", as: stranger).at("items").array?.map { $0.at("name") }
      // To customers it shows only those in which something was promised to them.
      #expect(names == (stranger.side == .staff ? ["Office"] : []))
    }
    let sla = try await world.database.call(
      "sla.create",
      [
        "name": "Acme only", "onlyFor": .id(world.acme.publicId),
        "targets": .array([.object(["metric": "response", "priority": 1, "budgetSeconds": 60, "calendar": id])]),
      ],
      as: world.manager
    ).at("id")
    #expect(
      await violations {
        try await world.database.call(
          "contract.create",
          [
            "customer": .id(world.other.publicId), "name": "X", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
            "lines": .array([.object(["name": "X", "sla": sla])]),
          ], as: world.manager)
      } == ["lines[0].sla input.unknown_reference"])
  }
}

extension ContractsWorld {
  /// An id of the right shape that names nothing.
  func unknown(_ kind: IdKind) -> PublicId { .none(kind: kind.prefix, handle: (kind.owner == .provider ? database.provider : acme).handle) }
}
