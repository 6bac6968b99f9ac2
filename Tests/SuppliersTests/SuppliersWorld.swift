import Contracts
import Kernel
import Operations
import Suppliers
import TestSupport
import Tenancy
import Testing

/// A provider with a supplier, one of its services, and a customer with a contract line.
struct SuppliersWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let manager: Principal
  let supplier: Value
  let service: Value
  let contract: Value

  static var modules: [any OperationModule.Type] { [PlatformModule.self, ContractsModule.self, SuppliersModule.self] }

  init() async throws {
    database = try await TestDatabase.make(Self.modules)
    acme = try await database.customer("ACME")
    manager = try await database.staff(.accountManager)
    supplier = try await database.call("supplier.create", ["code": "CLOUD", "name": "Cloud Ltd", "zone": "UTC"], as: manager)
    service = try await database.call(
      "supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": "Compute", "region": "eu-1"], as: manager)
    let calendar = try await database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: manager)
    let sla = try await database.call(
      "sla.create",
      [
        "name": "S",
        "targets": .array([.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null])]),
      ], as: manager)
    contract = try await database.call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Hosting", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Servers", "sla": sla["id"] ?? .null, "monthlyFee": "1000.00"])]),
      ], as: manager)
  }

  var line: Value { contract.at("lines.0.id") }

  @discardableResult
  func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Value? = nil) async throws -> Value {
    try await database.call(operation, input, as: manager, version: version?.integer)
  }

  func outage(_ from: String, _ to: String?, _ severity: String = "partial") async throws -> Value {
    try await call(
      "outage.record", ["service": service.at("id"), "severity": .text(severity), "startsAt": .text(from), "endsAt": .text(to)])
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

/// The paths and codes of what an invalid request is refused for.
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
