import Contracts
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@Suite struct CiTests {
  @Test func aCiIsRecordedChangedAndTold() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let person = try await world.call("person.add", ["customer": customer, "name": "Kim", "email": "kim@acme.example"])
    let ci = try await world.call(
      "ci.create",
      [
        "customer": customer, "type": "server", "name": "db-01", "state": "planned", "owner": person.at("id"), "ciTier": "gold", "serial": "SN-1",
        "attributes": .object(["cpu_cores": 8, "memory_gib": "1.50"]),
      ])
    #expect(ci.at("attributes") == .object(["cpu_cores": 8, "memory_gib": .decimal("1.5")]))
    #expect(ci.at("typeName.zh-Hans") == "服务器" && ci.at("state") == "planned" && ci.at("findings") == .array([]))
    let changed = try await world.call(
      "ci.change", ["id": ci.at("id"), "name": "db-02", "owner": .null, "attributes": .object(["memory_gib": 4, "cpu_cores": .null])],
      version: ci.at("version"))
    #expect(changed.at("owner") == .null && changed.at("attributes") == .object(["memory_gib": 4]) && changed.at("version") == 2)
    let history = try await world.call("ci.history", ["id": ci.at("id"), "limit": 4]).at("items").array ?? []
    #expect(history.map { $0.at("version") } == [2, 2, 2, 2])
    #expect(
      history.map { "\($0.at("field").text ?? "") \(JSON.text($0.at("was"))) \(JSON.text($0.at("became")))" } == [
        "attributes.memory_gib 1.5 4", "attributes.cpu_cores 8 null", "owner \(JSON.text(person.at("id"))) null", "name \"db-01\" \"db-02\"",
      ])
    #expect(history.allSatisfy { $0.at("actorKind") == "staff" && $0.at("via") == "http" })
    await expectFailure(.versionMismatch) { try await world.call("ci.change", ["id": ci.at("id"), "name": "late"], version: 1) }
    #expect(
      await violations { try await world.call("ci.change", ["id": ci.at("id"), "name": "db-02"], version: 2) } == ["ci.nothing_to_change"])
    #expect(
      await violations {
        try await world.call("ci.change", ["id": ci.at("id"), "attributes": .object(["cpu_cores": 0, "wheels": 4])], version: 2)
      } == ["attributes.cpu_cores input.range", "attributes.wheels ci.unknown_attribute"])
    // Append-only: the server's own role may not rewrite what was.
    await #expect(throws: PostgresError.self) {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff) { _ = try await $0.execute(RewriteHistory()) }
    }
  }

  @Test func costsAreForThoseWhoMaySeeThem() async throws {
    let world = try await AssetsWorld()
    let ci = try await world.server("priced")
    let finance = try await world.database.staff(.finance)
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let priced = try await world.call("ci_cost.set", ["id": ci.at("id"), "cost": "1250.50", "currency": "EUR"], as: finance, version: ci.at("version"))
    #expect(priced.at("cost") == .decimal("1250.50") && priced.at("currency") == "EUR")
    for reader in [world.engineer, customer] {
      let read = try await world.call("ci.read", ["id": ci.at("id")], as: reader)
      #expect(read.at("cost") == .null && read.at("currency") == .null)
      let listed = try await world.call("ci.list", ["customer": .id(world.acme.publicId)], as: reader)
      #expect(!JSON.text(listed).contains("1250") && listed.at("items").array?.count == 1)
      #expect(!JSON.text(try await world.call("ci.history", ["id": ci.at("id")], as: reader)).contains("1250"))
    }
    await expectFailure(.denied) {
      try await world.call("ci_cost.set", ["id": ci.at("id"), "cost": "1", "currency": "EUR"], version: priced.at("version"))
    }
    await expectFailure(.denied) { try await world.call("ci_cost.read", ["customer": .id(world.acme.publicId)]) }
    #expect(JSON.text(try await world.call("ci.history", ["id": ci.at("id")], as: finance)).contains("1250.50 EUR"))
    let sums = try await world.call("ci_cost.read", ["customer": .id(world.acme.publicId)], as: finance)
    #expect(sums.at("sums") == .array([.object(["type": "server", "count": 1, "cost": .decimal("1250.50"), "currency": "EUR"])]))
    let wrong = await violations {
      try await world.call("ci_cost.set", ["id": ci.at("id"), "cost": "1.001", "currency": "EUR"], as: finance, version: priced.at("version"))
    }
    #expect(wrong == ["cost ci.bad_amount"])
  }

  /// A requester sees what he answers for, a customer's manager all of it, and another customer nothing.
  @Test func whoSeesWhat() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let stranger = try await world.database.user(.customerManager, of: world.other)
    let people = try await world.call("person.list", ["customer": customer]).at("items").array ?? []
    let own = try #require(people.first)
    let mine = try await world.call("ci.create", ["customer": customer, "type": "mobile", "name": "My phone", "owner": own.at("id")])
    let theirs = try await world.server("Rack server")
    #expect(try await world.call("ci.list", [:], as: requester).at("items").each("name") == ["My phone"])
    #expect(try await world.call("ci.list", [:], as: manager).at("items").each("name") == ["My phone", "Rack server"])
    #expect(try await world.call("ci.list", [:], as: stranger).at("items").each("name") == [])
    #expect(try await world.call("ci.read", ["id": mine.at("id")], as: requester).at("name") == "My phone")
    await expectFailure(.notFound) { try await world.call("ci.read", ["id": theirs.at("id")], as: requester) }
    await expectFailure(.notFound) { try await world.call("ci.read", ["id": mine.at("id")], as: stranger) }
    await expectFailure(.denied) { try await world.call("ci.create", ["type": "server", "name": "x"], as: manager) }
    func names(_ filter: KeyValuePairs<String, Value>) async throws -> [String] {
      let input = [Value.Member("customer", customer)] + filter.map { Value.Member($0.key, $0.value) }
      return try await world.database.dispatcher.invoke("ci.list", .object(input), as: world.engineer, Call(requestId: "test")).value.at("items").each("name")
    }
    #expect(try await names(["type": "mobile"]) == ["My phone"])
    #expect(try await names(["owner": own.at("id")]) == ["My phone"])
    #expect(try await names(["text": "RACK  s"]) == ["Rack server"])
    #expect(try await names(["state": "retired"]) == [])
  }

  @Test func typesAreRevisedAndRetired() async throws {
    let world = try await AssetsWorld()
    let manager = try await world.database.staff(.accountManager)
    let label = Value.object(["en": "Size", "zh-Hans": "尺寸"])
    let type = try await world.call(
      "ci_type.create",
      ["code": "rack", "name": label, "attributes": .array([.object(["key": "units", "label": label, "type": "integer"])])], as: manager)
    let ci = try await world.call(
      "ci.create", ["customer": .id(world.acme.publicId), "type": "rack", "name": "R1", "attributes": .object(["units": 60])])
    let strict = Value.array([
      .object(["key": "units", "label": label, "type": "integer", "most": "48"]),
      .object(["key": "room", "label": label, "type": "text", "required": .bool(true)]),
    ])
    let revised = try await world.call("ci_type.revise", ["id": type.at("id"), "attributes": strict], as: manager, version: type.at("version"))
    let read = try await world.call("ci.read", ["id": ci.at("id")])
    #expect(read.at("attributes") == .object(["units": 60]) && read.at("findings").each("attribute") == ["units", "room"])
    let found = try await world.call("ci.findings", ["customer": .id(world.acme.publicId), "check": "attributes"])
    #expect(found.at("items").each("name") == ["R1"] && found.at("items.0.attributes").each("attribute") == ["units", "room"])
    // What the newer version would refuse does not stand in the way of another change.
    let renamed = try await world.call("ci.change", ["id": ci.at("id"), "name": "R2"], version: read.at("version"))
    #expect(renamed.at("attributes") == .object(["units": 60]))
    let retired = try await world.call("ci_type.retire", ["id": type.at("id")], as: manager, version: revised.at("version"))
    #expect(retired.at("state") == "retired")
    #expect(
      await violations { try await world.call("ci.create", ["customer": .id(world.acme.publicId), "type": "rack", "name": "R3"]) } == ["type ci_type.retired"])
    #expect(try await world.call("ci.read", ["id": ci.at("id")]).at("type") == "rack")
    await expectFailure(.denied) { try await world.call("ci_type.retire", ["id": type.at("id")], version: retired.at("version")) }
    #expect(try await world.call("ci_type.list", ["state": "active"]).at("items").each("code").count == 10)
    // A mistaken click is no end, and a name is no fate.
    let restored = try await world.call("ci_type.restore", ["id": type.at("id")], as: manager, version: retired.at("version"))
    #expect(restored.at("state") == "active" && restored.at("attributes") == revised.at("attributes"))
    #expect(
      await violations { try await world.call("ci_type.restore", ["id": type.at("id")], as: manager, version: restored.at("version")) }
        == ["ci_type.active"])
    let named = try await world.call(
      "ci_type.revise", ["id": type.at("id"), "name": .object(["en": "Rack"]), "attributes": .array([])], as: manager, version: restored.at("version"))
    #expect(named.at("name") == .object(["en": "Rack"]))
    // What the newest version knows no more is told as it is without harm, and found.
    let left = try await world.call("ci.read", ["id": ci.at("id")])
    #expect(left.at("findings").each("attribute") == ["units"])
    let same = try await world.call(
      "ci.change", ["id": ci.at("id"), "name": "R4", "attributes": left.at("attributes")], version: left.at("version"))
    #expect(same.at("attributes") == .object(["units": 60]))
    let line = Value.object(["name": "R4", "ciTier": "gold", "attributes": .object(["units": "60"])])
    #expect(try await world.lines([line], match: "name").at("changed") == 1)
  }

  /// What only some may read is not told to others beside a CI.
  @Test func contractsAndServicesAreNotForEverybody() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let accountManager = try await world.database.staff(.accountManager)
    let lines = try await world.contractLines(as: accountManager)
    try await world.database.catalogueService("SOCNEW")
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let own = try #require(try await world.call("person.list", ["customer": customer]).at("items").array?.first)
    let ci = try await world.call(
      "ci.create", ["customer": customer, "type": "mobile", "name": "My phone", "owner": own.at("id"), "service": "SOCNEW"])
    try await world.call("ci.cover", ["id": ci.at("id"), "line": lines[0], "on": "2026-01-01"], as: accountManager, version: ci.at("version"))
    #expect(try await world.call("ci.read", ["id": ci.at("id")], as: requester).at("coverage") == .array([]))
    for reader in [manager, world.engineer] {
      #expect(try await world.call("ci.read", ["id": ci.at("id")], as: reader).at("coverage.0.lineName") == "Line 0")
    }
    // A service that is not in the catalogue yet is not told to the customer, in the history no more than in the CI.
    _ = try await world.database.superuser.transaction { try await $0.execute(Withdraw()) }
    #expect(try await world.call("ci.read", ["id": ci.at("id")], as: manager).at("service") == .null)
    for reader in [manager, world.engineer] {
      let service = try await world.call("ci.read", ["id": ci.at("id")], as: reader).at("service")
      let history = try await world.call("ci.history", ["id": ci.at("id")], as: reader).at("items").array ?? []
      #expect(history.first { $0.at("field") == "service" }?.at("became") == service)
    }
  }

  /// Nor does whoever serves one customer learn what was designed for another.
  @Test func aServiceOfAnotherCustomerIsNotThere() async throws {
    let world = try await AssetsWorld()
    try await world.database.catalogueService("TAILORED")
    try await world.database.runAsSuperuser(
      "update catalog.service set only_tenant_id = (select id from tenancy.tenant where code = 'OTHER') where code = 'TAILORED'")
    func made(_ code: Value, for tenant: TenantEntry) async -> [String] {
      await violations {
        try await world.call("ci.create", ["customer": .id(tenant.publicId), "type": "mobile", "name": "Phone", "service": code])
      }
    }
    #expect(await made("TAILORED", for: world.acme) == made("NOSUCH", for: world.acme))
    #expect(await made("TAILORED", for: world.other) == ["accepted"])
    let line: Value = .object(["line": 2, "type": "mobile", "name": "Phone", "serial": "S1", "service": "TAILORED"])
    #expect(try await world.lines([line]).at("lines.0.problems.0.field") == "service")
  }

  @Test func oneContractLineCoversAtATime() async throws {
    let world = try await AssetsWorld()
    let manager = try await world.database.staff(.accountManager)
    let lines = try await world.contractLines(as: manager)
    var ci = try await world.server("covered")
    for (line, day) in zip(lines + [.null], ["2026-01-01", "2026-03-01", "2026-06-01"]) {
      ci = try await world.call("ci.cover", ["id": ci.at("id"), "line": line, "on": .text(day)], as: manager, version: ci.at("version"))
    }
    #expect(ci.at("coverage").array?.map { $0.at("line") } == [.null, lines[1], lines[0]])
    #expect(ci.at("coverage").each("validFrom") == ["2026-06-01", "2026-03-01", "2026-01-01"] && ci.at("coverage.1.lineName") == "Line 1")
    // A wrong line is put right on the same day; the history keeps what was.
    ci = try await world.call("ci.cover", ["id": ci.at("id"), "line": lines[0], "on": "2026-03-01"], as: manager, version: ci.at("version"))
    #expect(ci.at("coverage").array?.map { $0.at("line") } == [.null, lines[0], lines[0]])
    let told = try await world.call("ci.history", ["id": ci.at("id"), "limit": 1]).at("items.0")
    #expect(told.at("was.line") == lines[1] && told.at("became.line") == lines[0])
    let uncovered = try await world.call("ci.quality", ["customer": .id(world.acme.publicId)])
    #expect(uncovered.at("uncovered") == 0 && uncovered.at("all") == 1)
    world.database.clock.set(try #require(Instant("2026-06-02T00:00:00Z")))
    #expect(try await world.call("ci.quality", ["customer": .id(world.acme.publicId)]).at("uncovered") == 1)
  }

  /// What names a line that has lapsed, by itself or with its contract, has nothing to be judged by: nobody reads that off the day alone.
  @Test func aLineThatIsNotInForceCoversNothing() async throws {
    let world = try await AssetsWorld()
    let manager = try await world.database.staff(.accountManager)
    let customer = Value.id(world.acme.publicId)
    let lines = try await world.contractLines(as: manager)
    var cis: [Value] = []
    for (number, line) in lines.enumerated() {
      let ci = try await world.server("covered \(number)")
      cis.append(ci.at("id"))
      try await world.call("ci.cover", ["id": ci.at("id"), "line": line, "on": "2026-01-01"], as: manager, version: ci.at("version"))
    }
    func uncovered() async throws -> [String] {
      let found = try await world.call("ci.findings", ["customer": customer, "check": "uncovered"]).at("items").each("name")
      #expect(try await world.call("ci.quality", ["customer": customer]).at("uncovered") == .integer(Int64(found.count)))
      return found
    }
    func inForce(_ ci: Value) async throws -> Value { try await world.call("ci.read", ["id": ci]).at("coverage.0.inForce") }
    #expect(try await uncovered() == [])
    try await world.call("contract_line.end", ["id": lines[0], "validFrom": "2026-04-01T00:00:00Z"], as: manager, version: 1)
    #expect(try await uncovered() == [], "it is in force until then")
    #expect(try await inForce(cis[0]) == .bool(true))
    world.database.clock.set(try #require(Instant("2026-04-01T00:00:00Z")))
    #expect(try await uncovered() == ["covered 0"])
    #expect(try await inForce(cis[0]) == .bool(false))
    #expect(try await inForce(cis[1]) == .bool(true))
    // The contract goes, and its other line with it.
    let contract = try await world.call("contract.list", ["customer": customer], as: manager).at("items.0")
    try await world.call(
      "contract.change", ["id": contract.at("id"), "endsAt": "2026-05-01T00:00:00Z"], as: manager, version: contract.at("version"))
    #expect(try await uncovered() == ["covered 0"])
    world.database.clock.set(try #require(Instant("2026-05-01T00:00:00Z")))
    #expect(try await uncovered() == ["covered 0", "covered 1"])
    // Who says that none covers it is told so, not that one lapsed.
    let last = try await world.call("ci.read", ["id": cis[1]])
    let bare = try await world.call("ci.cover", ["id": cis[1]], as: manager, version: last.at("version"))
    #expect(bare.at("coverage").array?.map { $0.at("inForce") } == [.null, .bool(false)])
  }
}

extension AssetsWorld {
  /// Two lines of a contract in force, of ACME or of another customer.
  func contractLines(of customer: TenantEntry? = nil, as manager: Principal) async throws -> [Value] {
    let whose = customer ?? acme
    let calendar = try await call("calendar.create", ["name": .text("Always for \(whose.code)"), "stock": "24x7", "zone": "UTC"], as: manager)
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar.at("id")])
    let sla = try await call("sla.create", ["name": .text("SLA of \(whose.code)"), "targets": .array([target])], as: manager)
    let contract = try await call(
      "contract.create",
      [
        "customer": .id(whose.publicId), "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array((0..<2).map { .object(["name": .text("Line \($0)"), "sla": sla.at("id")]) }),
      ], as: manager)
    return [contract.at("lines.0.id"), contract.at("lines.1.id")]
  }
}

/// Puts all services back into the pipeline, where customers do not see them.
private struct Withdraw: Statement {
  static let sql = "update catalog.service set requirements_on = '2026-01-01', operation_on = null, state = 'pipeline'"
}

/// Rewrites what was, as nobody may.
private struct RewriteHistory: Statement {
  static let sql = "update assets.ci_change set became = 'null'"
}
