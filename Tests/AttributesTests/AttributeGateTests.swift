import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Attributes

@Suite struct AttributeGateTests {
  private func gate(_ world: AttributesWorld, _ keys: [Value], customer: Bool = true, step: String = "incident.resolve") async throws -> Value {
    let bits = try await world.database.superuser.transaction { try await $0.query(StaffBits(account: world.account.actor.id)) }
    var members = [
      Value.Member("step", .text(step)), Value.Member("attributes", .array(keys)), Value.Member("name", .object(["en": "Region"])),
      Value.Member("purpose", .object(["en": "Figures by region"])), Value.Member("owner", .id(world.database.provider.id("stf", try #require(bits.first)))),
    ]
    if customer { members.append(Value.Member("customer", .id(world.acme.publicId))) }
    return try await world.invoke("gate.create", members, as: world.account)
  }

  private func resolve(_ world: AttributesWorld, _ incident: Value) async throws -> Value {
    try await world.act("resolve", on: incident, [Value.Member("resolution", "Done")])
  }

  @Test func aGateAsksForAnAttribute() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", AttributesWorld.region)
    let gate = try await gate(world, ["region"])
    #expect(gate["attributes"] == .array(["region"]) && gate["kind"] == "field" && gate["fields"] == .array([]))
    let opened = try await world.open()
    #expect(try await world.refused { try await resolve(world, opened) } == ["attributes.region gate.field_missing"])
    let situation = try await world.act("gates", on: opened)
    #expect(situation["ahead"]?.array?.first?["missing"] == .array(["attributes.region"]))
    let told = try await world.tell(["region": "emea"], of: opened)
    #expect(try await resolve(world, told)["state"] == "resolved")
  }

  @Test func beforeOpeningItIsToldWithTheReport() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", AttributesWorld.region)
    _ = try await gate(world, ["region"], step: "incident.open")
    #expect(try await world.refused { try await world.open() } == ["attributes.region gate.field_missing"])
    #expect(try await world.open(["region": "emea"])["attributes"]?["region"] == "emea")
  }

  /// What nobody can tell any more stops nothing for good.
  @Test func whatCannotBeToldIsNotAskedFor() async throws {
    let world = try await AttributesWorld()
    let made = try await world.define("circuit")
    _ = try await gate(world, ["circuit"])
    let opened = try await world.open()
    #expect(try await world.refused { try await resolve(world, opened) } == ["attributes.circuit gate.field_missing"])
    _ = try await world.invoke("attribute.retire", [Value.Member("id", made.at("id"))], as: world.account, version: 1)
    #expect(try await resolve(world, opened)["state"] == "resolved")
  }

  /// Another category just before the step is no way round: what a gate asks for is for tickets of all, and stays so.
  @Test func aCategoryIsNoWayRound() async throws {
    let world = try await AttributesWorld()
    try await world.define("loss", "text", [Value.Member("categories", .array(["network"]))])
    #expect(try await world.refused { try await gate(world, ["loss"]) } == ["attributes[0] attribute.of_categories"])
    let failure = try #require(await #expect(throws: Failure.self) { try await gate(world, ["nothing"]) })
    #expect(failure.violations.first?.arguments["allowed"] == "-")
    let made = try await world.define("circuit")
    _ = try await gate(world, ["circuit"])
    let narrow = [Value.Member("id", made.at("id")), Value.Member("categories", .array(["network"]))]
    #expect(
      try await world.refused { try await world.invoke("attribute.change", narrow, as: world.account, version: 1) }
        == ["categories attribute.only_grows"])
    let opened = try await world.open(nil, [Value.Member("category", "network/vpn")])
    let moved = try await world.act("change", on: opened, [Value.Member("category", "mail")])
    #expect(try await world.refused { try await resolve(world, moved) } == ["attributes.circuit gate.field_missing"])
  }

  @Test func aGateNamesWhatAllBeforeItCanHave() async throws {
    let world = try await AttributesWorld()
    try await world.define("theirs", "text", [Value.Member("customers", .array([.id(world.other.publicId)]))])
    try await world.define("own", "text", [Value.Member("customers", .array([.id(world.acme.publicId)]))])
    #expect(try await world.refused { try await gate(world, ["theirs"]) } == ["attributes[0] attribute.unknown"])
    #expect(try await world.refused { try await gate(world, ["own"], customer: false) } == ["attributes[0] attribute.unknown"])
    #expect(try await world.refused { try await gate(world, ["own", "own"]) } == ["attributes[1] gate.twice"])
    #expect(try await gate(world, ["own"])["attributes"] == .array(["own"]))
  }
}

private struct StaffBits: Statement {
  let account: Int64

  static let sql = "select public_id from tenancy.account where id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(account) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
