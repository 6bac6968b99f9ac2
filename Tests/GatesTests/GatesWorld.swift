import Assets
import Attributes
import Catalog
import Changes
import Contracts
import Desk
import Kernel
import Knowledge
import MajorIncidents
import Notifications
import Operations
import Postgres
import Problems
import Requests
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// A provider with two customers, an engineer and an account manager who serve both, an engineer who serves OTHER only, and ACME's manager.
struct GatesWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let account: Principal
  let administrator: Principal
  let servesOther: Principal
  let manager: Principal
  let owner: Value

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, AssetsModule.self, KnowledgeModule.self,
      AttributesModule.self, GatesModule.self, CatalogModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self, MajorIncidentsModule.self,
      NotificationsModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    engineer = try await database.staff(.engineer)
    account = try await database.staff(.accountManager)
    administrator = try await database.staff(.administrator)
    servesOther = try await database.staff(.accountManager, for: [other])
    manager = try await database.user(.customerManager, of: acme)
    owner = try await Self.id(of: account, database)
    // He is told of what comes of his own acts.
    try await database.call(
      "staff_grant.add", ["account": try await Self.id(of: engineer, database), "role": "engineer", "everyCustomer": .bool(true)], as: database.root)
  }

  static func id(of principal: Principal, _ database: TestDatabase) async throws -> Value {
    let bits = try await database.superuser.transaction { try await $0.query(StaffBits(account: principal.actor.id)) }
    return .id(database.provider.id("stf", try #require(bits.first)))
  }

  /// Puts a gate before a step; by default one that asks for the category before an incident of ACME is resolved.
  @discardableResult
  func gate(
    _ step: String = "incident.resolve", _ needs: (name: String, value: Value) = ("fields", .array(["category"])), customer: TenantEntry? = nil,
    forAll: Bool = false,
    priority: Int64? = nil, name: String = "Category", more: [Value.Member] = [], as principal: Principal? = nil
  ) async throws -> Value {
    var members = [
      Value.Member("step", .text(step)), Value.Member(needs.name, needs.value), Value.Member("name", .object(["en": .text(name), "zh-Hans": "分类"])),
      Value.Member("purpose", .object(["en": "Figures by category", "zh-Hans": "按分类统计"])), Value.Member("owner", owner),
    ]
    if !forAll { members.append(Value.Member("customer", .id((customer ?? acme).publicId))) }
    if let priority { members.append(Value.Member("priority", .integer(priority))) }
    return try await invoke("gate.create", members + more, as: principal ?? account)
  }

  static let checklist: (name: String, value: Value) = (
    "checklist",
    .array([.object(["value": "backup", "name": .object(["en": "Backup checked"])]), .object(["value": "told", "name": .object(["en": "User told"])])])
  )

  func open(_ more: [Value.Member] = [], for customer: TenantEntry? = nil, as principal: Principal? = nil) async throws -> Value {
    let members = [Value.Member("customer", .id((customer ?? acme).publicId)), Value.Member("title", "Printer on fire")]
    return try await invoke("incident.open", members + more, as: principal ?? engineer)
  }

  /// Acts on an incident as it was last seen.
  @discardableResult
  func act(
    _ verb: String, on incident: Value, _ more: [Value.Member] = [], as principal: Principal? = nil, key: String? = nil
  ) async throws -> Value {
    try await invoke(
      "incident.\(verb)", [Value.Member("id", incident["id"] ?? .null)] + more, as: principal ?? engineer, version: incident["version"]?.integer, key: key)
  }

  func resolve(_ incident: Value, _ more: [Value.Member] = [], as principal: Principal? = nil, key: String? = nil) async throws -> Value {
    try await act("resolve", on: incident, [Value.Member("resolution", "Put out")] + more, as: principal, key: key)
  }

  /// Expects that a gate stops it.
  @discardableResult
  func stopped(_ body: () async throws -> Value) async throws -> Failure {
    let failure = try #require(await #expect(throws: Failure.self) { try await body() })
    #expect([GateMessages.stopped.key, GateMessages.stoppedOpening.key].contains(failure.code))
    #expect(failure.kind == .conflict)
    return failure
  }

  func friction(_ customer: TenantEntry? = nil, _ more: [Value.Member] = []) async throws -> [Value] {
    let members = [Value.Member("customer", .id((customer ?? acme).publicId))] + more
    return try await invoke("gate.friction", members, as: account)["gates"]?.array ?? []
  }

  func passages(_ more: [Value.Member] = []) async throws -> [Value] {
    try await invoke("gate.passages", [Value.Member("customer", .id(acme.publicId))] + more, as: account)["items"]?.array ?? []
  }

  func history(_ incident: Value, as principal: Principal? = nil) async throws -> [Value] {
    try await invoke("incident.history", [Value.Member("id", incident["id"] ?? .null)], as: principal ?? engineer)["items"]?.array ?? []
  }

  func pass(seconds: Int64) { database.clock.set(database.clock.now().adding(seconds: seconds)) }

  func invoke(
    _ operation: String, _ members: [Value.Member], as principal: Principal, version: Int64? = nil, key: String? = nil, language: Language = .english
  ) async throws -> Value {
    try await database.dispatcher.invoke(
      operation, .object(members), as: principal, Call(requestId: "test", idempotencyKey: key, expectedVersion: version, language: language)
    ).value
  }

  func bypass(_ gate: Value, _ reason: String = "The user left") -> Value.Member {
    Value.Member("bypass", .array([.object(["gate": gate["id"] ?? .null, "reason": .text(reason)])]))
  }
}

private struct StaffBits: Statement {
  let account: Int64

  static let sql = "select public_id from tenancy.account where id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(account) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

extension Value {
  func at(_ name: String) -> Value { self[name] ?? .null }

  func column(_ name: String) -> [Value] { (array ?? []).map { $0[name] ?? .null } }
}

extension [Value] {
  func column(_ name: String) -> [Value] { map { $0[name] ?? .null } }
}
