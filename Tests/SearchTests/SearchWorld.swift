import Assets
import Attributes
import Catalog
import Changes
import Contracts
import Desk
import Kernel
import Knowledge
import MajorIncidents
import Operations
import Postgres
import Problems
import Requests
import ServiceLevels
import TestSupport
import Tenancy

@testable import Search

/// A provider with two customers, of whom both buy a laptop; an engineer who serves both, and one who serves ACME alone.
struct SearchWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let servesAcme: Principal
  let servesOther: Principal
  /// ACME's manager, and two of his people who see their own.
  let manager: Principal
  let requester: Principal
  let colleague: Principal
  let laptop: Value

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, AssetsModule.self, AttributesModule.self, DeskModule.self,
      KnowledgeModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self, MajorIncidentsModule.self, SearchModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    engineer = try await database.staff(.engineer, isKnown: true)
    servesAcme = try await database.staff(.engineer, for: [acme])
    servesOther = try await database.staff(.engineer, for: [other])
    manager = try await database.user(.customerManager, of: acme)
    requester = try await database.user(.requester, of: acme, .own)
    colleague = try await database.user(.requester, of: acme, .own)
    laptop = try await Self.offering(in: database, soldTo: [acme, other])
  }

  private static func offering(in database: TestDatabase, soldTo customers: [TenantEntry]) async throws -> Value {
    let (manager, name) = (try await database.staff(.accountManager), Value.object(["en": "Laptop", "zh-Hans": "笔记本电脑"]))
    let family = try await database.call("service_family.create", ["code": "WORK", "name": name], as: manager)
    let service = try await database.call(
      "service.create",
      [
        "code": "WORKPLACE", "family": family["id"] ?? .null, "name": name, "mode": "managed", "owner": name,
        "stages": .object(["design": "2025-01-01", "operation": "2026-01-01"]),
      ], as: manager)
    let field = Value.object(["key": "purpose", "label": .object(["en": "Purpose"]), "type": "text"])
    let draft = try await database.call(
      "offering.create", ["service": service["id"] ?? .null, "code": "LAPTOP", "name": name, "form": .array([field])], as: manager)
    try await database.call("offering.publish", ["id": draft["id"] ?? .null], as: manager, version: draft["version"]?.integer)
    let calendar = try await database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: manager)
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null])
    let sla = try await database.call("sla.create", ["name": "Usual", "targets": .array([target])], as: manager)
    for customer in customers {
      try await database.call(
        "contract.create",
        [
          "customer": .id(customer.publicId), "name": "Workplace", "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
          "lines": .array([.object(["name": "Line", "sla": sla["id"] ?? .null, "offering": draft["id"] ?? .null])]),
        ], as: manager)
    }
    return draft["id"] ?? .null
  }

  @discardableResult
  func call(
    _ operation: String, _ input: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil
  ) async throws -> Value {
    try await database.call(operation, input, as: principal ?? engineer, version: version?.integer)
  }

  /// Each is opened a minute after the one before.
  func incident(_ title: String, of customer: TenantEntry? = nil) async throws -> Value {
    database.clock.advance(seconds: 60)
    return try await call("incident.open", ["customer": .id((customer ?? acme).publicId), "title": .text(title), "impact": 2, "urgency": 2])
  }

  func request(_ purpose: String, of customer: TenantEntry? = nil, as principal: Principal? = nil) async throws -> Value {
    database.clock.advance(seconds: 60)
    return try await call(
      "request.submit",
      [
        "customer": .id((customer ?? acme).publicId), "offering": laptop, "published": 1, "answers": .object([Value.Member("purpose", .text(purpose))]),
      ], as: principal)
  }

  /// An attribute of the key `region`.
  func defineRegion(of process: String, visible: Bool = false) async throws {
    let choices = ["emea", "apac"].map { Value.object(["value": .text($0), "name": .object(["en": .text($0)])]) }
    try await call(
      "attribute.create",
      [
        "process": .text(process), "key": "region", "type": "choice", "label": .object(["en": "Region", "zh-Hans": "区域"]), "visible": .bool(visible),
        "choices": .array(choices),
      ], as: try await database.staff(.accountManager))
  }

  /// The id of an article that is published, written by the engineer.
  func published(_ title: String, onlyFor customer: TenantEntry? = nil) async throws -> Value {
    let draft = try await call(
      "article.create",
      [
        "kind": "how_to", "audience": "internal", "onlyFor": .id(customer?.publicId), "title": .object(["en": .text(title)]),
        "body": .object(["en": "Unpack it."]),
      ])
    let id = draft["id"] ?? .null
    let sent = try await call("article.submit", ["id": id], version: draft["version"])
    let reviewer = try await database.staff(.engineer)
    try await call("article.publish", ["id": id], as: reviewer, version: sent["version"])
    return id
  }

  /// - Parameter customer: whom alone it is about; nil: it may concern several.
  func problem(_ title: String, about customer: TenantEntry?) async throws -> Value {
    database.clock.advance(seconds: 60)
    return try await call("problem.open", ["customer": .id(customer?.publicId), "title": .text(title), "impact": 2, "urgency": 2])
  }

  func change(_ title: String, of customer: TenantEntry? = nil) async throws -> Value {
    database.clock.advance(seconds: 60)
    return try await call(
      "change.open", ["customer": .id((customer ?? acme).publicId), "kind": "normal", "title": .text(title), "plan": "Swap the 交换机"])
  }

  /// - Parameter change: that goes out with it; nil: it concerns nobody.
  func release(_ title: String, with change: Value? = nil, as principal: Principal? = nil) async throws -> Value {
    database.clock.advance(seconds: 60)
    let opened = try await call("release.open", ["title": .text(title)], as: principal)
    guard let change else { return opened }
    return try await call(
      "release.add_change", ["id": opened["id"] ?? .null, "change": change["id"] ?? .null], as: principal, version: opened["version"])
  }

  /// - Parameter incident: that is part of it; nil: none.
  func major(_ title: String, of incident: Value? = nil, as principal: Principal? = nil) async throws -> Value {
    database.clock.advance(seconds: 60)
    let declared = try await call("major_incident.declare", ["title": .text(title)], as: principal)
    if let incident {
      try await call("major_incident.link", ["id": declared["id"] ?? .null, "incident": incident["id"] ?? .null], as: principal)
    }
    return declared
  }

  /// The numbers of what a search finds, in its order.
  func found(_ text: String, as principal: Principal? = nil, kind: String? = nil, customer: TenantEntry? = nil) async throws -> [String] {
    let page = try await call("ticket.search", ["text": .text(text), "kind": .text(kind), "customer": .id(customer?.publicId)], as: principal)
    return (page["items"]?.array ?? []).compactMap { $0["number"]?.text }
  }

  func sweep() async throws { try await ProcessTextSweep().run(at: database.clock.now(), database.tenancy) }

  /// How many wait for the sweep.
  func pending() async throws -> [Int64] { try await database.superuser.transaction { try await $0.query(CountPending()) } }
}

private struct CountPending: Statement {
  static let sql = "select count(*) from knowledge.process_text_pending"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
