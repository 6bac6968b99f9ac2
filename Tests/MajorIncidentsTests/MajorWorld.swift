import Assets
import Catalog
import Contracts
import Desk
import Gates
import Kernel
import Operations
import Postgres
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import MajorIncidents

/// A provider with two customers; an engineer who serves both, one who serves ACME only, and each customer's manager.
struct MajorWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let servesAcme: Principal
  let acmesManager: Principal
  let othersManager: Principal

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, AssetsModule.self, DeskModule.self, GatesModule.self,
      MajorIncidentsModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    engineer = try await database.staff(.engineer)
    servesAcme = try await database.staff(.engineer, for: [acme])
    acmesManager = try await database.user(.customerManager, of: acme)
    othersManager = try await database.user(.customerManager, of: other)
  }

  @discardableResult
  func call(
    _ operation: String, _ members: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil, key: String? = nil
  ) async throws -> Value {
    try await database.call(operation, members, as: principal ?? engineer, version: version?.integer, key: key)
  }

  func incident(_ title: String, of customer: TenantEntry? = nil, more: [Value.Member] = []) async throws -> Value {
    let members = [Value.Member("customer", .id((customer ?? acme).publicId)), Value.Member("title", .text(title))] + more
    return try await database.dispatcher.invoke("incident.open", .object(members), as: engineer, Call(requestId: "test")).value["id"] ?? .null
  }

  /// A major incident of which these incidents are part.
  func declare(_ incidents: [(incident: Value, customer: TenantEntry)], as principal: Principal? = nil) async throws -> Value {
    var major = try await call("major_incident.declare", ["title": "Storage CANARY"], as: principal)
    for one in incidents { try await link(one.incident, to: major, as: principal) }
    major = try await call("major_incident.read", ["id": major["id"] ?? .null], as: principal)
    return major
  }

  @discardableResult
  func link(_ incident: Value, to major: Value, as principal: Principal? = nil) async throws -> Value {
    try await call("major_incident.link", ["id": major["id"] ?? .null, "incident": incident], as: principal)
  }

  /// Acts on a major incident as it was last seen.
  @discardableResult
  func act(
    _ verb: String, on major: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil, key: String? = nil
  ) async throws -> Value {
    let input = [Value.Member("id", major["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    let call = Call(requestId: "test", idempotencyKey: key, expectedVersion: major["version"]?.integer)
    return try await database.dispatcher.invoke("major_incident.\(verb)", .object(input), as: principal ?? engineer, call).value
  }

  func list(_ operation: String, _ id: Value?, as principal: Principal? = nil) async throws -> [Value] {
    try await call(operation, ["id": id ?? .null, "limit": 200], as: principal)["items"]?.array ?? []
  }

  func tell(piece: Int64 = 2) async throws {
    try await MajorSweep(database.dispatcher, piece: piece).run(at: database.clock.now(), database.tenancy)
  }

  func cascade() async throws {
    let sweep = CascadeSweep(database.dispatcher, majors: { try await MajorResolution.standing($0, in: $1) })
    try await sweep.run(at: database.clock.now(), database.tenancy)
  }

  /// What was said on an incident, as its customer reads it.
  func said(on incident: Value, to manager: Principal? = nil) async throws -> [String] {
    try await list("incident.comments", incident, as: manager ?? acmesManager).compactMap { $0["body"]?.text }
  }
}

/// The code for which a request is refused: of its first field with its path, or its own.
func refusal(_ body: () async throws -> Value) async -> String {
  do {
    _ = try await body()
    return "accepted"
  } catch let failure as Failure {
    return failure.violations.first.map { "\($0.path) \($0.message.key)" } ?? failure.code
  } catch {
    return "\(error)"
  }
}
