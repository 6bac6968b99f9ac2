import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// What gates ask for, and whom they stop.
@Suite struct GateTests {
  @Test func withoutGatesNothingIsAsked() async throws {
    let world = try await GatesWorld()
    let incident = try await world.open()
    let resolved = try await world.resolve(incident)
    #expect(resolved["state"] == "resolved")
    #expect(try await world.act("close", on: resolved)["state"] == "closed")
    #expect(try await world.friction() == [])
    #expect(try await world.passages() == [])
  }

  @Test func aGateStopsWithItsNameWhatIsMissingAndItsOwner() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate()
    let incident = try await world.open()
    let failure = try await world.stopped { try await world.resolve(incident) }
    #expect(failure.arguments["gate"] == "Category" && failure.arguments["missing"] == "category")
    #expect(failure.arguments["id"] == gate["id"]?.text && failure.arguments["owner"] == "Account")
    #expect(failure.violations.map(\.path) == ["category"])
    #expect(failure.violations.first?.arguments["purpose"] == "Figures by category")
    // Nothing was done of it, and the version that was seen is still good.
    #expect(try await world.act("read", on: incident)["state"] == "new")
    let changed = try await world.act("change", on: incident, [Value.Member("category", "network/vpn")])
    #expect(try await world.resolve(changed)["state"] == "resolved")
  }

  /// Guard: whom it concerns, and where, is corrected until it is closed, and so a gate before each step may ask for it.
  @Test func whomItConcernsCanBeGivenUntilItIsClosed() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.resolve", ("fields", .array(["requester"])), name: "Whose")
    try await world.gate("incident.close", ("fields", .array(["unit"])), name: "Where")
    let acme = Value.id(world.acme.publicId)
    let person = try await world.database.call("person.add", ["customer": acme, "name": "Anna"], as: world.database.root)
    let site = try await world.database.call("unit.add", ["customer": acme, "kind": "site", "name": "Berlin"], as: world.database.root)
    let incident = try await world.open()
    #expect(try await world.stopped { try await world.resolve(incident) }.violations.map(\.path) == ["requester"])
    let resolved = try await world.resolve(try await world.act("change", on: incident, [Value.Member("requester", person.at("id"))]))
    #expect(try await world.stopped { try await world.act("close", on: resolved) }.violations.map(\.path) == ["unit"])
    let placed = try await world.act("change", on: resolved, [Value.Member("unit", site.at("id"))])
    #expect(try await world.act("close", on: placed)["state"] == "closed")
  }

  @Test func theErrorIsInTheCallersLanguage() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let incident = try await world.open()
    let failure = await #expect(throws: Failure.self) {
      try await world.invoke(
        "incident.resolve", [Value.Member("id", incident["id"] ?? .null), Value.Member("resolution", "x")], as: world.engineer,
        version: incident["version"]?.integer, language: .chinese)
    }
    #expect(failure?.text(.chinese).contains("分类") ?? false)
    #expect(failure?.violations.first?.message.text(.chinese, failure?.violations.first?.arguments ?? [:]).contains("按分类统计") ?? false)
  }

  @Test func allThatStopIsToldAtOnce() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    try await world.gate("incident.resolve", GatesWorld.checklist, name: "Backup")
    try await world.gate("incident.resolve", ("evidence", .array(["public_comment"])), name: "Word")
    let failure = try await world.stopped { try await world.resolve(try await world.open(), [Value.Member("checked", .array(["told"]))]) }
    #expect(
      failure.violations.map { "\($0.path) \($0.arguments["item"] ?? $0.arguments["evidence"] ?? "")" } == [
        "category ", "checked backup", "evidence public_comment",
      ])
    #expect(try await world.friction().column("stops") == [1, 1, 1])
  }

  @Test func aChecklistIsNamedByWhoActs() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("incident.close", GatesWorld.checklist)
    let resolved = try await world.resolve(try await world.open())
    try await world.stopped { try await world.act("close", on: resolved, [Value.Member("checked", .array(["backup"]))]) }
    let unknown = await #expect(throws: Failure.self) { try await world.act("close", on: resolved, [Value.Member("checked", .array(["backup", "else"]))]) }
    #expect(unknown?.violations.map { "\($0.path) \($0.arguments["allowed"] ?? "")" } == ["checked[1] backup, told"])
    let closed = try await world.act("close", on: resolved, [Value.Member("checked", .array(["told", "backup"]))])
    #expect(closed["state"] == "closed")
    let event = try await world.history(closed).first { $0["type"] == "incident.gate_passed" }
    #expect(event?["payload"]?["gate"] == gate.at("id") && event?["payload"]?["checked"] == .array(["backup", "told"]))
    #expect(try await !world.history(closed, as: world.manager).column("type").contains("incident.gate_passed"))
  }

  @Test func evidenceIsLookedFor() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.resolve", ("evidence", .array(["public_comment", "article"])))
    let incident = try await world.open()
    let first = try await world.stopped { try await world.resolve(incident) }
    #expect(first.arguments["missing"] == "public_comment, article")
    // What a customer's people write is no evidence of the staff's.
    try await world.act("comment", on: incident, [Value.Member("body", "Hurry"), Value.Member("visibility", "public")], as: world.manager)
    try await world.act("comment", on: incident, [Value.Member("body", "Seen"), Value.Member("visibility", "internal")])
    let second = try await world.stopped { try await world.resolve(try await world.act("read", on: incident)) }
    #expect(second.arguments["missing"] == "public_comment, article")
    try await world.act("comment", on: incident, [Value.Member("body", "We look at it"), Value.Member("visibility", "public")])
    let third = try await world.stopped { try await world.resolve(try await world.act("read", on: incident)) }
    #expect(third.arguments["missing"] == "article")
    let text = Value.object(["en": "Fire"])
    let draft = try await world.database.call(
      "article.create", ["kind": "how_to", "audience": "internal", "title": text, "body": text], as: world.database.root)
    try await world.database.call(
      "article.bypass", ["id": draft["id"] ?? .null, "reason": "test"], as: world.database.root, version: draft["version"]?.integer)
    try await world.act("cite", on: incident, [Value.Member("article", draft["id"] ?? .null), Value.Member("use", "used")])
    #expect(try await world.resolve(try await world.act("read", on: incident))["state"] == "resolved")
  }

  @Test func aGateHoldsForItsCustomerPriorityAndTimeOnly() async throws {
    let world = try await GatesWorld()
    let from = world.database.clock.now().adding(seconds: 3600)
    try await world.gate(priority: 1, more: [Value.Member("validFrom", .instant(from))])
    let urgent = [Value.Member("impact", 1), Value.Member("urgency", 1)]
    #expect(try await world.resolve(try await world.open(urgent))["state"] == "resolved", "it does not hold yet")
    world.pass(seconds: 3600)
    #expect(try await world.resolve(try await world.open())["state"] == "resolved", "another priority")
    #expect(try await world.resolve(try await world.open(urgent, for: world.other))["state"] == "resolved", "another customer")
    try await world.stopped { try await world.resolve(try await world.open(urgent)) }
    try await world.gate(forAll: true)
    try await world.stopped { try await world.resolve(try await world.open(for: world.other)) }
  }

  /// A step is judged as it would be afterwards.
  @Test func everyStepHasGates() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.assign", ("fields", .array(["assignee"])), name: "Somebody")
    let incident = try await world.open()
    let staff = try await GatesWorld.id(of: world.administrator, world.database)
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.database.root)
    try await world.stopped { try await world.act("assign", on: incident, [Value.Member("team", team["id"] ?? .null)]) }
    let granted: [Value.Member] = [Value.Member("account", staff), Value.Member("role", "engineer"), Value.Member("everyCustomer", .bool(true))]
    _ = try await world.invoke("staff_grant.add", granted, as: world.database.root)
    let assigned = try await world.act("assign", on: incident, [Value.Member("team", team["id"] ?? .null), Value.Member("assignee", staff)])
    #expect(assigned["assignee"] == staff)
    try await world.gate("incident.open", ("fields", .array(["nature"])), name: "Nature")
    try await world.stopped { try await world.open() }
    #expect(try await world.open([Value.Member("nature", "fault")])["state"] == "new")
    #expect(try await world.open(as: world.manager)["state"] == "new", "a customer's people are not asked")
  }

  @Test func whatACustomersPeopleDoIsTheirWord() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("incident.close", GatesWorld.checklist)
    let resolved = try await world.resolve(try await world.open())
    let refused = await #expect(throws: Failure.self) { try await world.act("close", on: resolved, [world.bypass(gate)], as: world.manager) }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["bypass gate.staff_only"])
    #expect(try await world.act("close", on: resolved, as: world.manager)["state"] == "closed")
    #expect(try await world.passages() == [])
  }

  /// There is nobody who could give what is missing.
  @Test func whatStewardDoesByItselfIsNotStopped() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let source = Principal(
      actor: Actor(kind: .service, id: 99, via: .webhook), tenant: world.database.provider.id, side: .staff, name: "Monitoring",
      grants: [Grant(role: "source", permissions: ["incident.open", "incident.work"], scope: .listed([world.acme.id]))])
    #expect(try await world.resolve(try await world.open(as: source), as: source)["state"] == "resolved")
  }

  // MARK: In one call

  @Test func aSimpleIncidentIsOpenedResolvedAndClosedInOneCall() async throws {
    let world = try await GatesWorld()
    let closed = try await world.open([Value.Member("resolution", "Told them"), Value.Member("close", .bool(true))])
    #expect(closed["state"] == "closed" && closed["closedAt"] == closed["openedAt"])
    #expect(
      try await world.history(closed).column("type").filter { $0 != "incident.owner_changed" } == ["incident.opened", "incident.resolved", "incident.closed"])
    let missing = await #expect(throws: Failure.self) { try await world.open([Value.Member("close", .bool(true))]) }
    #expect(missing?.violations.map(\.path) == ["resolution"])
    let refused = await #expect(throws: Failure.self) {
      try await world.open([Value.Member("resolution", "x"), Value.Member("close", .bool(true))], as: world.manager)
    }
    #expect(refused?.violations.map(\.path) == ["resolution"])
  }

  @Test func oneCallPassesAllTheGates() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.resolve")
    try await world.gate("incident.close", GatesWorld.checklist, name: "Backup")
    let words = [Value.Member("resolution", "Told them"), Value.Member("close", .bool(true))]
    let failure = try await world.stopped { try await world.open(words) }
    #expect(failure.arguments["missing"] == "category, backup, told")
    #expect(try await world.invoke("incident.list", [Value.Member("customer", .id(world.acme.publicId))], as: world.engineer)["items"] == .array([]))
    #expect(try await world.passages().column("incident") == [.null, .null])
    world.pass(seconds: 60)
    let rest = [Value.Member("category", "network/vpn"), Value.Member("checked", .array(["backup", "told"]))]
    let closed = try await world.open(words + rest)
    #expect(closed["state"] == "closed")
    let passages = try await world.passages()
    #expect(passages.column("incident") == [closed.at("id"), closed.at("id")] && passages.column("waitSeconds") == [60, 60])
    // Whoever was stopped long ago was not about to open this one.
    try await world.stopped { try await world.open(words) }
    world.pass(seconds: 3601)
    _ = try await world.open(words + rest)
    #expect(try await world.passages().column("outcome") == ["passed", "passed", "left", "left", "passed", "passed"])
  }
}
