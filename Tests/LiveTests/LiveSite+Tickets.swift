import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// Tickets of the other processes, and what may happen to them.
extension LiveSite {
  /// An offering without approval that a contract of each of these customers sells.
  /// - Parameter isPromised: whether its first answer is promised within an hour; half of that is warned of.
  func offering(soldTo customers: [TenantEntry], isPromised: Bool = false) async throws -> Value {
    func name(_ text: String) -> Value { .object(["en": .text(text)]) }
    let family = try await call("service_family.create", ["code": "WORK", "name": name("Workplace")])
    let service = try await call(
      "service.create",
      [
        "code": "WORKPLACE", "family": family["id"] ?? .null, "name": name("Workplace"), "mode": "managed", "owner": name("Head of desk"),
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ])
    let draft = try await call(
      "offering.create",
      ["service": service["id"] ?? .null, "code": "MOUSE", "name": name("Mouse")])
    let id = draft["id"] ?? .null
    try await call("offering.publish", ["id": id], version: draft["version"]?.integer)
    let calendar = try await call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"])
    let ofIncidents: [Value.Member] = [Value.Member("priority", 1)]
    let ofRequests: [Value.Member] = [Value.Member("ticketType", "request"), Value.Member("warnPercents", .array([50]))]
    let promise = [
      Value.Member("metric", "response"), Value.Member("budgetSeconds", 3600), Value.Member("calendar", calendar["id"] ?? .null),
    ]
    let target = Value.object(promise + (isPromised ? ofRequests : ofIncidents))
    let sla = try await call("sla.create", ["name": "Bronze", "targets": .array([target])])
    for customer in customers {
      try await call(
        "contract.create",
        [
          "customer": .id(customer.publicId), "name": "Workplaces", "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
          "lines": .array([.object(["name": "Line", "sla": sla["id"] ?? .null, "offering": id])]),
        ])
    }
    return id
  }

  func request(_ offering: Value, of customer: TenantEntry, requester: Value) async throws -> Value {
    try await call(
      "request.submit",
      ["customer": .id(customer.publicId), "offering": offering, "published": 1, "requester": requester, "answers": .object([])])["id"] ?? .null
  }

  /// About one customer, or, without one, about nobody in particular.
  func problem(of customer: TenantEntry? = nil) async throws -> Value {
    try await call("problem.open", ["customer": .id(customer?.publicId), "title": "It hangs", "impact": 2, "urgency": 2])["id"] ?? .null
  }

  func change(of customer: TenantEntry? = nil) async throws -> Value {
    try await call("change.open", ["customer": .id(customer?.publicId), "kind": "normal", "title": "New switch"])["id"] ?? .null
  }

  /// As somebody who has a token.
  func call(_ operation: String, _ input: KeyValuePairs<String, Value>, as login: Login, version: Int64? = nil) async throws -> Value {
    let found = try await Authenticator(tenancy: tenancy).principal(bearer: login.token, via: .http, peer: "127.0.0.1")
    return try await dispatcher.invoke(operation, .object(input), as: try #require(found), Call(requestId: "test", expectedVersion: version)).value
  }

  /// Writes what an act would leave in the history of a request, problem, change or release.
  /// - Parameter customer: whose affair it is, of what concerns several.
  func write(_ type: String, on ticket: Value, of process: String, seq: Int64, affairOf customer: TenantEntry? = nil) async throws {
    let bits = (ticket.text.flatMap { PublicId($0) }?.random ?? []).map { String($0, radix: 16).leftPadded }.joined()
    let payload = customer.map { "{\"customerRow\": \($0.id)}" } ?? "{}"
    try await script(
      """
      insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
      select t.tenant_id, '\(clock.now())', '\(process)', t.id, \(seq), '\(type)', '\(payload)', 'system', 0, 'job', '\(clock.now())'
      from \(process)s.\(process) t where t.public_id = '\\x\(bits)'
      """.replacing("releases.release", with: "changes.release"))
  }
}

extension String {
  fileprivate var leftPadded: String { count < 2 ? "0" + self : self }
}
