import Assets
import Contracts
import Desk
import Kernel
import Operations
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing

/// A provider with two customers of which one has a contract: Monday to Friday, 9 to 17 in Berlin.
///
/// | Priority | Response | Resolution |
/// |---|---|---|
/// | 1 | 30 min | 4 h |
/// | 2 | 1 h | 8 h |
/// | 3 | 4 h | 16 h |
/// | 4 | 4 h | nothing |
/// | 5 | nothing | nothing |
struct DeskWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let manager: Principal
  let calendar: Value
  let sla: Value
  let contract: Value

  static var modules: [any OperationModule.Type] {
    [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, AssetsModule.self]
  }
  /// Monday, 2026-03-02, 09:00 in Berlin.
  static let monday = TestDatabase.start

  init(stopsAt: String = "resolved") async throws {
    database = try await TestDatabase.make(Self.modules)
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER", zone: "Asia/Shanghai")
    engineer = try await database.staff(.engineer)
    manager = try await database.staff(.accountManager)
    let hours = Value.array([.array(["09:00", "17:00"])])
    let week = Value.object(["mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours])
    let made = try await database.call(
      "calendar.create", ["name": "Office", "definition": .object(["zone": "Europe/Berlin", "week": week])], as: manager)
    calendar = made
    let target = { (metric: String, priority: Int64, seconds: Int64) -> Value in
      .object(["metric": .text(metric), "priority": .integer(priority), "budgetSeconds": .integer(seconds), "calendar": made["id"] ?? .null, "objective": 95])
    }
    sla = try await database.call(
      "sla.create",
      [
        "name": "Silver", "resolutionStopsAt": .text(stopsAt),
        "targets": .array([
          target("response", 1, 1800), target("resolution", 1, 4 * 3600), target("response", 2, 3600), target("resolution", 2, 8 * 3600),
          target("response", 3, 4 * 3600), target("resolution", 3, 16 * 3600), target("response", 4, 4 * 3600),
        ]),
      ], as: manager)
    contract = try await Self.contract(of: acme, sla, database, manager)
  }

  static func contract(of customer: TenantEntry, _ sla: Value, _ database: TestDatabase, _ manager: Principal) async throws -> Value {
    try await database.call(
      "contract.create",
      [
        "customer": .id(customer.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null])]),
      ], as: manager)
  }

  /// Moves the clock to an instant.
  func at(_ text: String) throws { database.clock.set(try #require(Instant(text))) }

  /// Opens an incident; by default of priority 3.
  func open(
    _ title: String = "Printer on fire", for customer: TenantEntry? = nil, impact: Int64 = 2, urgency: Int64 = 2, as principal: Principal? = nil
  ) async throws -> Value {
    try await database.call(
      "incident.open",
      ["customer": .id((customer ?? acme).publicId), "title": .text(title), "impact": .integer(impact), "urgency": .integer(urgency)],
      as: principal ?? engineer)
  }

  /// Acts on an incident as it was last seen.
  @discardableResult
  func act(_ verb: String, on incident: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> Value {
    let input = [("id", incident["id"] ?? .null)] + more.map { ($0.key, $0.value) }
    return try await invoke("incident.\(verb)", input, as: principal ?? engineer, version: incident["version"]?.integer)
  }

  func read(_ incident: Value, as principal: Principal? = nil) async throws -> Value {
    try await invoke("incident.read", [("id", incident["id"] ?? .null)], as: principal ?? engineer)
  }

  func list(_ operation: String, of incident: Value, as principal: Principal? = nil) async throws -> [Value] {
    try await invoke("incident.\(operation)", [("id", incident["id"] ?? .null)], as: principal ?? engineer)["items"]?.array ?? []
  }

  /// The explanation of one of the clocks.
  func explain(_ incident: Value, _ metric: String, as principal: Principal? = nil) async throws -> Value {
    let explained = try await invoke("incident.explain", [("id", incident["id"] ?? .null)], as: principal ?? engineer)
    return try #require(explained["clocks"]?.array?.first { $0["metric"] == .text(metric) && $0["state"] != "withdrawn" })
  }

  private func invoke(_ operation: String, _ members: [(String, Value)], as principal: Principal, version: Int64? = nil) async throws -> Value {
    try await database.dispatcher.invoke(
      operation, .object(members.map { Value.Member($0.0, $0.1) }), as: principal, Call(requestId: "test", expectedVersion: version)
    ).value
  }

  static let keepers: [ClockSubject.Kind: any ClockSubjectKeeper] = [
    .ticket: TicketKeeper(), .assignment: TurnKeeper(), .dispatch: DispatchKeeper(),
  ]

  func sweep() async throws { try await BreachSweep(keepers: Self.keepers).run(at: database.clock.now(), database.tenancy) }
  func warnSweep() async throws { try await WarnSweep(keepers: Self.keepers).run(at: database.clock.now(), database.tenancy) }
  func calendarSweep() async throws { try await CalendarSweep(keepers: Self.keepers).run(at: database.clock.now(), database.tenancy) }
}

extension Value {
  /// The values of one member of each element.
  func column(_ name: String) -> [Value] { (array ?? []).map { $0[name] ?? .null } }
}
