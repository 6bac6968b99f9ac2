import Assurance
import Contracts
import Desk
import Kernel
import Operations
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing

/// A provider with a service desk and a supplier, and a customer whose draft contract promises four hours from Monday to
/// Saturday, 08:00 to 22:00 in Berlin, to be kept by the desk and the supplier. The supplier closes on Saturday at 18:00.
struct AssuranceWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let ours: Value
  let theirs: Value
  let team: Value
  let supplier: Value
  let service: Value
  let underpinning: Value
  let sla: Value
  let contract: Value

  static var modules: [any OperationModule.Type] {
    [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, AssuranceModule.self]
  }

  static func week(saturday: String) -> Value {
    .object(
      ["mon", "tue", "wed", "thu", "fri"].map { Value.Member($0, .array([.array(["08:00", "22:00"])])) }
        + [Value.Member("sat", .array([.array(["08:00", .text(saturday)])]))])
  }

  static func hours(saturday: String) -> Value { .object(["zone": "Europe/Berlin", "week": week(saturday: saturday)]) }

  init() async throws {
    database = try await TestDatabase.make(Self.modules)
    acme = try await database.customer("ACME")
    let root = database.root
    ours = try await database.call("calendar.create", ["name": "Six days", "definition": Self.hours(saturday: "22:00")], as: root)
    theirs = try await database.call("calendar.create", ["name": "Supplier hours", "definition": Self.hours(saturday: "18:00")], as: root)
    team = try await database.call("team.create", ["name": "Service desk"], as: root)
    supplier = try await database.call("supplier.create", ["code": "CLOUD", "name": "Cloud Ltd", "zone": "Europe/Berlin"], as: root)
    service = try await database.call("supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": "Compute"], as: root)
    underpinning = try await database.call(
      "underpinning_contract.create",
      [
        "supplier": supplier["id"] ?? .null, "reference": "UC-7", "name": "Compute", "state": "active", "currency": "EUR",
        "startsAt": "2026-01-01T00:00:00Z", "calendar": theirs["id"] ?? .null,
        "targets": .array([.object(["metric": "resolution", "budgetSeconds": 3600])]),
      ], as: root)
    sla = try await database.call(
      "sla.create",
      [
        "name": "Gold",
        "targets": .array([
          .object(["metric": "response", "priority": 1, "budgetSeconds": 1800, "calendar": ours["id"] ?? .null]),
          .object(["metric": "resolution", "priority": 1, "budgetSeconds": 14_400, "calendar": ours["id"] ?? .null]),
        ]),
      ], as: root)
    contract = try await database.call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Workplace", "state": "draft", "currency": "EUR", "startsAt": "2026-03-02T00:00:00Z",
        "endsAt": "2027-03-02T00:00:00Z", "lines": .array([.object(["name": "Desk", "sla": sla["id"] ?? .null])]),
      ], as: root)
  }

  var line: Value { contract["lines"]?.array?.first?["id"] ?? .null }

  @discardableResult
  func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Value? = nil, as principal: Principal? = nil) async throws -> Value {
    try await database.call(operation, input, as: principal ?? database.root, version: version?.integer)
  }

  /// The desk answers within its own hours and works 15 minutes; the supplier does the rest.
  func link() async throws {
    try await call(
      "delivery_chain.set",
      [
        "line": line,
        "teams": .array([
          .object(["team": team["id"] ?? .null, "calendar": ours["id"] ?? .null, "handling": .array([.object(["seconds": 900])])])
        ]),
      ])
    try await call(
      "supplier_link.add",
      ["line": line, "service": service["id"] ?? .null, "role": "provides", "underpinningContract": underpinning["id"] ?? .null])
  }

  func prove() async throws -> Value { try await call("proof.run", ["contract": contract["id"] ?? .null]).at("lines.0") }

  func sweep() async throws { try await ProofSweep().run(at: database.clock.now(), database.tenancy) }

  func open() async throws -> [Value] { try await call("proof.open", [:]).at("items").array ?? [] }
}

extension Value {
  /// The value at `path`: `parts.0.percent`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }

  var kinds: [String] { at("gaps").array?.compactMap { $0["kind"]?.text } ?? [] }
}
