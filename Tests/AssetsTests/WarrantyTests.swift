import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

/// What runs out, and by which revision of its type a CI was checked.
@Suite struct WarrantyTests {
  @Test func whatRunsOutIsListedByItsEnd() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    for (name, day, state) in [
      ("late", "2026-05-01", "in_use"), ("first", "2026-03-10", "in_stock"), ("same day", "2026-03-31", "in_use"), ("same day too", "2026-03-31", "in_use"),
      ("on the day", "2026-04-01", "in_use"), ("gone", "2026-03-01", "retired"),
    ] {
      try await world.call(
        "ci.create",
        ["customer": customer, "type": "server", "name": .text(name), "state": .text(state), "warrantyUntil": .text(day)])
    }
    _ = try await world.server("never covered")
    try await world.call(
      "ci.create", ["customer": .id(world.other.publicId), "type": "server", "name": "theirs", "warrantyUntil": "2026-03-11"])
    func listed(_ before: String, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [String] {
      let input = [Value.Member("customer", customer), Value.Member("warrantyBefore", .text(before))] + more.map { Value.Member($0.key, $0.value) }
      return try await world.database.dispatcher.invoke(
        "ci.list", .object(input), as: principal ?? world.engineer, Call(requestId: "test")
      ).value.at("items").each("name")
    }
    #expect(try await listed("2026-04-01") == ["first", "same day", "same day too"], "neither its own day, nor what is retired, nor what has no warranty")
    #expect(try await listed("2026-04-02").last == "on the day")
    #expect(try await listed("2026-04-01", ["state": "retired"]) == ["gone"])
    #expect(try await listed("2026-04-01", ["state": "in_stock", "type": "server"]) == ["first"])
    #expect(try await listed("2026-04-01", ["type": "printer"]) == [])
    #expect(try await listed("2026-04-01", ["text": "too"]) == ["same day too"])
    // Those who see only what they answer for see no more by this.
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    #expect(try await listed("2026-12-31", as: requester) == [])
    let wrong = await violations { try await world.call("ci.list", ["customer": customer, "warrantyBefore": "soon"]) }
    #expect(wrong == ["warrantyBefore input.date"])
  }

  /// By pages of one, over days that are the same; a cursor of one order is none of the other.
  @Test func whatRunsOutIsPaged() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    for index in 0..<5 {
      let day = index < 3 ? "2026-03-31" : "2026-03-0\(index)"
      try await world.call("ci.create", ["customer": customer, "type": "server", "name": .text("ci \(index)"), "warrantyUntil": .text(day)])
    }
    var (names, cursor): ([String], Value) = ([], .null)
    repeat {
      let page = try await world.call("ci.list", ["customer": customer, "warrantyBefore": "2026-05-01", "limit": 1, "cursor": cursor])
      names += page.at("items").each("name")
      cursor = page.at("next")
    } while !cursor.isNull && names.count < 10
    #expect(names == ["ci 3", "ci 4", "ci 0", "ci 1", "ci 2"])
    let first = try await world.call("ci.list", ["customer": customer, "warrantyBefore": "2026-05-01", "limit": 1]).at("next")
    await expectFailure(.invalid) { try await world.call("ci.list", ["customer": customer, "limit": 1, "cursor": first]) }
    await expectFailure(.invalid) {
      try await world.call("ci.list", ["customer": customer, "warrantyBefore": "2026-05-02", "limit": 1, "cursor": first])
    }
  }

  @Test func costsStayHiddenInWhatRunsOut() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let finance = try await world.database.staff(.finance)
    let ci = try await world.call("ci.create", ["customer": customer, "type": "server", "name": "priced", "warrantyUntil": "2026-03-31"])
    try await world.call("ci_cost.set", ["id": ci.at("id"), "cost": "1250.50", "currency": "EUR"], as: finance, version: ci.at("version"))
    let input: KeyValuePairs<String, Value> = ["customer": customer, "warrantyBefore": "2026-05-01"]
    #expect(try await world.call("ci.list", input).at("items.0.cost") == .null)
    #expect(try await world.call("ci.list", input, as: finance).at("items.0.cost") == .decimal("1250.50"))
  }

  @Test func anEarlierRevisionOfATypeIsRead() async throws {
    let world = try await AssetsWorld()
    let manager = try await world.database.staff(.accountManager)
    let label = Value.object(["en": "Size", "zh-Hans": "尺寸"])
    func definition(_ most: String) -> Value { .array([.object(["key": "units", "label": label, "type": "integer", "most": .text(most)])]) }
    let type = try await world.call("ci_type.create", ["code": "rack", "name": label, "attributes": definition("60")], as: manager)
    let (ci, bare) = try await (
      world.call("ci.create", ["customer": .id(world.acme.publicId), "type": "rack", "name": "R1", "attributes": .object(["units": 60])]),
      world.call("ci.create", ["customer": .id(world.acme.publicId), "type": "rack", "name": "R2"])
    )
    #expect(ci.at("typeRevision") == 1 && bare.at("typeRevision") == 1)
    let written = world.database.clock.now()
    world.database.clock.advance(seconds: 3600)
    let revised = try await world.call("ci_type.revise", ["id": type.at("id"), "attributes": definition("48")], as: manager, version: type.at("version"))
    #expect(revised.at("revision") == 2)
    let old = try await world.call("ci_type.read", ["id": type.at("id"), "revision": 1])
    #expect(old.at("attributes.0.most") == type.at("attributes.0.most") && old.at("revision") == 1 && old.at("revisedAt") == .instant(written))
    #expect(old.at("version") == revised.at("version"), "it is the type of now, by what was written then")
    #expect(try await world.call("ci_type.read", ["id": type.at("id")]) == revised)
    #expect(try await world.call("ci_type.read", ["id": type.at("id"), "revision": 2]) == revised)
    for revision in [3, Int64.max] {
      let refused = await violations { try await world.call("ci_type.read", ["id": type.at("id"), "revision": .integer(revision)]) }
      #expect(refused == ["revision ci_type.no_such_revision"])
    }
    // What is not told anew was not checked anew.
    let named = try await world.call("ci.change", ["id": ci.at("id"), "name": "R9", "attributes": .object(["units": 60])], version: ci.at("version"))
    #expect(named.at("typeRevision") == 1)
    let told = try await world.call("ci.change", ["id": ci.at("id"), "attributes": .object(["units": 40])], version: named.at("version"))
    #expect(told.at("typeRevision") == 2)
    // By a file as well.
    let lines = try await world.lines(
      [.object(["name": "R2", "attributes": .object(["units": "12"])]), .object(["type": "rack", "name": "R3"])], match: "name")
    #expect(lines.at("changed") == 1 && lines.at("created") == 1)
    #expect(try await world.call("ci.read", ["id": bare.at("id")]).at("typeRevision") == 2)
    #expect(try await world.call("ci.list", ["customer": .id(world.acme.publicId), "text": "r3"]).at("items.0.typeRevision") == 2)
  }
}
