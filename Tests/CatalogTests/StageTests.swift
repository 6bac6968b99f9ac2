import Catalog
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// Stages whose day lies ahead. The clock begins at 09:00 on 2 March 2026 in Berlin, where the provider is.
@Suite struct StageTests {
  private let name = Value.object(["en": "Backup", "zh-Hans": "备份"])

  private func service(_ world: CatalogWorld, _ stages: Value) async throws -> Value {
    let family = try await world.found("service_family.list", "NETWORK")
    return try await world.call(
      "service.create", ["code": "NEXT", "family": family.at("id"), "name": name, "mode": "managed", "owner": name, "stages": stages])
  }

  private func listed(_ world: CatalogWorld, _ state: Value) async throws -> Bool {
    try await world.call("service.list", ["state": state, "limit": 200]).at("items").array?.contains { $0.at("code") == "NEXT" } ?? false
  }

  @Test func anAnnouncedEntryTakesEffectOnItsDay() async throws {
    let world = try await CatalogWorld()
    let service = try await service(world, .object(["design": "2026-02-01", "operation": "2026-03-03"]))
    let offering = try await world.call("offering.create", ["service": service.at("id"), "code": "NEXT-1", "name": name])
    func read() async throws -> Value { try await world.call("service.read", ["id": service.at("id")]) }
    func publish() async -> [String] {
      await violations { try await world.call("offering.publish", ["id": offering.at("id")], version: offering.at("version")) }
    }
    func sell() async -> [String] { await violations { try await world.contract(of: world.acme, selling: ["service": service.at("id")]) } }
    for isEve in [false, true] {
      // The last second of 2 March in Berlin; on the other side of the world it is the 3rd already.
      if isEve { world.database.clock.advance(seconds: 15 * 3600 - 1) }
      let ahead = try await read()
      #expect(ahead.at("state") == "pipeline" && ahead.at("stage") == "design" && ahead.at("entersOn") == "2026-03-03")
      #expect(await publish() == ["service.not_in_catalogue"])
      #expect(await sell() == ["lines[0].service contract_line.not_sellable"])
      #expect(try await listed(world, "pipeline"))
    }
    world.database.clock.advance(seconds: 1)
    let entered = try await read()
    #expect(entered.at("state") == "catalogue" && entered.at("stage") == "operation" && entered.at("entersOn") == .null)
    #expect(try await listed(world, "catalogue"))
    #expect(try await !listed(world, "pipeline"))
    #expect(await publish() == ["accepted"])
    #expect(await sell() == ["accepted"])
  }

  /// Row security has no clock: the sweep opens to the customers' side what has entered, and says so once.
  @Test func theSweepNotesWhatTheDayBrought() async throws {
    let world = try await CatalogWorld()
    let service = try await service(world, .object(["design": "2026-02-01", "operation": "2026-03-03", "retirement": "2026-03-05"]))
    func sweep() async throws { try await StageSweep().run(at: world.database.clock.now(), world.database.tenancy) }
    func isSeen() async throws -> Bool {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer, readOnly: true) {
        try await $0.first(ServicesSeen(code: "NEXT")) == 1
      }
    }
    func events() async throws -> [String] {
      try await world.database.superuser.transaction { try await $0.query(ServiceEvents(code: "NEXT")) }
    }
    try await sweep()
    #expect(try await !isSeen())
    world.database.clock.advance(seconds: 15 * 3600)
    try await sweep()
    try await sweep()
    #expect(try await isSeen())
    #expect(try await events() == ["service.created", "service.entered"])
    world.database.clock.advance(seconds: 2 * 86_400)
    try await sweep()
    #expect(try await events() == ["service.created", "service.entered", "service.retired"])
    #expect(try await world.call("service.read", ["id": service.at("id")]).at("state") == "retired")
  }

  /// Whoever comes first once the day was there tells it: the sweep, on whatever day, or a change of something else.
  @Test func whatADayBroughtIsToldOnceAndWithItsDay() async throws {
    let world = try await CatalogWorld()
    let service = try await service(world, .object(["design": "2026-02-01", "operation": "2026-03-03", "retirement": "2026-03-05"]))
    func events() async throws -> [String] {
      try await world.database.superuser.transaction { try await $0.query(ServiceDayEvents(code: "NEXT")) }
    }
    world.database.clock.advance(seconds: 15 * 3600)
    let changed = try await world.call("service.change", ["id": service.at("id"), "summary": name], version: service.at("version"))
    #expect(try await events() == ["service.created", "service.entered 2026-03-03", "service.changed"])
    world.database.clock.advance(seconds: 7 * 86_400)
    try await StageSweep().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await events().last == "service.retired 2026-03-05", "the worker was away for days")
    await expectFailure(.versionMismatch) {
      try await world.call("service.change", ["id": service.at("id"), "summary": name], version: changed.at("version"))
    }
  }

  /// Entered and retired while nothing looked: both are told.
  @Test func whatBeganAndEndedUnseenIsToldWhole() async throws {
    let world = try await CatalogWorld()
    _ = try await service(world, .object(["design": "2026-02-01", "operation": "2026-03-03", "retirement": "2026-03-05"]))
    world.database.clock.advance(seconds: 7 * 86_400)
    for _ in 1...2 { try await StageSweep().run(at: world.database.clock.now(), world.database.tenancy) }
    let events = try await world.database.superuser.transaction { try await $0.query(ServiceDayEvents(code: "NEXT")) }
    #expect(events == ["service.created", "service.entered 2026-03-03", "service.retired 2026-03-05"])
  }

  /// What can be sold is asked for the first day of the line.
  @Test func aLineSellsWhatItsFirstDayHas() async throws {
    let world = try await CatalogWorld()
    let next = try await service(world, .object(["design": "2026-02-01", "operation": "2026-04-01", "retirement": "2026-06-01"]))
    let contract = try await world.contract(of: world.acme, selling: [:])
    let sla = contract.at("lines.0.sla")
    func add(_ day: String) async -> [String] {
      await violations {
        try await world.call(
          "contract_line.add",
          [
            "contract": contract.at("id"), "name": .text("From \(day)"), "sla": sla, "service": next.at("id"), "validFrom": .text("\(day)T12:00:00Z"),
          ])
      }
    }
    func create(_ day: String) async -> [String] {
      let line = Value.object(["name": "Line", "sla": sla, "service": next.at("id")])
      return await violations {
        try await world.call(
          "contract.create",
          [
            "customer": .id(world.acme.publicId), "name": .text("From \(day)"), "currency": "EUR", "startsAt": .text("\(day)T12:00:00Z"),
            "lines": .array([line]),
          ])
      }
    }
    for (day, expected) in [
      ("2026-01-05", "contract_line.not_sellable"), ("2026-03-31", "contract_line.not_sellable"), ("2026-04-01", "accepted"), ("2026-05-31", "accepted"),
      ("2026-06-01", "contract_line.not_sellable"),
    ] {
      #expect(await add(day).first?.hasSuffix(expected) == true, "a line from \(day)")
      #expect(await create(day).first?.hasSuffix(expected) == true, "a contract from \(day)")
    }
    func revise(_ day: String) async -> [String] {
      await violations {
        try await world.call(
          "contract_line.revise", ["id": contract.at("lines.0.id"), "service": next.at("id"), "validFrom": .text("\(day)T12:00:00Z")],
          version: contract.at("lines.0.version"))
      }
    }
    #expect(await revise("2026-03-31") == ["service contract_line.not_sellable"])
    #expect(await revise("2026-04-01") == ["accepted"])
  }

  @Test func anAnnouncedRetirementIsShownMovedAndTakenBack() async throws {
    let world = try await CatalogWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let wan = try await world.found("service.list", "MANAGED-WAN")
    _ = try await world.contract(of: world.acme, selling: ["service": wan.at("id")])
    func change(_ operation: String, _ input: KeyValuePairs<String, Value>) async throws -> Value {
      let version = try await world.call("service.read", ["id": wan.at("id")]).at("version")
      let members = [Value.Member("id", wan.at("id"))] + input.map { Value.Member($0.key, $0.value) }
      return try await world.database.dispatcher.invoke(
        operation, .object(members), as: world.manager, Call(requestId: "test", expectedVersion: version.integer)
      ).value
    }
    let announced = try await change("service.advance", ["stage": "retirement", "on": "2026-03-10"])
    #expect(announced.at("state") == "catalogue" && announced.at("retiresOn") == "2026-03-10")
    #expect(try await change("service.redate", ["stage": "retirement", "on": "2026-03-20"]).at("retiresOn") == "2026-03-20")
    #expect(try await world.call("service.read", ["id": wan.at("id")], as: customer).at("retiresOn") == "2026-03-20", "the customer is told")
    #expect(try await world.call("offering.list", [:], as: customer).at("items").array?.count == 1)
    let manual = try await world.call("catalogue.manual", ["format": "markdown"], as: customer).at("text").text ?? ""
    #expect(manual.contains("| Retires on | 2026-03-20 |"))
    #expect(try await change("service.unplan", ["stage": "retirement"]).at("retiresOn") == .null)
    #expect(await violations { try await change("service.unplan", ["stage": "retirement"]) } == ["stage service.stage_not_reached"])
    // What has begun stays begun: the catalogue goes one way.
    #expect(await violations { try await change("service.unplan", ["stage": "operation"]) } == ["service.stage_begun"])
    #expect(await violations { try await change("service.redate", ["stage": "operation", "on": "2026-03-03"]) } == ["on service.stage_ahead"])
    _ = try await change("service.advance", ["stage": "retirement", "on": "2026-03-10"])
    world.database.clock.advance(seconds: 8 * 86_400)
    #expect(try await world.call("offering.list", [:], as: customer).at("items").array?.isEmpty == true)
    #expect(try await world.call("service.read", ["id": wan.at("id")], as: customer).at("state") == "retired", "what its line sells, it sees")
  }

  /// The file has days ahead as well; one that has begun can neither leave it nor move ahead.
  @Test func theFileAnnounces() async throws {
    let world = try await CatalogWorld()
    let example = try CatalogWorld.example()
    let place = "families.1.services.0.stages"
    let announced = example.setting("\(place).retirement", "2026-12-31")
    #expect(try await world.plan(announced) == ["change service MANAGED-WAN: stages"])
    try await world.apply(announced)
    let wan = try await world.found("service.list", "MANAGED-WAN")
    #expect(wan.at("state") == "catalogue" && wan.at("retiresOn") == "2026-12-31")
    #expect(try await world.plan(announced) == [])
    #expect(try await world.plan(example) == ["change service MANAGED-WAN: stages"], "taken out, it is taken back")
    try await world.apply(example)
    #expect(try await world.found("service.list", "MANAGED-WAN").at("retiresOn") == .null)
    #expect(
      await violations { try await world.apply(example.setting("\(place).operation", "2026-03-03"), planOnly: true) }.first
        == "families[1].services[0].stages.operation service.stage_ahead")
    let planned = example.setting("\(place)", .object(["operation": "2026-03-03"])).setting("families.1.services.0.code", "NEXT")
      .setting("families.1.services.0.offerings", nil)
    #expect(
      await violations { try await world.apply(planned, planOnly: true) }.first == "families[1].services[0].stages.operation service.needs_begun")
  }
}

private struct ServicesSeen: Statement {
  let code: String

  static let sql = "select count(*) from catalog.service where code = $1"

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct ServiceEvents: Statement {
  let code: String

  static let sql = """
    select e.type from operations.event e join catalog.service s on s.id = e.subject_id where e.subject_kind = 'service' and s.code = $1 order by e.seq
    """

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// With the day that an event tells.
private struct ServiceDayEvents: Statement {
  let code: String

  static let sql = """
    select concat_ws(' ', e.type, e.payload ->> 'on') from operations.event e join catalog.service s on s.id = e.subject_id
    where e.subject_kind = 'service' and s.code = $1 order by e.seq
    """

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
