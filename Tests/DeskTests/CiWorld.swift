import Contracts
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// The desk's world, with an SLA of half an hour for platinum and two hours for the service VIP, and CIs of ACME's.
struct CiWorld {
  let desk: DeskWorld
  private let sla: Value

  init() async throws {
    desk = try await DeskWorld()
    try await desk.database.catalogueService("VIP")
    try await desk.database.catalogueService("LAB")
    let calendar = desk.calendar["id"] ?? .null
    func target(_ metric: String, _ seconds: Int64, _ more: KeyValuePairs<String, Value>) -> Value {
      .object(
        [("metric", .text(metric)), ("budgetSeconds", .integer(seconds)), ("calendar", calendar)].map { Value.Member($0.0, $0.1) }
          + [Value.Member("pauses", .bool(metric == "resolution"))] + more.map { Value.Member($0.key, $0.value) })
    }
    let made = try await desk.database.call(
      "sla.create",
      [
        "name": "By tier",
        "targets": .array([
          target("response", 14_400, [:]), target("resolution", 57_600, [:]), target("resolution", 1800, ["ciTier": "platinum"]),
          target("resolution", 7200, ["service": "VIP"]),
        ]),
      ], as: desk.manager)
    sla = made["id"] ?? .null
    _ = try await desk.database.call(
      "contract_line.revise", ["id": desk.contract["lines"]?.array?.first?["id"] ?? .null, "sla": sla, "validFrom": "2026-01-02T00:00:00Z"],
      as: desk.manager, version: 1)
  }

  /// The id of a new CI of ACME's, or of another tenant's.
  func ci(_ name: String, tier: String? = nil, of customer: TenantEntry? = nil) async throws -> Value {
    try await desk.database.call(
      "ci.create",
      ["customer": .id((customer ?? desk.acme).publicId), "type": "server", "name": .text(name), "ciTier": .text(tier)],
      as: desk.engineer)["id"] ?? .null
  }

  /// The id of a CI of the provider's that affects these customers.
  func shared(_ name: String, tier: String? = nil, affecting customers: [TenantEntry]) async throws -> Value {
    let ci = try await ci(name, tier: tier, of: desk.database.provider)
    for customer in customers { _ = try await desk.database.call("shared_ci.affect", ["id": ci, "customer": .id(customer.publicId)], as: desk.engineer) }
    return ci
  }

  func retire(_ ci: Value) async throws {
    let row = try await desk.database.call("ci.read", ["id": ci], as: desk.engineer)
    _ = try await desk.database.call("ci.transition", ["id": ci, "state": "retired"], as: desk.engineer, version: row["version"]?.integer)
  }

  /// A line that sells a service covers the CI.
  func cover(_ ci: Value, bySelling code: String, from day: String, addsLine: Bool = true) async throws {
    let lines = try await desk.database.call("contract.read", ["id": desk.contract["id"] ?? .null], as: desk.manager)["lines"]?.array ?? []
    var line = lines.first { $0["name"] == .text(code) }?["id"]
    if addsLine {
      // As the test's catalogue makes them: the letters of the code, then zeros.
      let bits = Array((Array(code.utf8) + [UInt8](repeating: 0, count: 12)).prefix(12))
      line = try await desk.database.call(
        "contract_line.add",
        [
          "contract": desk.contract["id"] ?? .null, "name": .text(code), "sla": sla, "service": .id(desk.database.provider.id("svc", bits)),
          "validFrom": "2026-01-02T00:00:00Z",
        ], as: desk.manager)["id"]
    }
    let row = try await desk.database.call("ci.read", ["id": ci], as: desk.manager)
    _ = try await desk.database.call(
      "ci.cover", ["id": ci, "line": line ?? .null, "on": .text(day)], as: desk.manager, version: row["version"]?.integer)
  }

  func open(_ more: KeyValuePairs<String, Value>, for customer: TenantEntry? = nil, as principal: Principal? = nil) async throws -> Value {
    let input = [Value.Member("customer", .id((customer ?? desk.acme).publicId)), Value.Member("title", "Down")]
    return try await desk.database.dispatcher.invoke(
      "incident.open", .object(input + more.map { Value.Member($0.key, $0.value) }), as: principal ?? desk.engineer, Call(requestId: "test")
    ).value
  }

  func explain(_ ticket: Value, as principal: Principal? = nil) async throws -> Value {
    try await desk.database.call("incident.explain", ["id": ticket["id"] ?? .null], as: principal ?? desk.engineer)
  }

  func due(_ ticket: Value, _ metric: String) -> Value {
    ticket["clocks"]?.array?.first { $0["metric"] == .text(metric) }?["dueAt"] ?? .null
  }

  /// The paths and codes of what a call is refused for.
  func refused(_ body: () async throws -> Value) async -> [String] {
    do {
      _ = try await body()
      return ["accepted"]
    } catch let failure as Failure {
      return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
    } catch {
      return ["\(error)"]
    }
  }
}
