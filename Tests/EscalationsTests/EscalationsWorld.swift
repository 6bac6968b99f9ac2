import Assets
import Catalog
import Changes
import Contracts
import Desk
import Gates
import Jobs
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
import Tenancy
import TestSupport
import Testing

@testable import Escalations

/// A provider with two customers, two lines of support and a lead who is told. It is Monday, 2 March 2026, at 9:00 in Berlin. Acme is promised a
/// response within an hour of office time to priority 3, with warnings at 50 and 80 %; the other customer is promised nothing.
struct EscalationsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let lead: Principal
  let leadId: Value
  let office: Value
  let firstLine: Value
  let secondLine: Value

  static let modules: [any OperationModule.Type] = [
    PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, SuppliersModule.self, AssetsModule.self, DeskModule.self,
    GatesModule.self, KnowledgeModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self, MajorIncidentsModule.self,
    NotificationsModule.self, EscalationsModule.self,
  ]

  init() async throws {
    database = try await TestDatabase.make(Self.modules)
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER", zone: "Asia/Shanghai")
    engineer = try await database.staff(.engineer)
    leadId =
      try await database.call(
        "staff.create", ["login": "lead@provider.test", "name": "Lead", "password": "correct horse battery"], as: database.root)["id"] ?? .null
    try await database.call("staff_grant.add", ["account": leadId, "role": "engineer", "everyCustomer": .bool(true)], as: database.root)
    let account = try await database.superuser.transaction { try await $0.query(AccountByLogin(login: "lead@provider.test")).first ?? 0 }
    lead = Principal(
      actor: Actor(kind: .staff, id: account, via: .http), tenant: database.provider.id, side: .staff, name: "Lead",
      grants: [Grant(role: "engineer", permissions: database.permissions(of: .engineer), scope: .all)])
    let hours = Value.array([.array(["09:00", "17:00"])])
    office =
      try await database.call(
        "calendar.create",
        [
          "name": "Office",
          "definition": .object([
            "zone": "Europe/Berlin", "week": .object(["mon": hours, "tue": hours, "wed": hours, "thu": hours, "fri": hours]),
          ]),
        ], as: database.root)["id"] ?? .null
    firstLine = try await database.call("team.create", ["name": "First line"], as: database.root)["id"] ?? .null
    secondLine = try await database.call("team.create", ["name": "Second line"], as: database.root)["id"] ?? .null
    let sla = try await database.call(
      "sla.create",
      [
        "name": "Silver",
        "targets": .array([
          .object([
            "metric": "response", "priority": 3, "budgetSeconds": 3600, "calendar": office, "warnPercents": .array([50, 80]), "objective": 95,
          ])
        ]),
      ], as: database.root)
    try await database.call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null])]),
      ], as: database.root)
  }

  func at(_ text: String) throws { database.clock.set(try #require(Instant(text))) }

  /// A calendar that is open on Mondays from 14 to 15.
  func afternoon() async throws -> Value {
    try await database.call(
      "calendar.create",
      [
        "name": "Afternoon",
        "definition": .object(["zone": "Europe/Berlin", "week": .object(["mon": .array([.array(["14:00", "15:00"])])])]),
      ], as: database.root)["id"] ?? .null
  }

  @discardableResult
  func rule(_ members: [String: Value], name: String = "Rule") async throws -> Value {
    let input = Value.object(([("name", .text(name))] + members.sorted { $0.key < $1.key }).map { Value.Member($0.0, $0.1) })
    return try await database.dispatcher.invoke("escalation_rule.create", input, as: database.root, Call(requestId: "test")).value
  }

  /// With the first line and its engineer; of priority 3.
  func incident(_ title: String = "Printer", of customer: TenantEntry? = nil) async throws -> Value {
    let opened = try await database.call(
      "incident.open", ["customer": .id((customer ?? acme).publicId), "title": .text(title), "impact": 2, "urgency": 2], as: engineer)
    return try await database.call(
      "incident.assign", ["id": opened["id"] ?? .null, "team": firstLine], as: engineer, version: opened["version"]?.integer)
  }

  func read(_ incident: Value) async throws -> Value { try await database.call("incident.read", ["id": incident["id"] ?? .null], as: engineer) }

  func act(_ verb: String, _ incident: Value, _ more: KeyValuePairs<String, Value> = [:]) async throws {
    let version = try await read(incident)["version"]?.integer
    let input = Value.object([Value.Member("id", incident["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) })
    _ = try await database.dispatcher.invoke(
      "incident.\(verb)", input, as: engineer, Call(requestId: "test", expectedVersion: version))
  }

  func resolve(_ incident: Value) async throws {
    try await act("start", incident)
    try await act("resolve", incident, ["resolution": "Done"])
  }

  /// What workers do at this time: the clocks, then the escalations.
  func work() async throws {
    let now = database.clock.now()
    let keepers: [ClockSubject.Kind: any ClockSubjectKeeper] = [
      .ticket: TicketKeeper(), .request: RequestKeeper(), .assignment: TurnKeeper(), .dispatch: DispatchKeeper(),
    ]
    try await WatchSweep(keepers: keepers).run(at: now, database.tenancy)
    try await WarnSweep(keepers: keepers).run(at: now, database.tenancy)
    try await BreachSweep(keepers: keepers).run(at: now, database.tenancy)
    try await escalate()
  }

  func escalate(batch: Int64 = 200, tenantsAtOnce: Int = OutboxTenants.most) async throws {
    try await EscalationSweep(database.dispatcher, batch: batch, tenantsAtOnce: tenantsAtOnce).run(at: database.clock.now(), database.tenancy)
  }

  func escalations(_ customer: TenantEntry? = nil, of incident: Value? = nil) async throws -> [Value] {
    let of: [Value.Member] = incident.map { [Value.Member("incident", $0["id"] ?? .null)] } ?? []
    let input = Value.object([Value.Member("customer", .id((customer ?? acme).publicId))] + of)
    return try await database.dispatcher.invoke("escalation.list", input, as: engineer, Call(requestId: "test")).value["items"]?.array ?? []
  }

  func states(_ customer: TenantEntry? = nil) async throws -> [String] {
    try await escalations(customer).compactMap { $0["state"]?.text }.reversed()
  }

  func history(_ incident: Value, as principal: Principal? = nil) async throws -> [String] {
    try await database.call("incident.history", ["id": incident["id"] ?? .null, "limit": 200], as: principal ?? engineer)["items"]?.array?
      .compactMap { $0["type"]?.text } ?? []
  }

  /// What the lead was told of.
  func told() async throws -> [String] {
    try await MakeNotifications(hasMail: false).run(at: database.clock.now(), database.tenancy)
    return try await database.call("notification.list", ["limit": 200], as: lead)["items"]?.array?.compactMap { $0["event"]?.text } ?? []
  }

  func script(_ sql: String) async throws { try await database.runAsSuperuser(sql) }
}

private struct AccountByLogin: Statement {
  let login: String
  static let sql = "select id from tenancy.account where login = $1"
  func bind(to parameters: inout Parameters) { parameters.append(login) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
