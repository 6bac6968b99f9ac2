import Assets
import Assurance
import Catalog
import Changes
import Contracts
import Desk
import Events
import Foundation
import Handbooks
import Kernel
import Knowledge
import MajorIncidents
import Operations
import Postgres
import Problems
import Requests
import ServiceLevels
import Suppliers
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// A provider with two customers, an engineer, and each customer's requester, who has an address. It is Monday, 2 March 2026, at 9:00 in
/// Berlin.
struct NotificationsWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let engineer: Principal
  let engineerId: Value
  let colleague: Principal
  let colleagueId: Value
  let requester: Principal
  let requesterId: Value
  let stranger: Principal
  let strangerId: Value

  static let modules: [any OperationModule.Type] = [
    PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, SuppliersModule.self, AssetsModule.self, DeskModule.self,
    AssuranceModule.self, KnowledgeModule.self, ProblemsModule.self, RequestsModule.self, ChangesModule.self, MajorIncidentsModule.self,
    HandbooksModule.self, EventsModule.self, NotificationsModule.self,
  ]

  init() async throws {
    database = try await TestDatabase.make(Self.modules)
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER", zone: "Asia/Shanghai")
    (engineer, engineerId) = try await Self.staff("Erika", database)
    (colleague, colleagueId) = try await Self.staff("Karl", database)
    (requester, requesterId) = try await Self.person("Anna", of: acme, language: "en", database)
    (stranger, strangerId) = try await Self.person("小明", of: other, language: "zh-Hans", database)
  }

  /// - Parameter customers: the only ones that he may act for; nil: all.
  static func staff(
    _ name: String, _ database: TestDatabase, _ role: StockRole = .engineer, for customers: [TenantEntry]? = nil
  ) async throws -> (Principal, Value) {
    let login = "\(name.lowercased())@provider.test"
    let made = try await database.call(
      "staff.create", ["login": .text(login), "name": .text(name), "password": "correct horse battery"], as: database.root)
    let id = made["id"] ?? .null
    if let customers {
      try await database.call(
        "staff_grant.add", ["account": id, "role": .text(role.rawValue), "customers": .array(customers.map { .id($0.publicId) })], as: database.root)
    } else {
      try await database.call("staff_grant.add", ["account": id, "role": .text(role.rawValue), "everyCustomer": .bool(true)], as: database.root)
    }
    let account = try await database.superuser.transaction { try await $0.query(AccountByLogin(login: login)).first ?? 0 }
    return (
      Principal(
        actor: Actor(kind: .staff, id: account, via: .http), tenant: database.provider.id, side: .staff, name: name,
        grants: [
          Grant(role: role.rawValue, permissions: database.permissions(of: role), scope: customers.map { .listed(Set($0.map(\.id))) } ?? .all)
        ]), id
    )
  }

  private static func person(_ name: String, of customer: TenantEntry, language: String, _ database: TestDatabase) async throws -> (Principal, Value) {
    let made = try await database.call(
      "person.add",
      [
        "customer": .id(customer.publicId), "name": .text(name), "email": .text("person@\(customer.code.lowercased()).test"),
        "language": .text(language),
      ], as: database.root)
    let id = made["id"] ?? .null
    let row = try await database.superuser.transaction { try await $0.query(PersonOfTenant(tenant: customer.id)).first ?? 0 }
    return (
      Principal(
        actor: Actor(kind: .customer, id: 9_000_000 + row, via: .http), tenant: customer.id, side: .customer, name: name, person: row,
        grants: [Grant(role: "requester", permissions: database.permissions(of: .requester), scope: .own(person: row))]), id
    )
  }

  // MARK: Acts

  @discardableResult
  func call(
    _ operation: String, _ members: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil, version: Int64? = nil
  ) async throws -> Value {
    try await database.call(operation, members, as: principal ?? database.root, version: version)
  }

  /// Sets words, or takes them back, by the version that they have.
  @discardableResult
  func words(_ verb: String, _ members: KeyValuePairs<String, Value>) async throws -> Value {
    func named(_ name: String) -> Value? { members.first { $0.key == name }?.value }
    let lines = try await call("notification_template.list")["items"]?.array ?? []
    let line = lines.first { $0["event"] == named("event") && $0["language"] == named("language") }
    return try await call("notification_template.\(verb)", members, version: line?["version"]?.integer)
  }

  /// A rule in place of all that came with Steward.
  @discardableResult
  func rule(_ event: String, _ more: [String: Value], name: String = "Rule") async throws -> Value {
    let members = ["name": .text(name), "event": .text(event)].merging(more) { $1 }.map { Value.Member($0.key, $0.value) }
    return try await database.dispatcher.invoke("notification_rule.create", .object(members), as: database.root, Call(requestId: "test")).value
  }

  /// Makes the stock rules and retires them, so that a test's own stand alone.
  func retireStockRules() async throws {
    _ = try await RuleBook.load(database.provider, at: database.clock.now(), database.tenancy)
    for rule in try await call("notification_rule.list", ["limit": 200])["items"]?.array ?? [] where rule["stock"] == .bool(true) {
      try await call("notification_rule.retire", ["id": rule["id"] ?? .null], version: rule["version"]?.integer)
    }
  }

  func incident(_ title: String = "Printer", of customer: TenantEntry? = nil, priority: Int64 = 3, as principal: Principal? = nil) async throws -> Value {
    let customer = customer ?? acme
    let requester = customer.id == acme.id ? requesterId : strangerId
    let (impact, urgency): (Int64, Int64) = priority == 1 ? (1, 1) : (2, 2)
    return try await call(
      "incident.open",
      [
        "customer": .id(customer.publicId), "title": .text(title), "requester": requester, "impact": .integer(impact), "urgency": .integer(urgency),
      ], as: principal ?? engineer)["id"] ?? .null
  }

  func comment(_ incident: Value, _ body: String, visibility: String = "public", as principal: Principal? = nil) async throws {
    try await call(
      "incident.comment", ["id": incident, "body": .text(body), "visibility": .text(visibility)], as: principal ?? engineer)
  }

  func make(hasMail: Bool = true, batch: Int64 = 100, tenantsAtOnce: Int = OutboxTenants.most) async throws {
    try await MakeNotifications(hasMail: hasMail, batch: batch, tenantsAtOnce: tenantsAtOnce).run(at: database.clock.now(), database.tenancy)
  }

  func deliver(_ couriers: Couriers) async throws {
    try await DeliverNotifications(couriers).run(at: database.clock.now(), database.tenancy)
  }

  // MARK: Looking

  func inbox(_ principal: Principal) async throws -> [Value] {
    try await call("notification.list", ["limit": 200], as: principal)["items"]?.array ?? []
  }

  func events(_ principal: Principal) async throws -> [String] { try await inbox(principal).compactMap { $0["event"]?.text } }

  struct Row: Sendable {
    let receiver: String
    let channel: String
    let event: String
    let state: String
    let attempts: Int64
    let dueAt: Instant
    let address: String?
    let subject: String
    let body: String
    let fault: String?
    let publicId: [UInt8]
  }

  func rows(_ channel: String? = nil) async throws -> [Row] {
    try await database.superuser.transaction { try await $0.query(AllNotifications()) }.filter { channel == nil || $0.channel == channel }
  }

  func left() async throws -> Int64 { try await database.superuser.transaction { try await $0.query(CausesLeft()).first ?? -1 } }
}

/// A courier that a test decides for.
struct DecidedCourier: MailCourier {
  let decide: @Sendable ([UInt8], String) async -> Delivery

  func send(_ message: [UInt8], to address: String) async -> Delivery { await decide(message, address) }
}

struct NoWebhooks: WebhookCourier {
  func post(_ body: [UInt8], to address: WebhookAddress, headers: [(name: String, value: String)]) async -> Delivery { .refused("none") }
}

extension Couriers {
  static func mail(_ decide: @escaping @Sendable ([UInt8], String) async -> Delivery) -> Couriers {
    Couriers(mail: DecidedCourier(decide: decide), sender: "desk@provider.test", webhook: NoWebhooks())
  }
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

private struct AccountByLogin: Statement {
  let login: String
  static let sql = "select id from tenancy.account where login = $1"
  func bind(to parameters: inout Parameters) { parameters.append(login) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct PersonOfTenant: Statement {
  let tenant: TenantId
  static let sql = "select id from tenancy.person where tenant_id = $1 order by id desc limit 1"
  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct AllNotifications: Statement {
  static let sql = """
    select receiver, channel, event, state, attempts, due_at, address, subject, body, fault, public_id from notifications.notification order by id
    """
  static func decode(_ row: inout RowReader) throws -> NotificationsWorld.Row {
    NotificationsWorld.Row(
      receiver: try row.next(), channel: try row.next(), event: try row.next(), state: try row.next(), attempts: try row.next(),
      dueAt: try row.next(), address: try row.next(), subject: try row.next(), body: try row.next(), fault: try row.next(),
      publicId: try row.next())
  }
}

private struct CausesLeft: Statement {
  static let sql = "select count(*) from operations.outbox where consumer = 'notifications'"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
