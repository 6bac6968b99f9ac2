import Changes
import Kernel
import Notifications
import Operations
import Requests
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// What goes through the processes besides incidents.
extension GatesWorld {
  /// Acts on something as it was last seen.
  @discardableResult
  func step(
    _ operation: String, on seen: Value, _ more: [Value.Member] = [], as principal: Principal? = nil, key: String? = nil
  ) async throws -> Value {
    try await invoke(operation, [Value.Member("id", seen.at("id"))] + more, as: principal ?? engineer, version: seen["version"]?.integer, key: key)
  }

  // MARK: Requests

  /// An order of ACME's with so many tasks, one after the other.
  func order(tasks count: Int = 1, approval: Value? = nil) async throws -> Value {
    func call(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Value? = nil) async throws -> Value {
      try await database.call(operation, input, as: database.root, version: version?.integer)
    }
    let number = String(try await database.call("offering.list", ["limit": 200], as: database.root)["items"]?.array?.count ?? 0)
    if number == "0" { _ = try await call("team.create", ["name": "Desk"]) }
    let text = Value.object(["en": .text("Work \(number)")])
    let family = try await call("service_family.create", ["code": .text("F\(number)"), "name": text])
    let service = try await call(
      "service.create",
      [
        "code": .text("S\(number)"), "family": family.at("id"), "name": text, "mode": "managed", "owner": text,
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ])
    let tasks = (1...count).map { Value.object(["name": .object(["en": .text("Task \($0)")]), "step": .integer(Int64($0)), "team": "Desk"]) }
    let draft = try await call(
      "offering.create",
      [
        "service": service.at("id"), "code": .text("O\(number)"), "name": text, "tasks": .array(tasks),
        "approval": approval ?? .object(["rule": "none"]),
      ])
    _ = try await call("offering.publish", ["id": draft.at("id")], version: draft["version"])
    let calendar = try await call("calendar.create", ["name": .text("C \(number)"), "stock": "24x7", "zone": "UTC"])
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar.at("id")])
    let sla = try await call("sla.create", ["name": .text("S \(number)"), "targets": .array([target])])
    _ = try await call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": .text("Contract \(number)"), "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Line", "sla": sla.at("id"), "offering": draft.at("id")])]),
      ])
    let person = try await call("person.add", ["customer": .id(acme.publicId), "name": .text("Ann \(number)")])
    return try await call(
      "request.submit", ["customer": .id(acme.publicId), "offering": draft.at("id"), "published": 1, "requester": person.at("id")])
  }

  func read(_ process: String, _ seen: Value) async throws -> Value { try await invoke("\(process).read", [Value.Member("id", seen.at("id"))], as: engineer) }

  func task(_ index: Int, of request: Value) async throws -> Value {
    let tasks = try await read("request", request)["tasks"]?.array ?? []
    return tasks.indices.contains(index) ? .object([Value.Member("id", tasks[index].at("id"))]) : .null
  }

  // MARK: Problems

  /// - Parameter customer: nil: it may concern several.
  func problem(for customer: TenantEntry?, _ more: [Value.Member] = []) async throws -> Value {
    let opened = try await invoke(
      "problem.open",
      [Value.Member("title", "Mail stalls"), Value.Member("impact", 2), Value.Member("urgency", 2)]
        + (customer.map { [Value.Member("customer", .id($0.publicId))] } ?? []) + more, as: engineer)
    return try await step("problem.record_workaround", on: opened, [Value.Member("workaround", "Restart")])
  }

  // MARK: Changes

  /// A change that is assessed: it can be submitted, and begun at once when it was agreed to.
  func change(for customers: [TenantEntry], _ more: [Value.Member] = []) async throws -> Value {
    let now = database.clock.now()
    let opened = try await invoke(
      "change.open",
      [
        Value.Member("title", "New switch"), Value.Member("kind", "normal"), Value.Member("plan", "Swap"), Value.Member("backOut", "Swap back"),
        Value.Member("test", "Ping"), Value.Member("startsAt", .instant(now.adding(seconds: -60))),
        Value.Member("endsAt", .instant(now.adding(seconds: 7200))), Value.Member("customer", .id((customers.first ?? acme).publicId)),
      ] + more, as: engineer)
    var change = opened
    for customer in customers.dropFirst() {
      change = try await step("change.concern", on: change, [Value.Member("customer", .id(customer.publicId))])
    }
    let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
    return try await step("change.assess", on: change, [Value.Member("answers", answers)])
  }

  /// Lets somebody else agree.
  func agreed(_ change: Value) async throws -> Value {
    let asked = try await read("change", change)["approvals"]?.array ?? []
    let approval = asked.first { $0.at("roles").array?.contains("administrator") == true } ?? .null
    _ = try await step("change_approval.approve", on: .object([Value.Member("id", approval.at("id"))]), as: administrator)
    return try await read("change", change)
  }

  // MARK: Releases and major incidents

  static let deployment = [Value.Member("what", "1.0"), Value.Member("where", "All"), Value.Member("result", "succeeded")]
  static let resolution = [Value.Member("resolution", "Replaced the line")]

  /// A release that can be signed off by anybody of the staff: the operator has gathered it. Its changes are given up, and concern these customers.
  func release(for customers: [TenantEntry]) async throws -> Value {
    let root = database.root
    var release = try await invoke("release.open", [Value.Member("title", "Spring")], as: root)
    for customer in customers {
      let change = try await change(for: [customer])
      release = try await step("release.add_change", on: release, [Value.Member("change", change.at("id"))], as: root)
      _ = try await step("change.cancel", on: try await read("change", change), [Value.Member("reason", "Another way")])
    }
    release = try await step("release.add_criterion", on: release, [Value.Member("text", "It starts")], as: root)
    let judged = [Value.Member("criterion", 1), Value.Member("state", "met"), Value.Member("evidence", "Seen")]
    return try await step("release.judge_criterion", on: release, judged, as: root)
  }

  func signedOff(_ release: Value) async throws -> Value { try await step("release.sign_off", on: release, as: administrator) }

  /// A major incident of which an incident of each customer is part.
  func major(for customers: [TenantEntry]) async throws -> Value {
    var incidents: [(customer: TenantEntry, id: Value)] = []
    for customer in customers { incidents.append((customer, try await open(for: customer).at("id"))) }
    guard let first = incidents.first else { return .null }
    let major = try await invoke(
      "major_incident.declare",
      [
        Value.Member("customer", .id(first.customer.publicId)), Value.Member("title", "No line"), Value.Member("incidents", .array([first.id])),
      ], as: engineer)
    for incident in incidents.dropFirst() {
      _ = try await invoke(
        "major_incident.link", [Value.Member("id", major.at("id")), Value.Member("incident", incident.id)], as: engineer)
    }
    return try await read("major_incident", major)
  }

  // MARK: Approvals

  /// Staff who may be asked, as the database knows them.
  func approver(_ role: StockRole = .engineer, for customers: [TenantEntry]? = nil) async throws -> (principal: Principal, id: Value) {
    let principal = try await database.staff(role, for: customers)
    let id = try await Self.id(of: principal, database)
    var grant = [Value.Member("account", id), Value.Member("role", .text(role.rawValue))]
    if let customers {
      grant.append(Value.Member("customers", .array(customers.map { .id($0.publicId) })))
    } else {
      grant.append(Value.Member("everyCustomer", .bool(true)))
    }
    _ = try await invoke("staff_grant.add", grant, as: database.root)
    return (principal, id)
  }

  static func approval(_ rule: String, _ staff: [Value], ownWork: Bool = false, hours: Int64? = nil) -> (name: String, value: Value) {
    let limit = hours.map { [Value.Member("hours", .integer($0))] } ?? []
    let members = [Value.Member("rule", .text(rule)), Value.Member("staff", .array(staff)), Value.Member("ownWork", .bool(ownWork))]
    return ("approval", .object(members + limit))
  }

  func asked(_ principal: Principal) async throws -> [Value] {
    try await invoke("gate_approval.list", [], as: principal)["items"]?.array ?? []
  }

  /// Agrees to what was first asked of him.
  func agree(_ principal: Principal) async throws {
    let waiting = try #require(try await asked(principal).first)
    _ = try await step("gate_approval.approve", on: waiting, as: principal)
  }

  func tell() async throws { try await MakeNotifications(hasMail: false).run(at: database.clock.now(), database.tenancy) }

  func inbox(_ principal: Principal) async throws -> [Value] {
    try await tell()
    return try await invoke("notification.list", [], as: principal)["items"]?.array ?? []
  }
}
