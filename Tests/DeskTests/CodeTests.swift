import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Desk

/// The code lists: what tickets may name.
@Suite struct CodeTests {
  func code(_ key: String, _ list: String, _ world: CiWorld) async throws -> Value {
    let all = try await world.desk.database.call("code.list", ["list": .text(list), "limit": 200], as: world.desk.engineer)["items"]?.array ?? []
    return try #require(all.first { $0["key"] == .text(key) })
  }

  @discardableResult
  func act(_ verb: String, _ code: Value, _ world: CiWorld, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    let input = [Value.Member("id", code["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    return try await world.desk.database.dispatcher.invoke(
      "code.\(verb)", .object(input), as: world.desk.manager, Call(requestId: "test", expectedVersion: code["version"]?.integer)
    ).value
  }

  func create(_ list: String, _ key: String, _ world: CiWorld, waitsFor: Value = .null) async throws -> Value {
    try await world.desk.database.call(
      "code.create", ["list": .text(list), "key": .text(key), "name": .object(["en": .text(key), "zh-Hans": "名称"]), "waitsFor": waitsFor],
      as: world.desk.manager)
  }

  @Test func theListsAreThereInBothLanguages() async throws {
    let world = try await CiWorld()
    let requester = try await world.desk.database.user(.requester, of: world.desk.acme, .own)
    let all = try await world.desk.database.call("code.list", ["limit": 200], as: requester)["items"]?.array ?? []
    #expect(all.allSatisfy { $0["name"]?["en"]?.text != nil && $0["name"]?["zh-Hans"]?.text != nil })
    func keys(_ list: String) -> [String] { all.filter { $0["list"] == .text(list) }.compactMap { $0["key"]?.text } }
    #expect(keys("nature") == ["fault", "request", "enquiry", "complaint", "event"])
    #expect(keys("pending_reason") == PendingReason.allCases.map(\.rawValue))
    for reason in PendingReason.allCases {
      #expect(try await code(reason.rawValue, "pending_reason", world)["waitsFor"] == .text(reason.waitsFor))
    }
    let (network, vpn) = (try await code("network", "category", world), try await code("network/vpn", "category", world))
    #expect(vpn["parent"] == network["id"])
    #expect(await world.refused { try await world.desk.database.call("code.create", ["list": "nature", "key": "x"], as: requester) } != ["accepted"])
  }

  @Test func aTicketNamesWhatIsInTheLists() async throws {
    let world = try await CiWorld()
    let ticket = try await world.open(["category": "network/vpn", "nature": "complaint", "source": "phone"])
    #expect(ticket["category"] == "network/vpn" && ticket["nature"] == "complaint" && ticket["source"] == "phone")
    for field in ["category", "nature", "source"] {
      let members: KeyValuePairs<String, Value> = field == "category" ? ["category": "gone"] : field == "nature" ? ["nature": "gone"] : ["source": "gone"]
      #expect(await world.refused { try await world.open(members) } == ["\(field) code.unknown"])
    }
    #expect(await world.refused { try await world.desk.act("change", on: ticket, ["nature": "network/vpn"]) } == ["nature code.unknown"])
    // Who mistypes is told what there is: of a category the top, and what stands beside it.
    for (key, told, kept) in [("network/vpm", "network/vpn", "device/printer"), ("account/password", "access", "access/password")] {
      let failure = await #expect(throws: Failure.self) { try await world.open(["category": .text(key)]) }
      let others = (failure?.violations.first?.arguments["others"] ?? "").split(separator: ", ").map(String.init)
      #expect(others.contains(told) && !others.contains(kept) && others.count <= 20, "\(key): \(others)")
    }
    #expect(await world.refused { try await world.desk.act("hold", on: ticket, ["reason": "tea"]) } == ["reason code.unknown"])
    #expect(await world.refused { try await world.desk.act("resolve", on: ticket, ["resolution": "x", "closureCode": "tea"]) } == ["closureCode code.unknown"])
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    #expect(await world.refused { try await world.open(["source": "phone"], as: manager) } == ["source ticket.staff_only"])
    let changed = try await world.desk.act("change", on: ticket, ["nature": .null, "category": "other"])
    #expect(changed["nature"] == .null && changed["category"] == "other")
  }

  @Test func whatIsRetiredIsForNoNewUseAndStaysWhereItIs() async throws {
    let world = try await CiWorld()
    let ticket = try await world.open(["category": "voice/phone"])
    let phone = try await code("voice/phone", "category", world)
    let retired = try await act("retire", phone, world)
    #expect(retired["state"] == "retired" && retired["retiredAt"] == .instant(DeskWorld.monday))
    #expect(await world.refused { try await world.open(["category": "voice/phone"]) } == ["category code.retired"])
    let kept = try await world.desk.act("change", on: ticket, ["category": "voice/phone", "title": "As it was"])
    #expect(kept["category"] == "voice/phone")
    let split = try await world.desk.act("split", on: kept, ["title": "A part"])
    #expect(split["category"] == "voice/phone")
    let other = try await world.open([:])
    #expect(await world.refused { try await world.desk.act("change", on: other, ["category": "voice/phone"]) } == ["category code.retired"])
    #expect(await world.refused { try await act("retire", retired, world) } == ["code.retired"])
    try await act("restore", retired, world)
    #expect(try await world.open(["category": "voice/phone"])["category"] == "voice/phone")
  }

  @Test func aTreeHasNoHoles() async throws {
    let world = try await CiWorld()
    #expect(await world.refused { try await create("category", "garden/tree", world) } == ["key code.no_parent"])
    let garden = try await create("category", "garden", world)
    let tree = try await create("category", "garden/tree", world)
    #expect(tree["parent"] == garden["id"])
    #expect(await world.refused { try await act("retire", garden, world) } == ["code.has_children"])
    let gone = try await act("retire", tree, world)
    try await act("retire", garden, world)
    #expect(await world.refused { try await act("restore", gone, world) } == ["code.no_parent"])
    #expect(await world.refused { try await create("category", "garden", world) } == ["code.taken"])
    for key in ["Garden", "a//b", "/a", "a/", "a b", "a/b/c/d/e/f"] {
      #expect(await world.refused { try await create("category", key, world) } == ["key code.bad_key"], "\(key)")
    }
    #expect(await world.refused { try await create("nature", "a/b", world) } == ["key code.bad_key"])
  }

  @Test func aCodeIsRenamedAndMoved() async throws {
    let world = try await CiWorld()
    let fault = try await code("fault", "nature", world)
    let renamed = try await act("change", fault, world, ["name": .object(["en": "Failure"]), "position": 1000])
    #expect(renamed["name"] == .object(["en": "Failure"]) && renamed["key"] == "fault")
    let keys = try await world.desk.database.call("code.list", ["list": "nature"], as: world.desk.engineer)["items"]?.column("key") ?? []
    #expect(keys.last == "fault")
    #expect(await world.refused { try await act("change", fault, world, ["position": 1]) } != ["accepted"], "it was read before it was changed")
  }

  @Test func whatStewardItselfWritesStays() async throws {
    let world = try await CiWorld()
    for (list, key) in [("closure_code", "duplicate"), ("pending_reason", "awaiting_supplier")] {
      let needed = try await code(key, list, world)
      #expect(await world.refused { try await act("retire", needed, world) } == ["code.needed"])
    }
    // Without it everybody says how it ended.
    try await act("retire", try await code("solved", "closure_code", world), world)
    let ticket = try await world.open([:])
    #expect(await world.refused { try await world.desk.act("resolve", on: ticket, ["resolution": "Done."]) } == ["closureCode code.retired"])
    #expect(try await world.desk.act("resolve", on: ticket, ["resolution": "Done.", "closureCode": "workaround"])["closureCode"] == "workaround")
  }

  /// Impact, urgency and priority are numbers with names; one that there is, and what is no such number, is not added.
  @Test func numbersHaveNames() async throws {
    let world = try await CiWorld()
    let ticket = try await world.open(["impact": 1, "urgency": 3])
    try await act("change", try await code("1", "impact", world), world, ["name": .object(["en": "Everybody", "zh-Hans": "全体"])])
    let read = try await world.desk.read(ticket)
    #expect(read["impactName"] == .object(["en": "Everybody", "zh-Hans": "全体"]) && read["urgencyName"]?["zh-Hans"] == "低")
    #expect(read["impact"] == 1 && read["priorityName"]?["en"]?.text != nil)
    let cells = try await world.desk.database.call("priority_matrix.read", [:], as: world.desk.engineer)["cells"]?.array ?? []
    #expect(cells.count == 9)
    let names = ["impactName", "urgencyName", "priorityName"].map { cells.first?[$0]?["en"] ?? .null }
    #expect(names == ["Everybody", "High", "Critical"])
    for list in ["impact", "urgency", "priority"] {
      #expect(await world.refused { try await create(list, "1", world) } == ["code.taken"], "\(list)")
      for key in ["0", "10", "04", "+4", "4/1", "low"] {
        #expect(await world.refused { try await create(list, key, world) } == ["key code.bad_number"], "\(list) \(key)")
      }
    }
    #expect(try await world.desk.database.call("priority_matrix.read", [:], as: world.desk.engineer)["version"] == 1, "nothing came of it")
  }

  @Test func aNumberThatIsRetiredIsForNoNewUse() async throws {
    let world = try await CiWorld()
    let ticket = try await world.open(["impact": 3, "urgency": 3])
    let low = try await act("retire", try await code("3", "impact", world), world)
    #expect(await world.refused { try await world.open(["impact": 3]) } == ["impact code.retired"])
    let other = try await world.open([:])
    #expect(await world.refused { try await world.desk.act("classify", on: other, ["impact": 3]) } == ["impact code.retired"])
    // What has it keeps it.
    let kept = try await world.desk.act("classify", on: ticket, ["impact": 3, "urgency": 1])
    #expect(kept["impact"] == 3 && kept["urgency"] == 1)
    try await act("restore", low, world)
    #expect(try await world.open(["impact": 3])["impact"] == 3)
    #expect(await world.refused { try await act("retire", try await code("2", "urgency", world), world) } == ["code.needed"])

    try await act("retire", try await code("5", "priority", world), world)
    func set(_ priority: Int64) async throws -> Value {
      let cell = Value.object(["impact": 3, "urgency": 3, "priority": .integer(priority)])
      return try await world.desk.database.set("priority_matrix.set", ["cells": .array([cell])], as: world.desk.manager)
    }
    // The cell gives it from the start.
    #expect(try await set(5)["cells"]?.array?.last?["priority"] == 5)
    _ = try await set(4)
    #expect(await world.refused { try await set(5) } == ["cells[0].priority code.retired"])
  }

  /// A reason of the provider's own stops a clock as the first five do, by whose turn it is; now, and when targets are chosen anew.
  @Test(arguments: [("customer", "2026-03-05T09:00:00Z"), ("provider", "2026-03-03T16:00:00Z"), ("supplier", "2026-03-03T16:00:00Z")])
  func aReasonSaysWhoseTurnItIs(waitsFor: String, due: String) async throws {
    let world = try await CiWorld()
    #expect(await world.refused { try await create("pending_reason", "courier", world) } == ["waitsFor code.waits"])
    #expect(await world.refused { try await create("nature", "courier", world, waitsFor: "customer") } == ["waitsFor code.waits"])
    _ = try await create("pending_reason", "courier", world, waitsFor: .text(waitsFor))
    let opened = try await world.open([:])
    if waitsFor != "provider" {
      #expect(await world.refused { try await world.desk.act("hold", on: opened, ["reason": "courier"]) } != ["accepted"], "where is that shown?")
    }
    let held = try await world.desk.act("hold", on: opened, ["reason": "courier", "evidence": "call 4711"])
    #expect(held["pendingReason"] == "courier")
    // A working day goes by, and an hour.
    try world.desk.at("2026-03-03T09:00:00Z")
    let resumed = try await world.desk.act("resume", on: held)
    #expect(world.due(resumed, "resolution") == .text(due))
    // The history says the same as the clock that was there: a clock of another line begins with it.
    let story = try await world.desk.database.superuser.transaction { try await $0.query(StoryCodes()) }
    #expect(story.first?.contains(waitsFor == "customer" ? 16 : waitsFor == "supplier" ? 17 : 18) == true)
    let again = try await world.desk.act("classify", on: resumed, ["ciTier": "platinum"])
    let back = try await world.desk.act("classify", on: again, ["ciTier": .null])
    #expect(world.due(back, "resolution") == .text(due))
    let split = try await world.desk.act("split", on: back, ["title": "A part"])
    #expect(world.due(split, "resolution") == .text(due), "its clocks are made of the history alone")
  }

  @Test func aWaitForASupplierIsShownToNoCustomer() async throws {
    let world = try await CiWorld()
    _ = try await create("pending_reason", "courier", world, waitsFor: "supplier")
    let opened = try await world.open([:])
    _ = try await world.desk.act("hold", on: opened, ["reason": "courier", "evidence": "parcel 4711"])
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    #expect(!"\(try await world.desk.list("history", of: opened, as: manager))".contains("4711"))
    #expect(!"\(try await world.explain(opened, as: manager))".contains("4711"))
    #expect("\(try await world.desk.list("history", of: opened))".contains("4711"))
  }

  /// A log brings categories of its own: they stay as they are, and go only when somebody says another one.
  @Test func anImportedCategoryStays() async throws {
    let world = try await CiWorld()
    let ticket = try await world.open(["category": "other"])
    try await world.desk.database.superuser.transaction { _ = try await $0.execute(TakeCategoryOfLog()) }
    let kept = try await world.desk.act("change", on: ticket, ["category": "Category 42", "title": "Imported"])
    #expect(kept["category"] == "Category 42")
    let other = try await world.desk.act("change", on: kept, ["category": "network"])
    #expect(await world.refused { try await world.desk.act("change", on: other, ["category": "Category 42"]) } == ["category code.unknown"])
  }

  /// How it came to the staff only they know; of what came by itself it is told. A provider who has retired such a code is told nothing by it.
  @Test func whatNobodySaysTheSourceOfHasThatOfItsWayIn() async throws {
    let world = try await CiWorld()
    let engineer = world.desk.engineer
    let user = try await world.desk.database.user(.requester, of: world.desk.acme, .own)
    func programme(of principal: Principal) -> Principal {
      Principal(
        actor: Actor(kind: .service, id: principal.actor.id, via: .http), tenant: principal.tenant, side: principal.side, name: "Programme",
        grants: principal.grants)
    }
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    let table: [(principal: Principal, source: Value)] = [
      (engineer, .null), (user, "portal"), (manager, "portal"), (programme(of: engineer), "api"), (programme(of: manager), "api"),
    ]
    for (principal, source) in table { #expect(try await world.open([:], as: principal)["source"] == source, "\(principal.name)") }
    #expect(try await world.open(["source": "monitoring"], as: programme(of: engineer))["source"] == "monitoring")
    try await act("retire", try await code("portal", "source", world), world)
    #expect(try await world.open([:], as: user)["source"] == .null)
    #expect(try await world.open([:], as: programme(of: engineer))["source"] == "api")
  }

  /// Guard: who closes may know better than who resolved. A customer confirms, and says no more.
  @Test func whoClosesMaySayHowItEnded() async throws {
    let world = try await CiWorld()
    func resolved(_ code: Value) async throws -> Value {
      try await world.desk.act("resolve", on: try await world.open([:]), ["resolution": "Done.", "closureCode": code])
    }
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    let first = try await resolved(.null)
    #expect(first["closureCode"] == "solved", "always one")
    #expect(
      await world.refused { try await world.desk.act("close", on: first, ["closureCode": "workaround"], as: manager) } == ["closureCode ticket.staff_only"])
    #expect(await world.refused { try await world.desk.act("close", on: first, ["closureCode": "tea"]) } == ["closureCode code.unknown"])
    let closed = try await world.desk.act("close", on: first, ["closureCode": "workaround"])
    #expect(closed["closureCode"] == "workaround")
    #expect(try await world.desk.list("history", of: closed).last?["payload"] == .object(["code": "workaround"]))
    let second = try await world.desk.act("close", on: try await resolved("not_reproducible"))
    #expect(second["closureCode"] == "not_reproducible")
    #expect(try await world.desk.list("history", of: second).last?["payload"] == .object([]))
    // What is retired stays where it is, and is found by.
    let third = try await resolved("not_reproducible")
    try await act("retire", try await code("not_reproducible", "closure_code", world), world)
    #expect(try await world.desk.act("close", on: third, ["closureCode": "not_reproducible"])["closureCode"] == "not_reproducible")
    _ = try await world.open([:])
    func found(_ code: Value, _ more: KeyValuePairs<String, Value> = [:]) async throws -> [Value] {
      let input = [Value.Member("customer", .id(world.desk.acme.publicId)), Value.Member("closureCode", code)]
      return try await world.desk.database.dispatcher.invoke(
        "incident.list", .object(input + more.map { Value.Member($0.key, $0.value) }), as: world.desk.engineer, Call(requestId: "test")
      ).value["items"]?.array ?? []
    }
    #expect(try await found("workaround").compactMap { $0["id"] } == [closed["id"] ?? .null])
    #expect(try await found("not_reproducible").compactMap { $0["closureCode"] } == ["not_reproducible", "not_reproducible"])
    #expect(try await found("not_reproducible", ["state": "resolved"]).isEmpty)
    #expect(try await found("duplicate").isEmpty)
    #expect(try await found(.null).count == 4)
  }

  /// Together with a CI too: each of the lists binds it at its own place.
  @Test func whatNamesACiIsFoundByHowItEnded() async throws {
    let world = try await CiWorld()
    let ci = try await world.ci("db-01")
    let ended = try await world.desk.act(
      "resolve", on: try await world.open(["cis": .array([ci])]), ["resolution": "Done.", "closureCode": "workaround"])
    _ = try await world.open(["cis": .array([ci])])
    let table: [(code: String, ids: [Value])] = [("workaround", [ended["id"] ?? .null]), ("solved", [])]
    for (code, ids) in table {
      let found = try await world.desk.database.call(
        "incident.list", ["customer": .id(world.desk.acme.publicId), "ci": ci, "closureCode": .text(code)], as: world.desk.engineer)
      #expect((found["items"]?.array ?? []).compactMap { $0["id"] } == ids)
    }
  }
}

private struct TakeCategoryOfLog: Statement {
  static let sql = "update desk.ticket set category = 'Category 42'"
}

/// The codes of what every ticket waited for.
private struct StoryCodes: Statement {
  static let sql = """
    select array_agg(get_byte(t.story, n * 10 + 1)::bigint) from desk.ticket t, generate_series(0, octet_length(t.story) / 10 - 1) n
    where get_byte(t.story, n * 10) = 3 group by t.id
    """
  static func decode(_ row: inout RowReader) throws -> [Int64] { try row.next() }
}
