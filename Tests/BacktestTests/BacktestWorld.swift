import Backtest
import Contracts
import Credits
import Desk
import Kernel
import Operations
import Postgres
import ServiceLevels
import TestSupport
import Tenancy
import Testing

/// A customer whose line costs 1,000 EUR a month since January. Response within an hour, resolution within 4 h (P1), 8 h (P2)
/// or 16 h (P3), Monday to Friday 9 to 17 in Berlin; nothing for priorities 4 and 5.
struct BacktestWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let engineer: Principal
  let manager: Principal
  let calendar: Value
  let sla: Value
  let contract: Value

  static var modules: [any OperationModule.Type] {
    [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, CreditsModule.self, BacktestModule.self]
  }

  init() async throws {
    database = try await TestDatabase.make(Self.modules)
    acme = try await database.customer("ACME")
    engineer = try await database.staff(.engineer)
    manager = try await database.staff(.accountManager)
    let hours = Value.array([.array(["09:00", "17:00"])])
    calendar = try await database.call(
      "calendar.create",
      [
        "name": "Office",
        "definition": .object(["zone": "Europe/Berlin", "week": .object(["mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours])]),
      ], as: manager)
    sla = try await database.call("sla.create", ["name": "Silver", "targets": Self.targets(calendar, hours: [1: 4, 2: 8, 3: 16])], as: manager)
    contract = try await database.call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00+01:00",
        "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null, "monthlyFee": "1000.00"])]),
      ], as: manager)
  }

  static func targets(_ calendar: Value, hours: [Int64: Int64], response: Int64 = 3600) -> Value {
    let id = calendar["id"] ?? .null
    return .array(
      hours.sorted { $0.key < $1.key }.flatMap { priority, hours -> [Value] in
        [
          .object(["metric": "response", "priority": .integer(priority), "budgetSeconds": .integer(response), "calendar": id]),
          .object(["metric": "resolution", "priority": .integer(priority), "budgetSeconds": .integer(hours * 3600), "calendar": id]),
        ]
      })
  }

  func at(_ text: String) throws { database.clock.set(try #require(Instant(text))) }

  func open(impact: Int64 = 2, urgency: Int64 = 2) async throws -> Value {
    try await database.call(
      "incident.open", ["customer": .id(acme.publicId), "title": "Printer on fire", "impact": .integer(impact), "urgency": .integer(urgency)],
      as: engineer)
  }

  @discardableResult
  func act(_ verb: String, on incident: Value, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    let input = [Value.Member("id", incident["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    return try await database.dispatcher.invoke(
      "incident.\(verb)", .object(input), as: engineer, Call(requestId: "test", expectedVersion: incident["version"]?.integer)
    ).value
  }

  func backtest(_ more: KeyValuePairs<String, Value>) async throws -> Value { try await call("sla.backtest", more) }

  func call(_ operation: String, _ more: KeyValuePairs<String, Value>) async throws -> Value {
    let input = [Value.Member("customer", .id(acme.publicId))] + more.map { Value.Member($0.key, $0.value) }
    return try await database.dispatcher.invoke(operation, .object(input), as: manager, Call(requestId: "test")).value
  }

  static let keepers: [ClockSubject.Kind: any ClockSubjectKeeper] = [.ticket: TicketKeeper()]

  func sweep() async throws { try await BreachSweep(keepers: Self.keepers).run(at: database.clock.now(), database.tenancy) }
}

extension Value {
  /// A figure of a back-test.
  func figure(_ metric: String, priority: Int64? = nil, month: String? = nil) -> Value? {
    self["figures"]?.array?.first { $0["metric"] == .text(metric) && $0["priority"]?.integer == priority && $0["month"]?.text == month }
  }
}
