import Assets
import Contracts
import Desk
@testable import Events
import Kernel
import Operations
import Postgres
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing

/// A provider with two customers, and what monitors them. It is Monday, 2 March 2026, at 9:00 in Berlin.
struct EventsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let administrator: Principal
  let engineer: Principal
  let figures = EventFigures()

  static var modules: [any OperationModule.Type] {
    [
      PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, AssetsModule.self, EventsModule.self,
    ]
  }

  /// - Parameter others: modules by which people work on incidents besides.
  init(and others: [any OperationModule.Type] = []) async throws {
    database = try await TestDatabase.make(Self.modules + others)
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER", zone: "Asia/Shanghai")
    administrator = try await database.staff(.administrator)
    engineer = try await database.staff(.engineer)
  }

  // MARK: Acts

  @discardableResult
  func call(_ operation: String, _ members: [String: Value] = [:], as principal: Principal? = nil, version: Int64? = nil) async throws -> Value {
    try await database.dispatcher.invoke(
      operation, .object(members.map { Value.Member($0.key, $0.value) }), as: principal ?? administrator,
      Call(requestId: "test", expectedVersion: version)
    ).value
  }

  /// A source; all of its events belong to Acme unless something else is said.
  func source(_ more: [String: Value] = [:], name: String = "Prometheus") async throws -> (id: Value, secret: String) {
    let given: [String: Value] = ["name": .text(name), "customer": .id(acme.publicId)].merging(more) { $1 }
    let made = try await call("event_source.create", given.filter { !$0.value.isNull })
    return (made["id"] ?? .null, made["secret"]?.text ?? "")
  }

  @discardableResult
  func deliver(_ source: Value, _ alerts: [Value], groupKey: String? = "{}:{alertname=\"x\"}") async throws -> Value {
    var members: [String: Value] = ["id": source, "alerts": .array(alerts)]
    if let groupKey { members["groupKey"] = .text(groupKey) }
    return try await call("event_source.deliver", members)
  }

  func sweep(batch: Int64 = 500, time: Duration = .seconds(30)) async throws {
    try await EventSweep(database.dispatcher, figures: figures, batch: batch, time: time).run(at: database.clock.now(), database.tenancy)
  }

  /// What a source tells of one thing.
  static func alert(
    _ name: String, _ labels: [String: String] = [:], resolved: Bool = false, from: String = "2026-03-02T07:59:00Z", to: String = "2026-03-02T08:10:00Z",
    summary: String? = nil
  ) -> Value {
    let labels = ["alertname": name].merging(labels) { $1 }
    return .object([
      "status": resolved ? "resolved" : "firing", "labels": LabelSet.value(labels),
      "annotations": .object([Value.Member("summary", .text(summary ?? "\(name) is wrong"))]), "startsAt": .text(from),
      "endsAt": resolved ? .text(to) : "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus.example/graph",
    ])
  }

  // MARK: Looking

  func incidents(of customer: TenantEntry? = nil) async throws -> [Value] {
    let listed = try await call("incident.list", ["customer": .id((customer ?? acme).publicId), "limit": 200], as: engineer)
    return (listed["items"]?.array ?? []).sorted { ($0["number"]?.text ?? "") < ($1["number"]?.text ?? "") }
  }

  func incident(_ id: Value) async throws -> Value { try await call("incident.read", ["id": id], as: engineer) }

  func comments(_ incident: Value) async throws -> [Value] {
    try await call("incident.comments", ["id": incident["id"] ?? .null], as: engineer)["items"]?.array ?? []
  }

  func alerts(_ more: [String: Value] = [:], of customer: TenantEntry? = nil) async throws -> [Value] {
    let given: [String: Value] = ["customer": .id((customer ?? acme).publicId), "limit": 200].merging(more) { $1 }
    return try await call("alert.list", given, as: engineer)["items"]?.array ?? []
  }

  func triage() async throws -> [Value] { try await call("event.triage", ["limit": 200], as: engineer)["items"]?.array ?? [] }

  /// Events by state.
  func received() async throws -> [String: Int64] {
    let rows = try await database.superuser.transaction { try await $0.query(ReceivedByState()) }
    return Dictionary(rows.map { ($0.state, $0.count) }) { first, _ in first }
  }
}

private struct ReceivedByState: Statement {
  static let sql = "select state, count(*) from events.received group by state"
  static func decode(_ row: inout RowReader) throws -> (state: String, count: Int64) { (try row.next(), try row.next()) }
}
