import Contracts
import Credits
import Desk
import Kernel
import Measurements
import Operations
import ServiceLevels
import Suppliers
import TestSupport
import Tenancy
import Testing

/// A customer whose line costs 1,000 EUR a month since the first of January and rests on one service of a supplier, with a
/// schedule: 10 % below 99.9 %, 25 % below 99 %.
struct CreditsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let finance: Principal
  let contract: Value
  let service: Value
  let schedule: Value

  static var modules: [any OperationModule.Type] {
    [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, MeasurementsModule.self, CreditsModule.self]
  }

  static let terms: Value = .object([
    "measure": "availability", "period": "month", "commitment": .object(["from": "99.9"]),
    "bands": .array([.object(["from": "99", "below": "99.9", "percent": "10"]), .object(["below": "99", "percent": "25"])]),
  ])

  /// - Parameters:
  ///   - linksCompute: whether the line rests on the service.
  ///   - measured: what the line promises besides, by the month.
  init(
    terms: Value = terms, startsAt: String = "2026-01-01T00:00:00+01:00", linksCompute: Bool = true, measured: [String] = []
  ) async throws {
    database = try await TestDatabase.make(Self.modules)
    acme = try await database.customer("ACME")
    finance = try await database.staff(.finance, isKnown: true)
    let root = database.root
    let calendar = try await database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: root)
    var targets: [Value] = [1, 2, 3, 4, 5].map { priority in
      .object(["metric": "response", "priority": .integer(priority), "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null])
    }
    for measure in measured { targets.append(.object(["metric": .text(measure), "objective": "99.9", "period": "month"])) }
    let sla = try await database.call("sla.create", ["name": "S", "targets": .array(targets)], as: root)
    contract = try await database.call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Hosting", "currency": "EUR", "startsAt": .text(startsAt),
        "lines": .array([.object(["name": "Servers", "sla": sla["id"] ?? .null, "monthlyFee": "1000.00"])]),
      ], as: root)
    let supplier = try await database.call("supplier.create", ["code": "CLOUD", "name": "Cloud", "zone": "UTC"], as: root)
    service = try await database.call("supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": "Compute"], as: root)
    schedule = try await database.call("credit_schedule.create", ["name": "Standard", "terms": terms], as: root)
    if linksCompute { try await call("supplier_link.add", ["line": line, "service": service["id"] ?? .null, "role": "provides"]) }
    try await call("line_credit.attach", ["line": line, "schedule": schedule["id"] ?? .null, "validFrom": "1970-01-01T00:00:00Z"])
  }

  var line: Value { contract["lines"]?.array?.first?["id"] ?? .null }

  @discardableResult
  func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Value? = nil, as principal: Principal? = nil) async throws -> Value {
    try await database.call(operation, input, as: principal ?? database.root, version: version?.integer)
  }

  @discardableResult
  func outage(_ from: String, _ to: String, _ severity: String = "major", of service: Value? = nil) async throws -> Value {
    try await call(
      "outage.record", ["service": (service ?? self.service)["id"] ?? .null, "severity": .text(severity), "startsAt": .text(from), "endsAt": .text(to)])
  }

  func propose(_ period: String = "2026-01", claimedOn: String? = nil) async throws -> Value {
    try await database.call(
      "credit.propose",
      ["line": line, "schedule": schedule["id"] ?? .null, "period": .text(period), "claimedOn": .text(claimedOn)], as: finance)
  }

  func approve(_ credit: Value, as principal: Principal) async throws -> Value {
    try await database.call("credit.approve", ["id": credit["id"] ?? .null], as: principal, version: credit["version"]?.integer)
  }
}

extension Value {
  /// The value at `path`: `parts.0.percent`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }
}

/// The paths and codes of what a request is refused for.
func violations(_ body: () async throws -> Value) async -> [String] {
  do {
    _ = try await body()
    return ["accepted"]
  } catch let failure as Failure {
    return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
  } catch {
    return ["\(error)"]
  }
}
