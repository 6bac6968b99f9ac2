import Kernel
import Requests
import TestSupport
import Testing

/// What customers order.
extension EscalationsWorld {
  /// An order of Acme's with a task of a team, on a line with an SLA; by default Silver.
  /// - Parameters:
  ///   - roles: who is asked to agree, one after the other.
  ///   - hours: after which each counts as refused.
  func order(team: String = "First line", sla: Value? = nil, approvers roles: [String] = [], hours: Int64 = 1000) async throws -> Value {
    func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Value? = nil) async throws -> Value {
      try await database.call(operation, input, as: database.root, version: version?.integer)
    }
    let number = String(try await call("offering.list", ["limit": 200])["items"]?.array?.count ?? 0)
    let text = Value.object(["en": .text("Work \(number)")])
    let family = try await call("service_family.create", ["code": .text("F\(number)"), "name": text])
    let service = try await call(
      "service.create",
      [
        "code": .text("S\(number)"), "family": family["id"] ?? .null, "name": text, "mode": "managed", "owner": text,
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ])
    let approvers = roles.map { Value.object(["name": text, "role": .text($0)]) }
    let approval: Value =
      roles.isEmpty ? .object(["rule": "none"]) : .object(["rule": "sequence", "approvers": .array(approvers), "hours": .integer(hours)])
    let draft = try await call(
      "offering.create",
      [
        "service": service["id"] ?? .null, "code": .text("O\(number)"), "name": text,
        "approval": approval,
        "tasks": .array([.object(["name": text, "step": 1, "team": .text(team)])]),
      ])
    _ = try await call("offering.publish", ["id": draft["id"] ?? .null], version: draft["version"])
    let silver = try await call("sla.list", [:])["items"]?.array?.first { $0["name"] == "Silver" }?["id"] ?? .null
    _ = try await call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": .text("Work \(number)"), "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Line", "sla": sla ?? silver, "offering": draft["id"] ?? .null])]),
      ])
    let person = try await call("person.add", ["customer": .id(acme.publicId), "name": .text("Ann \(number)")])
    return try await call(
      "request.submit",
      ["customer": .id(acme.publicId), "offering": draft["id"] ?? .null, "published": 1, "requester": person["id"] ?? .null])
  }

  /// An SLA that promises to fulfil what is ordered within so much office time, and warns of nothing.
  func fulfilment(within seconds: Int64) async throws -> Value {
    let target = Value.object([
      "metric": "resolution", "ticketType": "request", "budgetSeconds": .integer(seconds), "calendar": office, "pauses": .bool(true),
    ])
    return try await database.call("sla.create", ["name": "Gold", "targets": .array([target])], as: database.root)["id"] ?? .null
  }

  func request(_ order: Value) async throws -> Value { try await database.call("request.read", ["id": order["id"] ?? .null], as: engineer) }

  func tasks(_ order: Value) async throws -> [Value] { try await request(order)["tasks"]?.array ?? [] }

  /// Does all that is to be done of it now.
  func fulfil(_ order: Value) async throws {
    for task in try await tasks(order) where task["state"] == "ready" {
      try await database.call("task.complete", ["id": task["id"] ?? .null, "result": "Done"], as: engineer)
    }
  }

  func reopen(_ order: Value) async throws {
    try await database.call(
      "request.reopen", ["id": order["id"] ?? .null, "reason": "It does not start"], as: engineer, version: try await request(order)["version"]?.integer)
  }

  /// Agrees to the approval of an order at a place.
  func approve(_ order: Value, _ place: Int, as principal: Principal) async throws {
    let approvals = try await request(order)["approvals"]?.array ?? []
    let approval = try #require(approvals.dropFirst(place).first)
    try await database.call("approval.approve", ["id": approval["id"] ?? .null], as: principal)
    try await RequestSweep().run(at: database.clock.now(), database.tenancy)
  }
}
