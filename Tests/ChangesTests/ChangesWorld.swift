import Assets
import Catalog
import Contracts
import Desk
import Kernel
import Knowledge
import Operations
import Problems
import Requests
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import Changes

/// A provider with two customers; engineers who serve both, one who serves ACME only, an account manager, an administrator, and ACME's manager.
struct ChangesWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let peer: Principal
  let servesAcme: Principal
  let account: Principal
  let administrator: Principal
  let manager: Principal

  static let lowest: Value = .object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
  static let highest: Value = .object(["impact": "customers", "outage": "within", "experience": "never", "back_out": "impossible", "tested": "not"])

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, AssetsModule.self, DeskModule.self, KnowledgeModule.self,
      RequestsModule.self, ProblemsModule.self, ChangesModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    engineer = try await database.staff(.engineer, isKnown: true)
    peer = try await database.staff(.engineer)
    servesAcme = try await database.staff(.engineer, for: [acme])
    account = try await database.staff(.accountManager)
    administrator = try await database.staff(.administrator)
    manager = try await database.user(.customerManager, of: acme)
  }

  /// The id of a member of the staff.
  func staffId(_ principal: Principal) async throws -> Value {
    let own = AccountOfStaff(provider: database.provider.id, account: principal.actor.id)
    let found = try await database.tenancy.transaction(binding: [database.provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.first(own)
    }
    return .id(database.provider.id("stf", try #require(found).account.publicId))
  }

  /// Gives a member of the staff a role on record, for all customers.
  /// - Returns: the id of the account.
  @discardableResult
  func grant(_ principal: Principal, _ role: StockRole) async throws -> Value {
    let id = try await staffId(principal)
    try await call("staff_grant.add", ["account": id, "role": .text(role.rawValue), "everyCustomer": .bool(true)], as: database.root)
    return id
  }

  @discardableResult
  func call(
    _ operation: String, _ members: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil
  ) async throws -> Value {
    try await database.call(operation, members, as: principal ?? engineer, version: version?.integer)
  }

  /// Acts on a change, or a release, as it was last seen.
  @discardableResult
  func act(
    _ operation: String, on seen: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil
  ) async throws -> Value {
    let input = [Value.Member("id", seen.at("id"))] + more.map { Value.Member($0.key, $0.value) }
    let call = Call(requestId: "test", expectedVersion: seen.at("version").integer)
    return try await database.dispatcher.invoke(operation, .object(input), as: principal ?? engineer, call).value
  }

  func ci(_ name: String, of customer: TenantEntry? = nil, type: String = "server") async throws -> Value {
    try await call("ci.create", ["customer": .id((customer ?? acme).publicId), "type": .text(type), "name": .text(name)], as: database.root)["id"] ?? .null
  }

  func sharedCi(_ name: String, affecting customers: [TenantEntry]) async throws -> Value {
    let made = try await call("ci.create", ["customer": .id(database.provider.publicId), "type": "server", "name": .text(name)], as: database.root)
    for customer in customers {
      try await call("shared_ci.affect", ["id": made.at("id"), "customer": .id(customer.publicId)], as: database.root, version: made.at("version"))
    }
    return made.at("id")
  }

  func instant(_ hours: Int64) -> Value { .instant(database.clock.now().adding(seconds: hours * 3600)) }

  /// A change that is written whole; its window begins in `from` hours.
  func change(
    _ title: String = "New switch", of customer: TenantEntry? = nil, kind: String = "normal", cis: [Value] = [], sharedCis: [Value] = [], from: Int64 = 1,
    hours: Int64 = 2, publicText: Value = .null, as principal: Principal? = nil
  ) async throws -> Value {
    try await call(
      "change.open",
      [
        "customer": .id((customer ?? acme).publicId), "kind": .text(kind), "title": .text(title), "plan": "Replace it", "backOut": "Put it back",
        "test": "Ping", "startsAt": instant(from), "endsAt": instant(from + hours), "cis": .array(cis), "sharedCis": .array(sharedCis),
        "publicText": publicText,
      ], as: principal)
  }

  /// The change is submitted at the lowest risk, or the highest.
  func submitted(_ change: Value, isRisky: Bool = false) async throws -> Value {
    let assessed = try await act("change.assess", on: change, ["answers": isRisky ? Self.highest : Self.lowest])
    return try await act("change.submit", on: assessed)
  }

  /// An emergency that was submitted, because of an incident.
  func emergency(_ title: String = "Patch now", isRisky: Bool = false) async throws -> Value {
    let opened = try await call("change.open", ["customer": .id(acme.publicId), "kind": "emergency", "title": .text(title)])
    let incident = try await call("incident.open", ["customer": .id(acme.publicId), "title": "Down", "impact": 2, "urgency": 2])
    try await call("change.link_incident", ["id": opened.at("id"), "incident": incident.at("id")])
    return try await submitted(opened, isRisky: isRisky)
  }

  /// Who is asked decides; the change as it is then.
  func decide(_ change: Value, _ verb: String = "approve", role: String, as principal: Principal) async throws -> Value {
    let approvals = try await read(change).at("approvals").array ?? []
    let approval = approvals.first { $0.at("state") == "asked" && $0.at("roles").array == [.text(role)] }
    let members: KeyValuePairs<String, Value> = ["id": approval?.at("id") ?? .null, "reason": "Seen"]
    try await call("change_approval.\(verb)", members, as: principal)
    return try await read(change)
  }

  /// A change that is agreed to, and whose window has begun.
  func approved(_ change: Value) async throws -> Value {
    let agreed = try await decide(try await submitted(change), role: "engineer", as: peer)
    if let from = agreed.at("startsAt").text.flatMap({ Instant($0) }) { database.clock.set(from) }
    return agreed
  }

  func read(_ change: Value, as principal: Principal? = nil) async throws -> Value {
    try await call("change.read", ["id": change.at("id")], as: principal)
  }

  func sweep() async throws { try await ChangeSweep(batch: 2).run(at: database.clock.now(), database.tenancy) }

  /// What its history says of a change, without what they all begin with.
  func events(of change: Value, as principal: Principal? = nil) async throws -> [String] {
    try await call("change.history", ["id": change.at("id"), "limit": 200], as: principal).texts("type").map { String($0.dropFirst("change.".count)) }
  }
}

extension Value {
  /// The value at `path`: `items.0.id`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }

  /// A field of each item.
  func texts(_ field: String, in list: String = "items") -> [String] { (self[list]?.array ?? []).compactMap { $0[field]?.text } }
}

/// The code for which a request is refused: of its first field with its path, or its own.
func refusal(_ body: () async throws -> Value) async -> String {
  do {
    _ = try await body()
    return "accepted"
  } catch let failure as Failure {
    return failure.violations.first.map { "\($0.path) \($0.message.key)" } ?? failure.code
  } catch {
    return "\(error)"
  }
}
