import Contracts
import Kernel
import Operations
import Postgres
import Suppliers
import Tenancy
import TestSupport
import Testing

/// A provider with two customers, a calendar and an SLA.
struct ContractsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let manager: Principal
  let calendar: Value
  let sla: Value

  static let start = TestDatabase.start

  init() async throws {
    database = try await TestDatabase.make([PlatformModule.self, ContractsModule.self, SuppliersModule.self])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER", zone: "Asia/Shanghai")
    manager = try await database.staff(.accountManager)
    calendar = try await database.call("calendar.create", ["name": "Office", "stock": "5x8", "zone": "Europe/Berlin"], as: manager)
    sla = try await database.call(
      "sla.create", ["name": "Silver", "targets": .array([Self.target(calendar), Self.target(calendar, "resolution")])], as: manager)
  }

  static func target(_ calendar: Value, _ metric: String = "response", priority: Int64 = 1, seconds: Int64 = 3600) -> Value {
    .object([
      "metric": .text(metric), "priority": .integer(priority), "budgetSeconds": .integer(seconds), "calendar": calendar["id"] ?? .null,
      "objective": .decimal("95"),
    ])
  }

  /// An active contract since 2026 with one line for the whole customer.
  func contract(
    of customer: TenantEntry? = nil, name: String = "Support", startsAt: String = "2026-01-01T00:00:00Z", sla: Value? = nil
  ) async throws -> Value {
    try await database.call(
      "contract.create",
      [
        "customer": .id((customer ?? acme).publicId), "name": .text(name), "currency": "EUR", "startsAt": .text(startsAt),
        "lines": .array([.object(["name": "Service desk", "sla": (sla ?? self.sla)["id"] ?? .null, "monthlyFee": "1250.00"])]),
      ], as: manager)
  }

  func inside<T: Sendable>(_ customer: TenantEntry, side: Side = .staff, _ body: (Transaction) async throws -> T) async throws -> T {
    try await database.tenancy.transaction(binding: [customer.id], side: side, readOnly: true, body)
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
