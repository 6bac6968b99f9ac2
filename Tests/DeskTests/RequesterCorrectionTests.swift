import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Desk

extension CiWorld {
  fileprivate func site(_ name: String) async throws -> Value {
    try await desk.database.call(
      "unit.add", ["customer": .id(desk.acme.publicId), "kind": "site", "name": .text(name)], as: desk.manager)["id"] ?? .null
  }

  fileprivate func person(_ name: String, at unit: Value = .null, of customer: TenantEntry? = nil) async throws -> Value {
    try await desk.database.call(
      "person.add", ["customer": .id((customer ?? desk.acme).publicId), "name": .text(name), "unit": unit], as: desk.database.root)["id"] ?? .null
  }

  fileprivate func history(_ ticket: Value, _ type: String) async throws -> [Value] {
    try await desk.list("history", of: ticket).filter { $0["type"] == .text(type) }
  }
}

/// Whom an incident concerns, and where, is corrected after it was recorded.
@Suite struct RequesterCorrectionTests {
  /// Guard: the line that names persons is for these only, and so a ticket that is not theirs is not judged by it; what was used stays used.
  @Test func theLineFollowsTheRequesterAndUsedTimeStaysUsed() async throws {
    let world = try await CiWorld()
    let (anna, ben) = (try await world.person("Anna"), try await world.person("Ben"))
    let board = try await world.line("Board", 900, ["persons": .array([anna])])
    let opened = try await world.open(["requester": ben])
    #expect(opened["lineReason"] == "customer" && world.due(opened, "resolution") == "2026-03-03T16:00:00Z")
    try world.desk.at("2026-03-02T08:10:00Z")
    let corrected = try await world.desk.act("change", on: opened, ["requester": anna])
    #expect(corrected["requester"] == anna && corrected["contractLine"] == board && corrected["lineReason"] == "person")
    #expect(world.due(corrected, "resolution") == "2026-03-02T08:15:00Z", "of the quarter of an hour ten minutes are used")
    #expect(corrected["clocks"]?.column("metric") == ["resolution"], "the line promises no response")
    #expect(try await world.standings(corrected) == ["Board chosen person", "Service desk less_specific -"])
    let back = try await world.desk.act("change", on: corrected, ["requester": ben])
    #expect(back["lineReason"] == "customer" && world.due(back, "resolution") == "2026-03-03T16:00:00Z")
    #expect(try await world.standings(back) == ["Service desk chosen customer", "Board other_persons -"])
    let changes = try await world.history(back, "incident.changed").compactMap { $0["payload"]?["changes"] }
    #expect(
      changes == [
        .array([.object(["key": "requester", "was": ben, "became": anna])]), .array([.object(["key": "requester", "was": anna, "became": ben])]),
      ])
    let classified = try await world.history(back, "incident.classified")
    #expect(classified.count == 2 && classified.first?["payload"]?["to"]?["lineReason"] == "person")
    let same = try await world.desk.act("change", on: back, ["requester": ben])
    #expect(same["version"] == back["version"], "what stands there changes nothing")
  }

  /// Guard: the site is that of the requester unless somebody named another one.
  @Test func theUnitGoesWithTheRequesterUnlessItWasNamed() async throws {
    let world = try await CiWorld()
    let (berlin, munich) = (try await world.site("Berlin"), try await world.site("Munich"))
    let (anna, ben) = (try await world.person("Anna", at: munich), try await world.person("Ben", at: berlin))
    let ofMunich = try await world.line("Munich", 900, ["units": .array([munich])])
    let opened = try await world.open(["requester": ben])
    #expect(opened["unit"] == berlin && opened["lineReason"] == "customer")
    let corrected = try await world.desk.act("change", on: opened, ["requester": anna])
    #expect(corrected["unit"] == munich && corrected["contractLine"] == ofMunich && corrected["lineReason"] == "unit")
    let changed = try await world.history(corrected, "incident.changed").first
    #expect(changed?["payload"]?["fields"] == .array(["requester", "unit"]))
    // The unit alone, and neither.
    let moved = try await world.desk.act("change", on: corrected, ["unit": berlin])
    #expect(moved["requester"] == anna && moved["unit"] == berlin && moved["lineReason"] == "customer")
    let nobodys = try await world.desk.act("change", on: moved, ["requester": .null, "unit": .null])
    #expect(nobodys["requester"] == .null && nobodys["unit"] == .null)
    // Of what nobody had a requester and unit of, both are told at once.
    #expect(try await world.desk.act("change", on: nobodys, ["requester": anna])["unit"] == munich)
    let named = try await world.open(["requester": ben, "unit": munich])
    let stayed = try await world.desk.act("change", on: named, ["requester": try await world.person("Carl")])
    #expect(stayed["unit"] == munich && stayed["contractLine"] == ofMunich)
  }

  /// Guard: a line that somebody named stays; locked targets stay until they are unlocked, and then the line is that of who is the requester now.
  @Test func whatWasNamedOrLockedStays() async throws {
    let world = try await CiWorld()
    let (anna, ben) = (try await world.person("Anna"), try await world.person("Ben"))
    let board = try await world.line("Board", 900, ["persons": .array([anna])])
    let desk = world.desk.contract["lines"]?.array?.first?["id"] ?? .null
    let named = try await world.desk.act("change", on: try await world.open(["requester": ben, "contractLine": desk]), ["requester": anna])
    #expect(named["requester"] == anna && named["contractLine"] == desk && named["lineReason"] == "explicit")
    let opened = try await world.open(["requester": anna])
    #expect(opened["contractLine"] == board)
    let locked = try await world.desk.act("lock_targets", on: opened, ["reason": "Agreed"], as: world.desk.manager)
    let corrected = try await world.desk.act("change", on: locked, ["requester": ben])
    #expect(corrected["requester"] == ben && corrected["contractLine"] == board)
    #expect(world.due(corrected, "resolution") == world.due(opened, "resolution"))
    let unlocked = try await world.desk.act("unlock_targets", on: corrected, ["reason": "A mistake"], as: world.desk.manager)
    #expect(unlocked["lineReason"] == "customer" && world.due(unlocked, "resolution") == "2026-03-03T16:00:00Z")
    // Where nobody was corrected, a line that is as near stays.
    let kept = try await world.open([:])
    _ = try await world.line("Newer", 1200)
    let held = try await world.desk.act("lock_targets", on: kept, ["reason": "Agreed"], as: world.desk.manager)
    #expect(try await world.desk.act("unlock_targets", on: held, ["reason": "Done"], as: world.desk.manager)["contractLine"] == desk)
  }

  /// Guard: who is the requester of a resolved one only now has his whole time to object.
  @Test func theTimeToObjectBeginsAnew() async throws {
    let world = try await CiWorld()
    let resolved = try await world.desk.act("resolve", on: try await world.open(["requester": try await world.person("Ben")]), ["resolution": "Done"])
    #expect(resolved["closesAt"] == "2026-03-09T08:00:00Z")
    try world.desk.at("2026-03-03T08:00:00Z")
    let titled = try await world.desk.act("change", on: resolved, ["title": "Still"])
    #expect(titled["closesAt"] == "2026-03-09T08:00:00Z")
    let corrected = try await world.desk.act("change", on: titled, ["requester": try await world.person("Anna")])
    #expect(corrected["state"] == "resolved" && corrected["closesAt"] == "2026-03-10T08:00:00Z")
  }

  /// Guard: of what covers a CI the requester changes nothing.
  @Test func aLineOfACiStays() async throws {
    let world = try await CiWorld()
    let anna = try await world.person("Anna")
    _ = try await world.line("Board", 900, ["persons": .array([anna])])
    let servers = try await world.line("Servers", 1800, ["onlyCoveredCis": .bool(true)])
    let server = try await world.ci("db-01")
    try await world.cover(server, by: servers)
    let opened = try await world.open(["cis": .array([server])])
    let corrected = try await world.desk.act("change", on: opened, ["requester": anna])
    #expect(corrected["requester"] == anna && corrected["contractLine"] == servers && corrected["lineReason"] == "ci")
  }

  /// Guard: nobody of another customer, nobody who has left, no unit of another customer; not on what is closed, and not by the customer.
  @Test func whoCannotBeTheRequesterIsRefused() async throws {
    let world = try await CiWorld()
    let database = world.desk.database
    let opened = try await world.open([:])
    let stranger = try await world.person("Stranger", of: world.desk.other)
    let theirs =
      try await database.call(
        "unit.add", ["customer": .id(world.desk.other.publicId), "kind": "site", "name": "Theirs"], as: world.desk.manager)["id"] ?? .null
    let nobody = Value.id(world.desk.acme.id("per", [UInt8](repeating: 7, count: 12)))
    let unknown = await world.refused { try await world.desk.act("change", on: opened, ["requester": nobody]) }
    #expect(unknown != ["accepted"])
    #expect(await world.refused { try await world.desk.act("change", on: opened, ["requester": stranger]) } == unknown)
    #expect(await world.refused { try await world.desk.act("change", on: opened, ["unit": theirs]) } != ["accepted"])
    let left = try await world.person("Left")
    try await database.call("person.change", ["id": left, "left": .bool(true)], as: database.root, version: 1)
    let refused = await world.refused { try await world.desk.act("change", on: opened, ["requester": left]) }
    #expect(refused == ["requester \(AccountMessages.personLeft.key)"])
    let anna = try await world.person("Anna")
    let customer = try await database.user(.customerManager, of: world.desk.acme)
    for principal in [customer, world.desk.manager] {
      await #expect(throws: Failure.self) { try await world.desk.act("change", on: opened, ["requester": anna], as: principal) }
    }
    let ended = try await world.desk.act("close", on: try await world.desk.act("resolve", on: opened, ["resolution": "Done"]))
    await expectFailure(.conflict) { try await world.desk.act("change", on: ended, ["requester": anna]) }
  }

  /// Guard: who was its requester by mistake sees it no more and does not watch it; who is the requester now sees it.
  @Test func whoWasRequesterByMistakeSeesItNoMore() async throws {
    let world = try await CiWorld()
    let database = world.desk.database
    let (anna, ben) = (
      try await database.user(.requester, of: world.desk.acme, .own), try await database.user(.requester, of: world.desk.acme, .own)
    )
    let opened = try await world.open([:], as: anna)
    let bens = try await world.open([:], as: ben)
    let id = opened["id"] ?? .null
    try await database.call("incident.watch", ["id": id], as: anna)
    #expect(try await world.desk.list("watchers", of: opened).count == 1)
    let corrected = try await world.desk.act("change", on: opened, ["requester": bens["requester"] ?? .null])
    #expect(try await world.desk.list("watchers", of: corrected).isEmpty)
    #expect(try await world.history(corrected, "incident.unwatched").first?["payload"]?["person"] == opened["requester"])
    await expectFailure(.notFound) { try await world.desk.read(opened, as: anna) }
    #expect(try await world.desk.read(opened, as: ben)["requester"] == bens["requester"])
    for (principal, count) in [(anna, 0), (ben, 2)] {
      let listed = try await database.call("incident.list", ["customer": .id(world.desk.acme.publicId)], as: principal)
      #expect(listed["items"]?.array?.count == count)
    }
  }
}
