import Kernel
import Operations
import TestSupport
import Testing

@testable import Attributes

@Suite struct DefinitionTests {
  @Test func anAttributeIsDefinedChangedRetiredAndRestored() async throws {
    let world = try await AttributesWorld()
    let made = try await world.define("region", "choice", visible: true, AttributesWorld.region)
    #expect(made["revision"] == 1 && made["filter"] == .bool(true) && made["forAll"] == .bool(true) && made["state"] == "active")
    let fewer = Value.array([.object(["value": "emea", "name": .object(["en": "Europe and more"])])])
    let changed = try await world.invoke(
      "attribute.change", [Value.Member("id", made.at("id")), Value.Member("choices", fewer)], as: world.account, version: 1)
    #expect(changed["revision"] == 2 && changed["version"] == 2)
    #expect(changed["formerChoices"]?.array?.map { $0.at("value") } == ["apac"])
    // What comes back is no former one any more.
    let again = try await world.invoke(
      "attribute.change", [Value.Member("id", made.at("id"))] + AttributesWorld.region, as: world.account, version: 2)
    #expect(again["formerChoices"] == .array([]))
    let retired = try await world.invoke("attribute.retire", [Value.Member("id", made.at("id"))], as: world.account, version: 3)
    #expect(retired["state"] == "retired")
    #expect(
      try await world.refused {
        try await world.invoke("attribute.change", [Value.Member("id", made.at("id")), Value.Member("unit", "x")], as: world.account, version: 4)
      } == ["attribute.is_retired"])
    #expect(try await world.invoke("attribute.restore", [Value.Member("id", made.at("id"))], as: world.account, version: 4)["state"] == "active")
    #expect(
      try await world.refused { try await world.invoke("attribute.retire", [Value.Member("id", made.at("id"))], as: world.account, version: 4) }
        == ["version.mismatch"])
    let listed = try await world.invoke("attribute.list", [Value.Member("process", "incident")], as: world.engineer)
    #expect(listed["items"]?.array?.map { $0.at("key") } == ["region"])
  }

  @Test(arguments: [
    ("Region", "text", "incident", [Value.Member](), "key attribute.bad_key"),
    ("k", "choice", "incident", [], "choices attribute.choices_of_choice"),
    ("k", "text", "incident", [Value.Member("unit", "kg")], "unit attribute.unit_of_number"),
    ("k", "integer", "incident", [Value.Member("least", "5"), Value.Member("most", "4")], "most attribute.bad_limits"),
    ("k", "text", "incident", [Value.Member("customersTell", .bool(true))], "customersTell attribute.internal_told"),
    ("k", "text", "incident", [Value.Member("categories", .array(["no/such"]))], "categories[0] attribute.unknown_category"),
    ("k", "text", "problem", [Value.Member("visible", .bool(true))], "visible attribute.customers_of_theirs"),
    ("k", "text", "change", [Value.Member("categories", .array(["network"]))], "categories attribute.no_category"),
  ])
  func whatMakesNoSenseIsRefused(key: String, type: String, process: String, more: [Value.Member], expected: String) async throws {
    let world = try await AttributesWorld()
    let members = [
      Value.Member("process", .text(process)), Value.Member("key", .text(key)), Value.Member("type", .text(type)),
      Value.Member("label", .object(["en": "Label"])),
    ]
    #expect(try await world.refused { try await world.invoke("attribute.create", members + more, as: world.account) } == [expected])
  }

  @Test func aKeyIsOneForAllAndIsForWhoServesAll() async throws {
    let world = try await AttributesWorld()
    try await world.define("cost_centre", [Value.Member("customers", .array([.id(world.acme.publicId)]))])
    let failure = try #require(await #expect(throws: Failure.self) { try await world.define("cost_centre") })
    #expect(failure.code == "attribute.key_taken")
    // The same key of another process is another attribute.
    try await world.define("cost_centre", process: "problem")
    let narrow = try await world.database.staff(.accountManager, for: [world.acme])
    #expect(await #expect(throws: Failure.self) { try await world.define("another", as: narrow) }?.kind == .denied)
    #expect(await #expect(throws: Failure.self) { try await world.define("another", as: world.engineer) }?.kind == .denied)
    // Who serves only OTHER does not see what is ACME's.
    let seen = try await world.invoke("attribute.list", [Value.Member("process", "incident")], as: world.servesOther)
    #expect(seen["items"] == .array([]))
  }

  @Test func eachRevisionIsKept() async throws {
    let world = try await AttributesWorld()
    let made = try await world.define("region", "choice", visible: true, AttributesWorld.region)
    let fewer = Value.array([.object(["value": "emea", "name": .object(["en": "Europe"])])])
    _ = try await world.invoke("attribute.change", [Value.Member("id", made.at("id")), Value.Member("choices", fewer)], as: world.account, version: 1)
    func history(_ more: [Value.Member] = [], as principal: Principal) async throws -> Value {
      try await world.invoke("attribute.history", [Value.Member("id", made.at("id"))] + more, as: principal)
    }
    let told = try await history(as: world.account)["items"]?.array ?? []
    #expect(told.map { $0.at("revision") } == [2, 1])
    #expect(told.last?["content"]?["choices"]?.array?.map { $0.at("value") } == ["emea", "apac"])
    #expect(told.first?["content"]?["choices"]?.array?.map { $0.at("value") } == ["emea"] && told.first?["author"] == .text(world.account.name))
    let page = try await history([Value.Member("limit", 1)], as: world.account)
    let next = try await history([Value.Member("limit", 1), Value.Member("cursor", page.at("next"))], as: world.account)
    #expect(page["items"]?.array == Array(told.prefix(1)) && next["items"]?.array == Array(told.suffix(1)))
    // Whom else it is for is for those to know who serve all.
    let refused = await #expect(throws: Failure.self) { try await history(as: world.engineer) }
    #expect(refused?.kind == .denied)
  }

  /// No value is left that nobody may give again, and no gate asks in vain.
  @Test func whatItIsForOnlyGrows() async throws {
    let world = try await AttributesWorld()
    let (acme, other) = (Value.id(world.acme.publicId), Value.id(world.other.publicId))
    let made = try await world.define(
      "branch", [Value.Member("customers", .array([acme])), Value.Member("categories", .array(["network/vpn"]))])
    func change(_ field: String, _ value: Value, _ version: Int64) async throws -> Value {
      try await world.invoke("attribute.change", [Value.Member("id", made.at("id")), Value.Member(field, value)], as: world.account, version: version)
    }
    #expect(try await world.refused { try await change("customers", .array([other]), 1) } == ["customers attribute.only_grows"])
    #expect(try await world.refused { try await change("categories", .array(["mail"]), 1) } == ["categories attribute.only_grows"])
    #expect(try await change("customers", .array([acme, other]), 1)["customers"] == .array([acme, other]))
    // What lies above covers what lies below.
    #expect(try await change("categories", .array(["network"]), 2)["categories"] == .array(["network"]))
    #expect(try await world.refused { try await change("categories", .array(["network/vpn"]), 3) } == ["categories attribute.only_grows"])
    #expect(try await change("categories", .null, 3)["categories"] == .array([]))
    #expect(try await change("customers", .null, 4)["forAll"] == .bool(true))
    #expect(try await world.refused { try await change("customers", .array([acme]), 5) } == ["customers attribute.only_grows"])
    #expect(try await world.refused { try await change("categories", .array(["network"]), 5) } == ["categories attribute.only_grows"])
  }

  @Test func aProcessHasSoManyAttributes() async throws {
    let world = try await AttributesWorld()
    let only = [Value.Member("customers", .array([.id(world.acme.publicId)]))]
    for index in 0..<49 { try await world.define("own_\(index)", only) }
    // Of two at once for the last place one has it.
    @Sendable func has(_ key: String) async throws -> Bool {
      do {
        try await world.define(key, only)
        return true
      } catch let failure as Failure {
        #expect(failure.code == "attribute.too_many")
        return false
      }
    }
    async let last = has("own_49")
    async let other = has("own_49b")
    let (isLast, isOther) = (try await last, try await other)
    #expect(isLast != isOther)
    #expect(try await world.refused { try await world.define("own_50", only) } == ["attribute.too_many"])
    // Another customer's own are his.
    try await world.define("theirs", [Value.Member("customers", .array([.id(world.other.publicId)]))])
    try await world.define("for_all")
  }
}

extension AttributesWorld {
  @discardableResult
  fileprivate func define(_ key: String, _ more: [Value.Member]) async throws -> Value { try await define(key, "text", more) }
}
