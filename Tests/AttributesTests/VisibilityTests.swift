import Desk
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Attributes

/// What is internal does not reach a customer, by any way; nor what another customer's people know.
@Suite struct VisibilityTests {
  @Test func aCustomerSeesOnlyWhatIsVisible() async throws {
    let world = try await AttributesWorld()
    try await world.define("region", "choice", visible: true, AttributesWorld.region)
    try await world.define("suspect", "choice", AttributesWorld.region)
    let opened = try await world.open(["region": "emea", "suspect": "apac"])
    let changed = try await world.tell(["suspect": "emea"], of: opened)
    let read = try await world.act("read", on: opened, as: world.manager)
    #expect(read["attributes"] == .object(["region": "emea"]))
    let history = try await world.history(opened, as: world.manager)
    #expect(!JSON.text(.array(history)).contains("suspect") && !history.contains { $0["type"] == "incident.internal_attributes_changed" })
    #expect(history.contains { $0["type"] == "incident.attributes_changed" })
    let listed = try await world.invoke("attribute.list", [], as: world.manager)
    #expect(listed["items"]?.array?.map { $0.at("key") } == ["region"])
    #expect(listed["items"]?.array?.first?["forAll"] == .null)
    // An act of the customer's leaves the provider's own as it was, and its answer does not tell it.
    let resolved = try await world.act("resolve", on: changed, [Value.Member("resolution", "Done")])
    let closed = try await world.act("close", on: resolved, as: world.manager)
    #expect(closed["attributes"] == .object(["region": "emea"]))
    #expect(try await world.act("read", on: opened)["attributes"] == .object(["region": "emea", "suspect": "emea"]))
  }

  @Test func anInternalOneIsToACustomerOneThatThereIsNot() async throws {
    let world = try await AttributesWorld()
    let secret = try await world.define("suspect", "choice", AttributesWorld.region)
    try await world.define("region", "choice", visible: true, AttributesWorld.region + [Value.Member("customersTell", .bool(true))])
    try await world.define("severity", "integer", visible: true)
    func refusal(_ key: String) async throws -> Failure.Violation? {
      let told = Value.object([Value.Member(key, "emea")])
      let failure = await #expect(throws: Failure.self) {
        try await world.open(nil, [Value.Member("attributes", told)], as: world.manager)
      }
      return failure?.violations.first
    }
    let (hidden, unknown) = (try await refusal("suspect"), try await refusal("nothing"))
    #expect(hidden?.message.key == unknown?.message.key && hidden?.arguments["allowed"] == unknown?.arguments["allowed"])
    #expect(hidden?.arguments["allowed"] == "region, severity")
    #expect(try await refusal("severity")?.message.key == "attribute.staff_tells")
    #expect(try await world.open(["region": "emea"], as: world.manager)["attributes"] == .object(["region": "emea"]))
    func filtered(_ attribute: String) async throws -> [String] {
      try await world.refused {
        try await world.invoke(
          "incident.list", [Value.Member("customer", .id(world.acme.publicId)), Value.Member("attribute", .text(attribute))], as: world.manager)
      }
    }
    #expect(try await filtered("suspect:emea") == (try await filtered("nothing:emea")))
    let read = await #expect(throws: Failure.self) {
      try await world.invoke("attribute.read", [Value.Member("id", secret.at("id"))], as: world.manager)
    }
    #expect(read?.kind == .notFound)
  }

  @Test func anotherCustomersIsToACustomerOneThatThereIsNot() async throws {
    let world = try await AttributesWorld()
    let only = [Value.Member("customers", .array([.id(world.other.publicId)]))]
    let theirs = try await world.define("branch", "text", visible: true, only)
    let read = await #expect(throws: Failure.self) {
      try await world.invoke("attribute.read", [Value.Member("id", theirs.at("id"))], as: world.manager)
    }
    #expect(read?.kind == .notFound)
    #expect(try await world.invoke("attribute.list", [], as: world.manager)["items"] == .array([]))
  }

  /// The database itself gives a customer's transaction neither definitions nor values nor changes of internal ones.
  @Test func rowSecurityKeepsThem() async throws {
    let world = try await AttributesWorld()
    try await world.define("suspect")
    try await world.define("region", "choice", visible: true, AttributesWorld.region)
    _ = try await world.open(["suspect": "x", "region": "emea"])
    func counts(_ side: Side, _ tenant: TenantEntry) async throws -> [Int64] {
      try await world.database.tenancy.transaction(binding: [tenant.id], side: side) { try await $0.query(CountAll()) }.first ?? []
    }
    #expect(try await counts(.staff, world.acme) == [2, 1, 1, 1, 1])
    #expect(try await counts(.customer, world.acme) == [1, 1, 0, 1, 0])
    #expect(try await counts(.customer, world.other) == [1, 0, 0, 0, 0])
  }

  /// The database itself keeps a value where its definition says it is to be, under its key.
  @Test func valuesAreTiedToTheirDefinitions() async throws {
    let world = try await AttributesWorld()
    try await world.define("suspect")
    _ = try await world.open(["suspect": "x"])
    let copied = "tenant_id, process, subject_id, key, definition_id, value, opened_at"
    for (script, kind) in [
      ("insert into attributes.value (\(copied)) select \(copied) from attributes.internal_value", PostgresError.Kind.foreignKeyViolation),
      ("insert into attributes.value (\(copied), is_internal) select \(copied), true from attributes.internal_value", .checkViolation),
      ("update attributes.internal_value set is_internal = false", .checkViolation),
      ("update attributes.internal_value set key = 'other'", .foreignKeyViolation),
    ] {
      let error = await #expect(throws: PostgresError.self) { try await world.database.runAsSuperuser(script) }
      #expect(error?.kind == kind, "\(script)")
    }
  }

  /// Whoever is told of events, live or by a notification, is told of no internal one.
  @Test func nobodyIsToldOfInternalOnes() {
    #expect(TicketEventType.internalOnly.contains(TicketEventType.internalAttributesChanged))
    #expect(!TicketEventType.internalOnly.contains(TicketEventType.attributesChanged))
  }
}

private struct CountAll: Statement {
  static let sql = """
    select (select count(*) from attributes.definition), (select count(*) from attributes.value), (select count(*) from attributes.internal_value),
      (select count(*) from attributes.change), (select count(*) from attributes.internal_change)
    """

  static func decode(_ row: inout RowReader) throws -> [Int64] {
    [try row.next(), try row.next(), try row.next(), try row.next(), try row.next()]
  }
}
