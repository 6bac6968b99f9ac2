import Assets
import Catalog
import Changes
import Contracts
import Desk
import Jobs
import Kernel
import Knowledge
import MajorIncidents
import Operations
import Problems
import Requests
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing
@testable import TimeEntries

/// A provider with two customers of which one has a contract: Monday to Friday, 9 to 17 in Berlin. It is Tuesday, 10 March 2026, at 21:00
/// in Berlin.
struct TimeWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let anna: Principal
  let bert: Principal
  let manager: Principal
  let finance: Principal
  let line: Value
  let ticket: Value
  let calendar: Value

  static let now = "2026-03-10T20:00:00Z"

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, AssetsModule.self, DeskModule.self, KnowledgeModule.self,
      SuppliersModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self, MajorIncidentsModule.self,
      TimeEntriesModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER", zone: "Asia/Shanghai")
    anna = try await database.staff(.engineer, isKnown: true)
    bert = try await database.staff(.engineer)
    manager = try await database.staff(.accountManager)
    finance = try await database.staff(.finance)
    let hours = Value.array([.array(["09:00", "17:00"])])
    let week = Value.object(["mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours])
    calendar = try await database.call(
      "calendar.create", ["name": "Office", "definition": .object(["zone": "Europe/Berlin", "week": week])], as: manager)
    let target = Value.object(["metric": "resolution", "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null])
    let sla = try await database.call("sla.create", ["name": "Silver", "targets": .array([target])], as: manager)
    let contract = try await database.call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null])]),
      ], as: manager)
    line = contract["lines"]?.array?.first?["id"] ?? .null
    database.clock.set(try #require(Instant(Self.now)))
    ticket = try await database.call("incident.open", ["customer": .id(acme.publicId), "title": "Printer on fire"], as: anna)
  }

  func call(_ operation: String, _ members: [String: Value], as principal: Principal, version: Int64? = nil) async throws -> Value {
    try await database.dispatcher.invoke(
      operation, .object(members.map { Value.Member($0.key, $0.value) }), as: principal, Call(requestId: "test", expectedVersion: version)
    ).value
  }

  /// Work of Anna's on the ticket.
  @discardableResult
  func add(_ from: String, _ to: String, _ more: [String: Value] = [:], as principal: Principal? = nil) async throws -> Value {
    var members: [String: Value] = [
      "customer": .id(acme.publicId), "ticket": ticket["id"] ?? .null, "workType": "remote_support", "from": .text("2026-03-\(from):00Z"),
      "to": .text("2026-03-\(to):00Z"),
    ]
    members.merge(more) { $1 }
    return try await call("time_entry.add", members.filter { !$0.value.isNull }, as: principal ?? anna)
  }

  func act(_ verb: String, _ entry: Value, _ more: [String: Value] = [:], as principal: Principal? = nil) async throws -> Value {
    let changes = ["submit", "change", "approve", "return", "delete", "drop"].contains(verb)
    return try await call(
      "time_entry.\(verb)", more.merging(["id": entry["id"] ?? .null]) { $1 }, as: principal ?? anna,
      version: changes ? entry["version"]?.integer : nil)
  }

  func approved(_ from: String, _ to: String, _ more: [String: Value] = [:]) async throws -> Value {
    try await act("approve", try await add(from, to, more.merging(["submit": .bool(true)]) { $1 }), as: manager)
  }

  /// The members of stretches: minutes, billed minutes, situation, rate class.
  func stretches(_ entry: Value) async throws -> [[Value]] {
    let explained = try await act("explain", entry)
    return (explained["stretches"]?.array ?? []).map { one in ["minutes", "billedMinutes", "situation", "rateClass"].map { one[$0] ?? .null } }
  }

  func rule(_ more: [String: Value]) async throws {
    _ = try await call("time_rule.add", more.merging(["line": line, "validFrom": "2026-01-02T00:00:00Z"]) { given, _ in given }, as: manager)
  }

  func totals(_ group: Value, _ more: [String: Value] = [:]) async throws -> [[Value]] {
    let found = try await call(
      "time_entry.totals", more.merging(["customer": .id(acme.publicId), "by": group]) { $1 }, as: finance)
    return (found["totals"]?.array ?? []).map { one in ["label", "entries", "minutes", "billableMinutes", "billedMinutes"].map { one[$0] ?? .null } }
  }
}

/// The key of what an act is refused for: of the first field that is wrong, or of all.
func refusal(_ body: () async throws -> Value) async -> String {
  do {
    _ = try await body()
    return "accepted"
  } catch let failure as Failure {
    return failure.violations.first.map { "\($0.path): \($0.message.key)" } ?? failure.code
  } catch {
    return "\(error)"
  }
}
