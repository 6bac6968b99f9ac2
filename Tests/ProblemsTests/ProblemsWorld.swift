import Assets
import Catalog
import Contracts
import Desk
import Kernel
import Knowledge
import Operations
import Postgres
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import Problems

/// A provider with two customers; an engineer who serves both, one who serves ACME only, and ACME's manager.
struct ProblemsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let servesAcme: Principal
  let manager: Principal

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, AssetsModule.self, DeskModule.self, KnowledgeModule.self,
      ProblemsModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    engineer = try await database.staff(.engineer)
    servesAcme = try await database.staff(.engineer, for: [acme])
    manager = try await database.user(.customerManager, of: acme)
  }

  @discardableResult
  func call(
    _ operation: String, _ members: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil, key: String? = nil
  ) async throws -> Value {
    try await database.call(operation, members, as: principal ?? engineer, version: version?.integer, key: key)
  }

  func incident(_ title: String, of customer: TenantEntry? = nil, category: String? = nil, ci: Value = .null) async throws -> Value {
    try await call(
      "incident.open",
      [
        "customer": .id((customer ?? acme).publicId), "title": .text(title), "impact": 2, "urgency": 2, "category": .text(category),
        "primaryCi": ci,
      ])["id"] ?? .null
  }

  func ci(_ name: String, of customer: TenantEntry? = nil) async throws -> Value {
    try await call("ci.create", ["customer": .id((customer ?? acme).publicId), "type": "server", "name": .text(name)], as: database.root)["id"] ?? .null
  }

  /// A problem; about nobody in particular unless told otherwise.
  func problem(_ title: String, of customer: TenantEntry? = nil, incidents: [Value] = [], as principal: Principal? = nil) async throws -> Value {
    try await call(
      "problem.open",
      [
        "customer": .id(customer?.publicId), "title": .text(title), "description": "Noticed", "impact": 2, "urgency": 1, "incidents": .array(incidents),
      ], as: principal)
  }

  /// Acts on a problem as it was last seen.
  @discardableResult
  func act(
    _ verb: String, on problem: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil, key: String? = nil
  ) async throws -> Value {
    let input = [Value.Member("id", problem.at("id"))] + more.map { Value.Member($0.key, $0.value) }
    let call = Call(requestId: "test", idempotencyKey: key, expectedVersion: problem.at("version").integer)
    return try await database.dispatcher.invoke("problem.\(verb)", .object(input), as: principal ?? engineer, call).value
  }

  func link(_ incident: Value, to problem: Value, as principal: Principal? = nil) async throws {
    try await call("problem.link_incident", ["id": problem.at("id"), "incident": incident], as: principal)
  }

  /// The sweep that tells incidents, in small pieces.
  func tell(piece: Int64 = 2) async throws { try await TellingSweep(piece: piece).run(at: database.clock.now(), database.tenancy) }

  /// What the history of an incident says of problems, without what they all begin with.
  func news(of incident: Value, as principal: Principal? = nil) async throws -> [String] {
    try await call("incident.history", ["id": incident, "limit": 200], as: principal).texts("type").filter { $0.hasPrefix("incident.problem_") }
      .map { String($0.dropFirst("incident.problem_".count)) }
  }

  /// What its history says of a problem, without what they all begin with.
  func events(of problem: Value, as principal: Principal? = nil) async throws -> [String] {
    try await call("problem.history", ["id": problem.at("id"), "limit": 200], as: principal).texts("type").map { String($0.dropFirst("problem.".count)) }
  }
}

extension Value {
  /// The value at `path`: `items.0.id`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }

  /// A field of each item.
  func texts(_ field: String, in list: String = "items") -> [String] { (self[list]?.array ?? []).compactMap { $0[field]?.text } }
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
