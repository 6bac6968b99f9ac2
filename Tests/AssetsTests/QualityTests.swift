import Kernel
import Operations
import TestSupport
import Testing

@Suite struct QualityTests {
  @Test func whatIsWrongIsCountedAndListed() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let person = try await world.call("person.add", ["customer": customer, "name": "Kim"])
    func create(_ name: String, _ more: KeyValuePairs<String, Value>) async throws -> Value {
      let input = [Value.Member("customer", customer), Value.Member("type", "server"), Value.Member("name", .text(name))]
      return try await world.database.dispatcher.invoke(
        "ci.create", .object(input + more.map { Value.Member($0.key, $0.value) }), as: world.engineer, Call(requestId: "test")
      ).value
    }
    let one = try await create("one", ["serial": "A1", "assetTag": "T1", "owner": person.at("id")])
    let two = try await create("two", ["serial": "a1"])
    let three = try await create("Three", ["assetTag": "t1"])
    let same = try await create(" three ", ["serial": "B"])
    // What is retired counts for nothing, also not as the other of a pair.
    let retired = try await create("retired", ["serial": "B", "state": "retired"])
    _ = try await world.server("elsewhere", of: world.other)
    try await world.relate(one, "uses", two)
    let counts = try await world.call("ci.quality", ["customer": customer])
    #expect(
      counts
        == .object([
          "all": 4, "unrelated": 2, "unowned": 3, "uncovered": 4, "unshared": .null, "stale": 0, "duplicateSerial": 2, "duplicateTag": 2, "duplicateName": 2,
          "attributes": 0,
        ]), "\(JSON.text(counts))")
    func found(_ check: String, _ days: Value = .null) async throws -> [String] {
      try await world.call("ci.findings", ["customer": customer, "check": .text(check), "staleDays": days]).at("items").each("name")
    }
    #expect(try await found("unrelated") == ["Three", " three "])
    #expect(try await found("duplicate_serial") == ["one", "two"])
    #expect(Set(try await found("duplicate_tag")) == ["one", "Three"])
    #expect(try await found("unowned") == ["Three", " three ", "two"])
    // A change confirms; so does saying so.
    world.database.clock.set(TestDatabase.start.adding(seconds: 100 * 86_400))
    #expect(try await found("stale", 90).count == 4)
    #expect(try await found("stale") == [])
    try await world.call("ci.confirm", ["id": three.at("id")], version: three.at("version"))
    try await world.call("ci.change", ["id": same.at("id"), "ciTier": "gold"], version: same.at("version"))
    #expect(try await found("stale", 90) == ["one", "two"])
    #expect(try await world.call("ci.quality", ["customer": customer, "staleDays": 90]).at("stale") == 2)
    #expect(retired.at("state") == "retired")
  }

  /// Nobody can be asked who has left; who comes back answers for it again.
  @Test func whoHasLeftOwnsNothing() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    var person = try await world.call("person.add", ["customer": customer, "name": "Kim"])
    try await world.call("ci.create", ["customer": customer, "type": "server", "name": "owned", "owner": person.at("id")])
    func unowned() async throws -> [String] {
      let found = try await world.call("ci.findings", ["customer": customer, "check": "unowned"]).at("items").each("name")
      #expect(try await world.call("ci.quality", ["customer": customer]).at("unowned") == .integer(Int64(found.count)))
      return found
    }
    #expect(try await unowned() == [])
    for (left, found) in [(true, ["owned"]), (false, [])] {
      person = try await world.call(
        "person.change", ["id": person.at("id"), "left": .bool(left)], as: world.database.root, version: person.at("version"))
      #expect(try await unowned() == found)
    }
  }

  /// A neighbour that is not in use any more is none.
  @Test func aDeadNeighbourRelatesNothing() async throws {
    let world = try await AssetsWorld()
    let customer = Value.id(world.acme.publicId)
    let (left, middle, right) = (try await world.server("left"), try await world.server("middle"), try await world.server("right"))
    try await world.relate(left, "uses", middle)
    try await world.relate(middle, "runs_on", right)
    func unrelated() async throws -> [String] {
      let found = try await world.call("ci.findings", ["customer": customer, "check": "unrelated"]).at("items").each("name")
      #expect(try await world.call("ci.quality", ["customer": customer]).at("unrelated") == .integer(Int64(found.count)))
      return found
    }
    #expect(try await unrelated() == [])
    let current = try await world.call("ci.read", ["id": middle.at("id")])
    try await world.call("ci.transition", ["id": middle.at("id"), "state": "retired"], version: current.at("version"))
    #expect(try await unrelated() == ["left", "right"])
    try await world.relate(right, "connected_to", left)
    #expect(try await unrelated() == [])
  }

  /// Of what the provider shares it is asked whom it affects, not what covers it: it has no contracts.
  @Test func whatTheProviderSharesAffectsSomebody() async throws {
    let world = try await AssetsWorld()
    let provider = Value.id(world.database.provider.publicId)
    func shared(_ name: String) async throws -> Value {
      try await world.call("ci.create", ["customer": provider, "type": "server", "name": .text(name)])
    }
    let (cloud, host, part, alone) = (try await shared("cloud"), try await shared("host"), try await shared("part"), try await shared("alone"))
    try await world.relate(cloud, "runs_on", host)
    try await world.relate(part, "part_of", host)
    try await world.relate(alone, "uses", cloud)
    func unshared() async throws -> [String] {
      let found = try await world.call("ci.findings", ["customer": provider, "check": "unshared"]).at("items").each("name")
      let counts = try await world.call("ci.quality", ["customer": provider])
      #expect(counts.at("unshared") == .integer(Int64(found.count)) && counts.at("uncovered") == .null)
      return found
    }
    #expect(try await unshared() == ["alone", "cloud", "host", "part"])
    try await world.call("shared_ci.affect", ["id": cloud.at("id"), "customer": .id(world.acme.publicId)])
    #expect(try await unshared() == ["alone"], "what it needs affects the customer with it, what needs it does not")
    #expect(try await world.call("ci.findings", ["customer": provider, "check": "uncovered"]).at("items") == .array([]))
    // A customer shares nothing, and is not asked.
    _ = try await world.server("own")
    let own = Value.id(world.acme.publicId)
    #expect(try await world.call("ci.findings", ["customer": own, "check": "unshared"]).at("items") == .array([]))
    #expect(try await world.call("ci.quality", ["customer": own]).at("unshared") == .null)
    // What is retired affects nobody, and nothing through it.
    let current = try await world.call("ci.read", ["id": cloud.at("id")])
    try await world.call("ci.transition", ["id": cloud.at("id"), "state": "retired"], version: current.at("version"))
    #expect(try await unshared() == ["alone", "host", "part"])
  }

  /// Pages of what is looked at in the program hold what one page holds.
  @Test func findingsOfAttributesArePaged() async throws {
    let world = try await AssetsWorld()
    let manager = try await world.database.staff(.accountManager)
    let label = Value.object(["en": "Label"])
    func attributes(_ required: Bool) -> Value { .array([.object(["key": "room", "label": label, "type": "text", "required": .bool(required)])]) }
    let type = try await world.call("ci_type.create", ["code": "rack", "name": label, "attributes": attributes(false)], as: manager)
    for number in 0..<7 {
      let values = Value.object(number % 3 == 0 ? [Value.Member("room", "R")] : [])
      try await world.call(
        "ci.create", ["customer": .id(world.acme.publicId), "type": "rack", "name": .text("rack \(number)"), "attributes": values])
    }
    try await world.call("ci_type.revise", ["id": type.at("id"), "attributes": attributes(true)], as: manager, version: type.at("version"))
    var names: [String] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.call(
        "ci.findings", ["customer": .id(world.acme.publicId), "check": "attributes", "limit": 1, "cursor": cursor])
      names += page.at("items").each("name")
      cursor = page.at("next")
    } while !cursor.isNull
    #expect(names == ["rack 1", "rack 2", "rack 4", "rack 5"])
    #expect(try await world.call("ci.quality", ["customer": .id(world.acme.publicId)]).at("attributes") == 4)
  }
}
