import Kernel
import Postgres
import Suppliers
import TestSupport
import Testing

@Suite struct SupplierTests {
  @Test func aSupplierIsRecordedAndChanged() async throws {
    let world = try await SuppliersWorld()
    #expect(world.supplier.at("state") == "active")
    #expect(await violations { try await world.call("supplier.create", ["code": "CLOUD", "name": "X", "zone": "UTC"]) } == ["supplier.code_taken"])
    #expect(await violations { try await world.call("supplier.create", ["code": "cloud", "name": "X", "zone": "UTC"]) } == ["code supplier.bad_code"])
    #expect(
      await violations { try await world.call("supplier.create", ["code": "OTHER", "name": "X", "zone": "Mars/Base"]) } == ["zone supplier.unknown_zone"])
    let ended = try await world.call("supplier.change", ["id": world.supplier.at("id"), "state": "ended"], version: 1)
    #expect(ended.at("state") == "ended" && ended.at("version") == 2)
    await expectFailure(.versionMismatch) { try await world.call("supplier.change", ["id": world.supplier.at("id"), "name": "Y"], version: 1) }
    #expect(
      await violations { try await world.call("supplier_service.add", ["supplier": world.supplier.at("id"), "name": "Storage"]) } == ["supplier.over"])
  }

  @Test func certificationsAreDueBeforeTheyExpire() async throws {
    let world = try await SuppliersWorld()
    func record(_ name: String, _ expires: String, warn: Int64) async throws -> Value {
      try await world.call(
        "certification.record",
        [
          "supplier": world.supplier.at("id"), "name": .text(name), "validOn": "2023-03-01", "expiresOn": .text(expires), "warnDays": .integer(warn),
        ])
    }
    let late = try await record("ISO 9001", "2026-02-28", warn: 30)
    let soon = try await record("ISO/IEC 27001", "2026-05-31", warn: 90)
    _ = try await record("SOC 2", "2026-05-31", warn: 89)
    #expect(late.at("state") == "expired" && soon.at("state") == "due")
    // The second of March: 90 days before the end of May.
    let due = try await world.call("certification.due", [:])
    #expect(due.at("items").array?.map { $0.at("name") } == ["ISO 9001", "ISO/IEC 27001"])
    #expect(try await world.call("certification.due", ["on": "2026-03-03"]).at("items").array?.count == 3)
    #expect(try await world.call("certification.due", ["on": "2026-01-01"]).at("items").array?.count == 0)
    let ended = try await world.call("certification.end", ["id": late.at("id")], version: 1)
    #expect(ended.at("state") == "ended")
    await expectFailure(.conflict) { try await world.call("certification.end", ["id": late.at("id")], version: 2) }
    #expect(try await world.call("certification.due", [:]).at("items").array?.count == 1)
    #expect(try await world.call("certification.list", ["supplier": world.supplier.at("id")]).at("items").array?.count == 3)
    #expect(
      await violations {
        try await world.call(
          "certification.record", ["supplier": world.supplier.at("id"), "name": "X", "validOn": "2026-03-01", "expiresOn": "2026-02-28"])
      } == ["expiresOn certification.order"])
    // Of a supplier that is no longer one nobody needs a warning.
    try await world.call("supplier.change", ["id": world.supplier.at("id"), "state": "ended"], version: 1)
    #expect(try await world.call("certification.due", [:]).at("items") == .array([]))
  }

  @Test func contactsAreEndDated() async throws {
    let world = try await SuppliersWorld()
    let contact = try await world.call(
      "supplier_contact.add", ["supplier": world.supplier.at("id"), "name": "Ann", "duty": "escalation", "email": "ann@example.test"])
    let ended = try await world.call("supplier_contact.end", ["id": contact.at("id")], version: 1)
    #expect(ended.at("endedAt") != .null)
    #expect(try await world.call("supplier_contact.list", ["supplier": world.supplier.at("id")]).at("items.0.name") == "Ann")
  }

  /// Customers see nothing of suppliers, and staff who serve one customer change nothing of them.
  @Test func suppliersAreTheProvidersOwn() async throws {
    let world = try await SuppliersWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.denied) { try await world.database.call("supplier.list", as: customer) }
    let narrow = try await world.database.staff(.accountManager, for: [world.acme])
    #expect(try await world.database.call("supplier.list", as: narrow).at("items").array?.count == 1)
    await expectFailure(.denied) {
      try await world.database.call("supplier.create", ["code": "XY", "name": "X", "zone": "UTC"], as: narrow)
    }
  }
}

@Suite struct UnderpinningContractTests {
  private func create(_ world: SuppliersWorld, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    let input: [Value.Member] = [
      Value.Member("supplier", world.supplier.at("id")), Value.Member("reference", "UC-1"), Value.Member("name", "Hosting"),
      Value.Member("currency", "EUR"), Value.Member("startsAt", "2026-01-01T00:00:00Z"),
    ]
    return try await world.database.dispatcher.invoke(
      "underpinning_contract.create", .object(input + more.map { Value.Member($0.key, $0.value) }), as: world.manager, .init(requestId: "test")
    ).value
  }

  @Test func aVersionHoldsItsTargetsAndCosts() async throws {
    let world = try await SuppliersWorld()
    let made = try await create(
      world,
      [
        "targets": .array([
          .object(["metric": "response", "priority": 1, "supplierPriority": "Sev A", "budgetSeconds": 900, "objective": "95"]),
          .object(["metric": "availability", "service": world.service.at("id"), "objective": "99.9", "period": "quarter", "countsFrom": "major"]),
        ]), "costs": .array([.object(["name": "Servers", "amount": "250.00", "due": "month"])]),
      ])
    #expect(made.at("zone") == "UTC" && made.at("inForce") == .bool(true))
    #expect(made.at("targets").array?.count == 2)
    #expect(made.at("targets.0.countsFrom") == "major")
    #expect(made.at("targets.1.supplierPriority") == "Sev A")
    #expect(made.at("costs.0.amount") == .decimal("250.00"))

    let revised = try await world.call(
      "underpinning_contract.revise",
      ["id": made.at("id"), "costs": .array([]), "validFrom": "2026-06-01T00:00:00Z"], version: made.at("version"))
    #expect(revised.at("targets").array?.count == 2)
    #expect(revised.at("costs") == .array([]))
    let now = try await world.call("underpinning_contract.read", ["id": made.at("id")])
    #expect(now.at("costs").array?.count == 1)
    #expect(
      await violations {
        try await world.call(
          "underpinning_contract.revise", ["id": made.at("id"), "name": "X", "validFrom": "2026-06-01T00:00:00Z"], version: 2)
      } == ["validFrom underpinning_contract.not_later"])
    let ended = try await world.call(
      "underpinning_contract.revise", ["id": made.at("id"), "event": "end", "validFrom": "2026-07-01T00:00:00Z"], version: 2)
    #expect(ended.at("state") == "ended")
    #expect(
      await violations {
        try await world.call("underpinning_contract.revise", ["id": made.at("id"), "name": "X", "validFrom": "2026-08-01T00:00:00Z"], version: 3)
      } == ["underpinning_contract.bad_transition"])
  }

  @Test func aWrongContractIsRefusedByPath() async throws {
    let world = try await SuppliersWorld()
    let other = try await world.call("supplier.create", ["code": "OTHER", "name": "Other", "zone": "UTC"])
    let foreign = try await world.call("supplier_service.add", ["supplier": other.at("id"), "name": "Compute"])
    func refused(_ target: KeyValuePairs<String, Value>, _ more: Value...) async -> [String] {
      let targets: [Value] = [.object(target)] + more
      return await violations { try await create(world, ["targets": .array(targets)]) }
    }
    #expect(await refused(["metric": "response", "priority": 1]) == ["targets[0].budgetSeconds underpinning_target.one_budget"])
    #expect(
      await refused(["metric": "response", "budgetSeconds": 1, "businessDays": 1]) == ["targets[0].budgetSeconds underpinning_target.one_budget"])
    #expect(await refused(["metric": "availability"]) == ["targets[0].objective underpinning_target.needs_objective"])
    #expect(
      await refused(["metric": "availability", "objective": "99", "priority": 1]) == ["targets[0].objective underpinning_target.needs_objective"])
    #expect(
      await refused(["metric": "response", "budgetSeconds": 1, "period": "month"]) == ["targets[0].period underpinning_target.only_measured"])
    #expect(
      await refused(["metric": "response", "budgetSeconds": 1, "warnPercents": .array([80, 50])])
        == ["targets[0].warnPercents underpinning_target.warn_order"])
    #expect(
      await refused(["metric": "availability", "objective": "99", "warnPercents": .array([50])])
        == ["targets[0].warnPercents underpinning_target.only_timed"])
    #expect(
      await refused(["metric": "availability", "objective": "99", "service": foreign.at("id")]) == ["targets[0].service supplier_service.of_other"])
    #expect(
      await refused(["metric": "response", "budgetSeconds": 1], .object(["metric": "response", "budgetSeconds": 2]))
        == ["targets[1].metric underpinning_target.duplicate"])
    #expect(
      await violations { try await create(world, ["costs": .array([.object(["name": "X", "amount": "1.001", "due": "once"])])]) }
        == ["costs[0].amount underpinning_contract.bad_amount"])
    #expect(await violations { try await create(world, ["endsAt": "2026-01-01T00:00:00Z"]) } == ["endsAt underpinning_contract.term_order"])
    _ = try await create(world)
    #expect(await violations { try await create(world) } == ["underpinning_contract.reference_taken"])
  }

  @Test func aLineIsLinkedToWhatItRestsOn() async throws {
    let world = try await SuppliersWorld()
    let contract = try await create(world)
    let link = try await world.call(
      "supplier_link.add",
      ["line": world.line, "service": world.service.at("id"), "underpinningContract": contract.at("id"), "role": "provides"])
    #expect(link.at("supplierCode") == "CLOUD" && link.at("weight") == 1)
    func again(_ role: Value, _ validFrom: Value = .null, under contract: Value) async throws -> Value {
      try await world.call(
        "supplier_link.add",
        ["line": world.line, "service": world.service.at("id"), "underpinningContract": contract, "role": role, "validFrom": validFrom])
    }
    // The same once more is refused, and the refusal names it; another role, or another contract, is another link.
    do {
      _ = try await again("provides", "2026-02-01T00:00:00Z", under: contract.at("id"))
      Issue.record("a line rests on a service twice")
    } catch let failure as Failure {
      #expect(failure.kind == .conflict && failure.code == "supplier_link.linked" && failure.arguments["link"] == link.at("id").text, "\(failure)")
    }
    _ = try await again("backup", under: contract.at("id"))
    _ = try await again("provides", under: .null)
    let ended = try await world.call("supplier_link.end", ["id": link.at("id"), "endedAt": "2026-03-01T00:00:00Z"], version: 1)
    #expect(ended.at("endedAt") == "2026-03-01T00:00:00Z")
    await expectFailure(.conflict) { try await world.call("supplier_link.end", ["id": link.at("id")], version: 2) }
    #expect(try await again("provides", "2026-03-01T00:00:00Z", under: contract.at("id")).at("validFrom") == "2026-03-01T00:00:00Z")
    #expect(try await world.call("supplier_link.list", ["line": world.line]).at("items").array?.count == 4)
    let other = try await world.call("supplier.create", ["code": "OTHER", "name": "Other", "zone": "UTC"])
    let foreign = try await world.call("supplier_service.add", ["supplier": other.at("id"), "name": "Compute"])
    #expect(
      await violations {
        try await world.call(
          "supplier_link.add",
          ["line": world.line, "service": foreign.at("id"), "underpinningContract": contract.at("id"), "role": "backup"])
      } == ["underpinningContract supplier_link.other_supplier"])
  }
  /// Of two who say the same at once, one is told that it was said.
  @Test func aLineIsLinkedOnceThoughTwoDoItAtOnce() async throws {
    let world = try await SuppliersWorld()
    let links = try await world.database.superuser.transaction { holder in
      _ = try await holder.query(HeldServices())
      let links = (0..<2).map { _ in
        Task { try await world.call("supplier_link.add", ["line": world.line, "service": world.service.at("id"), "role": "provides"]) }
      }
      try await holder.waitForLocks(2)
      return links
    }
    var told: [String] = []
    for link in links { told += await violations { try await link.value } }
    #expect(told.sorted() == ["accepted", "supplier_link.linked"])
    #expect(try await world.call("supplier_link.list", ["line": world.line]).at("items").array?.count == 1)
  }
}

private struct HeldServices: Statement {
  static let sql = "select id from suppliers.service for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
