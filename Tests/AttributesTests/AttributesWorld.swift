import Assets
import Catalog
import Changes
import Contracts
import Desk
import Gates
import Kernel
import Knowledge
import MajorIncidents
import Operations
import Postgres
import Problems
import Requests
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing

@testable import Attributes

/// A provider with two customers; an account manager and an engineer who serve both, an engineer who serves OTHER only, and ACME's manager.
struct AttributesWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let account: Principal
  let engineer: Principal
  let servesOther: Principal
  let manager: Principal

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, AssetsModule.self, SuppliersModule.self, KnowledgeModule.self,
      AttributesModule.self, GatesModule.self, DeskModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self,
      MajorIncidentsModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    account = try await database.staff(.accountManager)
    engineer = try await database.staff(.engineer)
    servesOther = try await database.staff(.engineer, for: [other])
    manager = try await database.user(.customerManager, of: acme)
  }

  static let region: [Value.Member] = [
    Value.Member(
      "choices",
      .array([
        .object(["value": "emea", "name": .object(["en": "Europe", "zh-Hans": "欧洲"])]), .object(["value": "apac", "name": .object(["en": "Asia"])]),
      ]))
  ]

  /// Defines an attribute of incidents unless told otherwise.
  @discardableResult
  func define(
    _ key: String, _ type: String = "text", visible: Bool = false, process: String = "incident", _ more: [Value.Member] = [], as principal: Principal? = nil
  ) async throws -> Value {
    try await invoke(
      "attribute.create",
      [
        Value.Member("process", .text(process)), Value.Member("key", .text(key)), Value.Member("type", .text(type)),
        Value.Member("label", .object(["en": .text(key), "zh-Hans": "属性"])), Value.Member("visible", .bool(visible)),
      ] + more, as: principal ?? account)
  }

  func open(
    _ attributes: KeyValuePairs<String, Value>? = nil, of customer: TenantEntry? = nil, _ more: [Value.Member] = [], as principal: Principal? = nil
  ) async throws -> Value {
    let told = attributes.map { [Value.Member("attributes", .object($0))] } ?? []
    let members = [Value.Member("customer", .id((customer ?? acme).publicId)), Value.Member("title", "Printer on fire")]
    return try await invoke("incident.open", members + told + more, as: principal ?? engineer)
  }

  /// Tells attributes of an incident as it was last seen.
  @discardableResult
  func tell(
    _ attributes: KeyValuePairs<String, Value>, of incident: Value, as principal: Principal? = nil, key: String? = nil
  ) async throws -> Value {
    try await act("change", on: incident, [Value.Member("attributes", .object(attributes))], as: principal, key: key)
  }

  @discardableResult
  func act(
    _ verb: String, on incident: Value, _ more: [Value.Member] = [], as principal: Principal? = nil, key: String? = nil
  ) async throws -> Value {
    try await invoke(
      "incident.\(verb)", [Value.Member("id", incident.at("id"))] + more, as: principal ?? engineer, version: incident["version"]?.integer, key: key)
  }

  func history(_ incident: Value, as principal: Principal? = nil) async throws -> [Value] {
    try await invoke("incident.history", [Value.Member("id", incident.at("id"))], as: principal ?? engineer)["items"]?.array ?? []
  }

  func ids(_ operation: String, _ members: [Value.Member], as principal: Principal? = nil) async throws -> [Value] {
    (try await invoke(operation, members, as: principal ?? engineer)["items"]?.array ?? []).map { $0.at("id") }
  }

  func invoke(
    _ operation: String, _ members: [Value.Member], as principal: Principal, version: Int64? = nil, key: String? = nil
  ) async throws -> Value {
    try await database.dispatcher.invoke(
      operation, .object(members), as: principal, Call(requestId: "test", idempotencyKey: key, expectedVersion: version)
    ).value
  }

  /// The failure of a call that must fail, as `path code`.
  func refused(_ body: () async throws -> Value) async throws -> [String] {
    let failure = try #require(await #expect(throws: Failure.self) { try await body() })
    return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
  }
}

extension Value {
  func at(_ name: String) -> Value { self[name] ?? .null }
}
