import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Attributes

@Suite struct ValueTests {
  @Test func valuesAreToldReadAndRecorded() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", visible: true, AttributesWorld.region)
    try await world.define("downtime", "decimal", [Value.Member("unit", "h"), Value.Member("least", "0")])
    let opened = try await world.open(["region": "emea", "downtime": .decimal("1.50")])
    #expect(opened["attributes"] == .object(["downtime": .decimal("1.5"), "region": "emea"]))
    let changed = try await world.tell(["region": "apac", "downtime": .null], of: opened)
    #expect(changed["attributes"] == .object(["region": "apac"]))
    #expect(try await world.act("read", on: opened)["attributes"] == .object(["region": "apac"]))
    let history = try await world.history(opened)
    let told = history.filter { $0["type"] == "incident.attributes_changed" }
    #expect(
      told.map { $0.at("payload").at("changes") } == [
        .array([.object(["key": "region", "was": .null, "became": "emea"])]), .array([.object(["key": "region", "was": "emea", "became": "apac"])]),
      ])
    let internals = history.filter { $0["type"] == "incident.internal_attributes_changed" }
    #expect(internals.last?.at("payload").at("changes") == .array([.object(["key": "downtime", "was": .decimal("1.5"), "became": .null])]))
    // A change of attributes alone says nothing of fields.
    #expect(!history.contains { $0["type"] == "incident.changed" })
  }

  @Test func whatIsWrongIsNamedAllAtOnce() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", AttributesWorld.region)
    try await world.define("seats", "integer", [Value.Member("least", "1"), Value.Member("most", "9")])
    try await world.define("asset", "text", [Value.Member("pattern", "@@-##")])
    try await world.define("due", "instant")
    try await world.define("parts", "multi_choice", AttributesWorld.region)
    let wrong = try await world.refused {
      try await world.open(["region": "moon", "seats": 10, "asset": "x", "due": "soon", "parts": .array(["emea", "emea"]), "nothing": 1])
    }
    #expect(
      wrong == [
        "attributes.region attribute.not_a_choice", "attributes.seats attribute.range", "attributes.asset attribute.other_form",
        "attributes.due attribute.wrong_type", "attributes.parts attribute.chosen_twice", "attributes.nothing attribute.unknown",
      ])
    let failure = try #require(await #expect(throws: Failure.self) { try await world.open(["region": "moon"]) })
    let told = failure.violations.first.map { "\($0.arguments)" } ?? ""
    #expect(told.contains("region") && told.contains("moon") && told.contains("emea, apac"), "\(told)")
    // Nothing of it is done.
    #expect(try await world.ids("incident.list", [Value.Member("customer", .id(world.acme.publicId))]).isEmpty)
  }

  @Test func whoSawAnotherVersionChangesNothing() async throws {
    let world = try await AttributesWorld()
    try await world.define("note")
    let opened = try await world.open(["note": "first"])
    try await world.tell(["note": "second"], of: opened)
    #expect(try await world.refused { try await world.tell(["note": "third"], of: opened) } == ["version.mismatch"])
    #expect(try await world.act("read", on: opened)["attributes"]?["note"] == "second")
  }

  /// Two who tell at once, each of what both saw: one is told that another one came first, and nothing of his is there.
  @Test func ofTwoAtOnceOneTells() async throws {
    let world = try await AttributesWorld()
    try await world.define("note")
    try await world.define("vendor")
    let opened = try await world.open()
    @Sendable func tells(_ key: String) async throws -> Bool {
      do {
        _ = try await world.act("change", on: opened, [Value.Member("attributes", .object([Value.Member(key, "x")]))])
        return true
      } catch let failure as Failure {
        #expect(failure.kind == .versionMismatch)
        return false
      }
    }
    async let note = tells("note")
    async let vendor = tells("vendor")
    let (isNote, isVendor) = (try await note, try await vendor)
    #expect(isNote != isVendor)
    let read = try await world.act("read", on: opened)
    #expect(read["attributes"] == .object([Value.Member(isNote ? "note" : "vendor", "x")]))
  }

  @Test func aCallThatComesAgainChangesNothingAgain() async throws {
    let world = try await AttributesWorld()
    try await world.define("note")
    let opened = try await world.open()
    let first = try await world.tell(["note": "x"], of: opened, key: "k1")
    #expect(try await world.tell(["note": "x"], of: opened, key: "k1") == first)
    #expect(try await world.history(opened).filter { $0["type"] == "incident.internal_attributes_changed" }.count == 1)
  }

  /// Telling what stands there already changes nothing: no version, no event; what was assessed of a change stays so.
  @Test func tellingWhatStandsIsNoChange() async throws {
    let world = try await AttributesWorld()
    try await world.define("note")
    try await world.define("note", process: "problem")
    try await world.define("note", process: "change")
    let note = Value.Member("attributes", .object(["note": "x"]))
    let incident = try await world.open(["note": "x"])
    let told = try await world.tell(["note": "x"], of: incident)
    #expect(told["version"] == incident["version"] && told["attributes"] == incident["attributes"])
    let incidents = try await world.history(incident).count
    try await world.tell(["note": "x"], of: incident)
    #expect(try await world.history(incident).count == incidents)
    let problem = try await world.invoke(
      "problem.open", [Value.Member("title", "P"), Value.Member("impact", 2), Value.Member("urgency", 2), note], as: world.engineer)
    let change = try await world.invoke("change.open", [Value.Member("title", "C"), Value.Member("kind", "normal"), note], as: world.engineer)
    for (opened, operation) in [(problem, "problem.change"), (change, "change.change")] {
      let told = try await world.invoke(
        operation, [Value.Member("id", opened.at("id")), note], as: world.engineer, version: opened["version"]?.integer)
      #expect(told["version"] == opened["version"] && told["attributes"] == opened["attributes"], "\(operation)")
    }
  }

  @Test func whatIsRetiredStaysOnTheTicketsThatHoldIt() async throws {
    let world = try await AttributesWorld()
    let made = try await world.define("region", "choice", AttributesWorld.region)
    let holds = try await world.open(["region": "emea"])
    _ = try await world.invoke("attribute.retire", [Value.Member("id", made.at("id"))], as: world.account, version: 1)
    #expect(try await world.refused { try await world.open(["region": "emea"]) } == ["attributes.region attribute.retired"])
    #expect(try await world.refused { try await world.tell(["region": "apac"], of: holds) } == ["attributes.region attribute.retired"])
    // As it stands it may be told again, it may be taken away, and is found.
    let same = try await world.tell(["region": "emea"], of: holds)
    #expect(same["attributes"]?["region"] == "emea")
    #expect(
      try await world.ids("incident.list", [Value.Member("customer", .id(world.acme.publicId)), Value.Member("attribute", "region:emea")])
        == [holds.at("id")])
    #expect(try await world.tell(["region": .null], of: same)["attributes"] == .object([]))
  }

  @Test func aChoiceThatIsGoneStaysWhereItIsHeld() async throws {
    let world = try await AttributesWorld()
    let made = try await world.define("region", "choice", AttributesWorld.region)
    let holds = try await world.open(["region": "apac"])
    let fewer = Value.array([.object(["value": "emea", "name": .object(["en": "Europe"])])])
    _ = try await world.invoke("attribute.change", [Value.Member("id", made.at("id")), Value.Member("choices", fewer)], as: world.account, version: 1)
    #expect(try await world.refused { try await world.open(["region": "apac"]) } == ["attributes.region attribute.not_a_choice"])
    #expect(try await world.act("read", on: holds)["attributes"]?["region"] == "apac")
    #expect(try await world.ids("incident.queue", [Value.Member("attribute", "region:apac")]) == [holds.at("id")])
  }

  @Test func anAttributeIsForSomeCategoriesAndCustomers() async throws {
    let world = try await AttributesWorld()
    try await world.define("circuit", "text", [Value.Member("categories", .array(["network"]))])
    try await world.define("branch", "text", [Value.Member("customers", .array([.id(world.acme.publicId)]))])
    #expect(try await world.refused { try await world.open(["circuit": "c1"]) } == ["attributes.circuit attribute.other_category"])
    let network = try await world.open(["circuit": "c1", "branch": "b"], [Value.Member("category", "network/vpn")])
    #expect(network["attributes"] == .object(["branch": "b", "circuit": "c1"]))
    // Another customer's is not there; and what allowed says does not name it.
    let failure = try #require(await #expect(throws: Failure.self) { try await world.open(["branch": "b"], of: world.other) })
    #expect(failure.violations.map(\.path) == ["attributes.branch"] && failure.violations.first?.arguments["allowed"] == "circuit")
    // Of another category afterwards it keeps the value, and takes no other one.
    let moved = try await world.act("change", on: network, [Value.Member("category", "mail")])
    #expect(moved["attributes"]?["circuit"] == "c1")
    #expect(try await world.refused { try await world.tell(["circuit": "c2"], of: moved) } == ["attributes.circuit attribute.other_category"])
    // With the category in the same call it goes.
    #expect(
      try await world.act(
        "change", on: moved, [Value.Member("category", "network"), Value.Member("attributes", .object(["circuit": "c2"]))])["attributes"]?["circuit"] == "c2")
  }

  /// Opening a ticket that tells no attribute reads and writes nothing of the module's: it goes on while others hold all of it.
  @Test func aTicketThatTellsNoneCostsNothing() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", AttributesWorld.region)
    let opened = try await world.database.superuser.transaction { transaction in
      try await transaction.execute(HoldAll())
      return try await world.open()
    }
    #expect(opened["attributes"] == .object([]))
  }

  @Test func splitAndMergeCarryWhatIsHeld() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", visible: true, AttributesWorld.region)
    try await world.define("note")
    try await world.define("seats", "integer")
    let whole = try await world.open(["region": "emea", "note": "n", "seats": 3])
    let part = try await world.act("split", on: whole, [Value.Member("title", "The other half")])
    #expect(part["attributes"] == whole["attributes"])
    #expect(try await world.act("read", on: part)["attributes"] == whole["attributes"])
    let survivor = try await world.open(["region": "apac"])
    _ = try await world.act("merge", on: try await world.act("read", on: whole), [Value.Member("into", survivor.at("id"))])
    let after = try await world.act("read", on: survivor)
    #expect(after["attributes"] == .object(["note": "n", "region": "apac", "seats": 3]))
    #expect(after["version"] == 2)
    let told = try await world.history(survivor).last { $0["type"] == "incident.internal_attributes_changed" }
    #expect(told?.at("payload").at("keys") == .array(["note", "seats"]) && told?.at("payload").at("changes").array?.count == 2)
    #expect(
      Set(try await world.ids("incident.queue", [Value.Member("attribute", "region:emea")])) == [part.at("id")])
  }

  @Test func problemsAndChangesHaveTheirOwn() async throws {
    let world = try await AttributesWorld()
    try await world.define("vendor_case", process: "problem")
    try await world.define("budget", "integer", process: "change")
    let problem = try await world.invoke(
      "problem.open",
      [
        Value.Member("title", "P"), Value.Member("impact", 2), Value.Member("urgency", 2),
        Value.Member("attributes", .object(["vendor_case": "V-1"])),
      ], as: world.engineer)
    #expect(problem["attributes"] == .object(["vendor_case": "V-1"]))
    let changed = try await world.invoke(
      "problem.change", [Value.Member("id", problem.at("id")), Value.Member("attributes", .object(["vendor_case": "V-2"]))], as: world.engineer,
      version: problem["version"]?.integer)
    #expect(changed["attributes"] == .object(["vendor_case": "V-2"]))
    let history = try await world.invoke("problem.history", [Value.Member("id", problem.at("id"))], as: world.engineer)["items"]?.array ?? []
    #expect(
      history.last?.at("payload").at("changes") == .array([.object(["key": "vendor_case", "was": "V-1", "became": "V-2"])]))
    let change = try await world.invoke(
      "change.open",
      [Value.Member("title", "C"), Value.Member("kind", "normal"), Value.Member("attributes", .object(["budget": 5]))], as: world.engineer)
    #expect(change["attributes"] == .object(["budget": 5]))
    let written = try await world.invoke(
      "change.change", [Value.Member("id", change.at("id")), Value.Member("attributes", .object(["budget": 6]))], as: world.engineer,
      version: change["version"]?.integer)
    #expect(written["attributes"] == .object(["budget": 6]))
    #expect(
      try await world.refused {
        try await world.invoke(
          "change.change", [Value.Member("id", change.at("id")), Value.Member("attributes", .object(["vendor_case": "x"]))], as: world.engineer,
          version: written["version"]?.integer)
      } == ["attributes.vendor_case attribute.unknown"])
    let told = try await world.invoke("change.history", [Value.Member("id", change.at("id"))], as: world.engineer)["items"]?.array ?? []
    #expect(told.last?.at("payload").at("changes") == .array([.object(["key": "budget", "was": 5, "became": 6])]))
  }
}

private struct HoldAll: Statement {
  static let sql = """
    lock table attributes.definition, attributes.value, attributes.internal_value, attributes.change, attributes.internal_change in access exclusive mode
    """
}
