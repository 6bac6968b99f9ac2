import Attributes
import Catalog
import Contracts
import Desk
import Jobs
import Kernel
import Operations
import Postgres
import Problems
import Requests
import Scorecard
import ServiceLevels
import Tenancy
import TestSupport
import Testing

/// A provider with two customers, and offerings that a contract of each sells.
struct RequestsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let manager: Principal
  let engineer: Principal
  private let service: Value

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, AttributesModule.self, CatalogModule.self, RequestsModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self,
      ScorecardModule.self, ProblemsModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    manager = try await database.staff(.accountManager)
    engineer = try await database.staff(.engineer)
    for team in ["Service Desk", "Network"] { try await database.call("team.create", ["name": .text(team)], as: database.root) }
    let family = try await database.call("service_family.create", ["code": "WORK", "name": Self.name("Workplace")], as: manager)
    let made = try await database.call(
      "service.create",
      [
        "code": "WORKPLACE", "family": family.at("id"), "name": Self.name("Workplace"), "mode": "managed", "owner": Self.name("Head of desk"),
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ], as: manager)
    service = made.at("id")
  }

  static func name(_ english: String) -> Value { .object(["en": .text(english)]) }

  @discardableResult
  func call(
    _ operation: String, _ input: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil
  ) async throws -> Value {
    try await database.call(operation, input, as: principal ?? manager, version: version?.integer)
  }

  /// Moves on what time or a customer's word left to do.
  func sweep() async throws { try await RequestSweep().run(at: database.clock.now(), database.tenancy) }

  /// A published offering with this content, sold to these customers.
  /// - Parameter units: the line is for these units alone; none: for the whole customer.
  func offering(
    _ code: String, _ content: KeyValuePairs<String, Value>, soldTo customers: [TenantEntry]? = nil, units: [Value] = []
  ) async throws -> Value {
    let members =
      [Value.Member("service", service), Value.Member("code", .text(code)), Value.Member("name", Self.name(code))]
      + content.map { Value.Member($0.key, $0.value) }
    let draft = try await database.dispatcher.invoke("offering.create", .object(members), as: manager, Call(requestId: "test")).value
    try await call("offering.publish", ["id": draft.at("id")], version: draft.at("version"))
    for customer in customers ?? [acme] { try await line(of: customer, selling: draft.at("id"), units: units) }
    return draft.at("id")
  }

  @discardableResult
  func line(of customer: TenantEntry, selling offering: Value, units: [Value] = []) async throws -> Value {
    let number = try await call("calendar.list", ["limit": 200]).at("items").array?.count ?? 0
    let calendar = try await call("calendar.create", ["name": .text("C \(number)"), "stock": "24x7", "zone": "UTC"])
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar.at("id")])
    let sla = try await call("sla.create", ["name": .text("S \(number)"), "targets": .array([target])])
    let contract = try await call(
      "contract.create",
      [
        "customer": .id(customer.publicId), "name": .text("Contract \(number)"), "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([
          .object(
            [Value.Member("name", "Line"), Value.Member("sla", sla.at("id")), Value.Member("offering", offering)]
              + (units.isEmpty ? [] : [Value.Member("units", .array(units))]))
        ]),
      ])
    return contract.at("lines.0")
  }

  func unit(_ name: String, of customer: TenantEntry? = nil) async throws -> Value {
    try await call(
      "unit.add", ["customer": .id((customer ?? acme).publicId), "kind": "site", "name": .text(name)], as: database.root
    ).at("id")
  }

  func person(_ name: String, _ unit: Value? = nil, of customer: TenantEntry? = nil) async throws -> Value {
    try await call(
      "person.add", ["customer": .id((customer ?? acme).publicId), "name": .text(name), "unit": unit ?? .null], as: database.root
    ).at("id")
  }

  func submit(
    _ offering: Value, for requester: Value? = nil, answers: Value = .object([]), of customer: TenantEntry? = nil, as principal: Principal? = nil
  ) async throws -> Value {
    try await call(
      "request.submit",
      [
        "customer": .id((customer ?? acme).publicId), "offering": offering, "published": 1, "requester": requester ?? .null, "answers": answers,
      ], as: principal ?? manager)
  }

  func request(_ request: Value, as principal: Principal? = nil) async throws -> Value {
    try await call("request.read", ["id": request.at("id")], as: principal)
  }

  /// The events of a request: `approved`, `task_opened`, ...
  func history(_ request: Value, as principal: Principal? = nil) async throws -> [String] {
    let items = try await call("request.history", ["id": request.at("id"), "limit": 200], as: principal).at("items").array ?? []
    return items.compactMap { $0.at("type").text.map { String($0.dropFirst("request.".count)) } }
  }

  /// The public ids behind a customer's login.
  func ids(of principal: Principal) async throws -> (account: Value, person: Value) {
    let tenant = principal.tenant == acme.id ? acme : principal.tenant == other.id ? other : database.provider
    let found = try await database.superuser.transaction { try await $0.query(IdsOfLogin(account: principal.actor.id)) }.first
    let bits = try #require(found)
    let kind = principal.side == .staff ? IdKind.staff : IdKind.account
    return (.id(tenant.id(kind.prefix, bits.account)), .id(bits.person.map { tenant.id(IdKind.person.prefix, $0) }))
  }

  /// A customer's manager whose role is on record, so that he can be named as the reviewer of access.
  func reviewer(until end: Value = .null) async throws -> (principal: Principal, account: Value, person: Value, grant: Value) {
    let principal = try await database.user(.customerManager, of: acme)
    let (account, person) = try await ids(of: principal)
    let grant = try await call(
      "account_grant.add", ["account": account, "role": "customer_manager", "scope": "tenant", "expiresAt": end], as: database.root)
    return (principal, account, person, grant.at("id"))
  }

  /// How many rows a condition finds, whoever's they are.
  func count(_ state: String) async throws -> Int64 {
    try await database.superuser.transaction { try await $0.query(RequestsInState(state: state)) }.first ?? 0
  }
}

extension Value {
  /// The value at `path`: `lines.0.id`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }
}

/// The paths and codes of what a call is refused for.
func refusal(_ body: () async throws -> Value) async -> [String] {
  do {
    _ = try await body()
    return ["accepted"]
  } catch let failure as Failure {
    return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
  } catch {
    return ["\(error)"]
  }
}

private struct IdsOfLogin: Statement {
  struct Found: Sendable {
    let account: [UInt8]
    let person: [UInt8]?
  }

  let account: Int64

  static let sql = """
    select a.public_id, p.public_id from tenancy.account a left join tenancy.person p on p.tenant_id = a.tenant_id and p.id = a.person_id where a.id = $1
    """

  func bind(to parameters: inout Parameters) { parameters.append(account) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(account: try row.next(), person: try row.next()) }
}

private struct RequestsInState: Statement {
  let state: String

  static let sql = "select count(*) from requests.request where state = $1"

  func bind(to parameters: inout Parameters) { parameters.append(state) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The internal id of a unit.
struct UnitOfName: Statement {
  let name: String

  static let sql = "select id from tenancy.org_unit where name = $1"

  func bind(to parameters: inout Parameters) { parameters.append(name) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
