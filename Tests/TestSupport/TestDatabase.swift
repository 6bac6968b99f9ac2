import EmbeddedPostgres
import Foundation
import Kernel
import Logging
import Operations
import Postgres
import Schema
import TLS
import Tenancy

/// A migrated database of its own for one suite: a clone of a template that is made once per process and set of
/// modules. It and its connections go with the value: two thousand tests would fill the disk with their databases.
package final class TestDatabase: Sendable {
  package let name: String
  package let clock: TestClock
  package let tenancy: Tenancy
  package let registry: Registry
  package let dispatcher: Dispatcher
  package let provider: TenantEntry
  /// As the application role, for statements that no door should let through.
  package let application: PostgresClient
  /// As the superuser, to look behind row security and to break things on purpose.
  package let superuser: PostgresClient
  private let services: [Task<Void, Never>]

  /// A small scrypt for tests: the real one costs a third of a second a hash.
  private static let quickScrypt = Scrypt.Parameters(logN: 10, r: 8, p: 1) ?? .standard

  package static let start = Instant("2026-03-02T08:00:00Z") ?? Instant(seconds: 0)

  package static func make(_ modules: [any OperationModule.Type] = [PlatformModule.self], now: Instant = start) async throws -> TestDatabase {
    let registry = try Registry(modules)
    let name = try await TestTemplates.shared.clone(permissions: registry.stockPermissions, now: now)
    let server = try await TestCluster.shared.server()
    return try await TestDatabase(name: name, server: server, registry: registry, now: now)
  }

  /// A database with nothing in it, as the superuser: what migrations begin with. The caller shuts the client down.
  package static func empty() async throws -> PostgresClient { try await TestTemplates.shared.empty() }

  private init(name: String, server: EmbeddedPostgres, registry: Registry, now: Instant) async throws {
    self.name = name
    self.registry = registry
    clock = TestClock(now)
    application = PostgresClient(try Self.configuration(server, user: "steward_app", database: name, connections: 8), logger: Self.logger)
    superuser = PostgresClient(try Self.configuration(server, user: server.superuser, database: name, connections: 4), logger: Self.logger)
    services = [application, superuser].map { client in Task { await client.run() } }
    tenancy = Tenancy(
      database: application, clock: clock, random: SystemRandom.source, passwords: PasswordHasher(parameters: Self.quickScrypt))
    let installation = Installation(tenancy: tenancy)
    provider = try await installation.provider(code: "PROV", name: "Provider", zone: "Europe/Berlin", language: .english)
    dispatcher = Dispatcher(
      registry: registry, tenancy: tenancy, cursors: try await installation.cursorSigner(provider: provider), logger: Self.logger)
  }

  deinit {
    services.forEach { $0.cancel() }
    let name = name
    Task { await TestTemplates.shared.drop(name) }
  }

  package static let logger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()

  static func configuration(_ server: EmbeddedPostgres, user: String, database: String, connections: Int) throws -> PostgresConfiguration {
    var configuration = try PostgresConfiguration(
      servers: [PostgresConfiguration.Server(host: server.socketDirectory, port: server.port)], user: user, database: database)
    configuration.maximumConnections = connections
    configuration.acquireTimeout = .seconds(30)
    return configuration
  }

  // MARK: Calls

  /// Calls an operation as an interface would.
  @discardableResult
  package func call(
    _ operation: String, _ input: KeyValuePairs<String, Value> = [:], as principal: Principal, version: Int64? = nil, key: String? = nil
  ) async throws(Failure) -> Value {
    try await dispatcher.invoke(
      operation, .object(input), as: principal, Call(requestId: "test", idempotencyKey: key, expectedVersion: version)
    ).value
  }

  /// Sets what has a version by the one that it has now, as `<noun>.read` tells it of the same customer and contract.
  @discardableResult
  package func set(_ operation: String, _ input: KeyValuePairs<String, Value> = [:], as principal: Principal) async throws(Failure) -> Value {
    let whose = input.filter { $0.key == "customer" || $0.key == "contract" }.map { Value.Member($0.key, $0.value) }
    let noun = operation.prefix { $0 != "." }
    let read = try await dispatcher.invoke("\(noun).read", .object(whose), as: root, Call(requestId: "test")).value
    return try await call(operation, input, as: principal, version: read["version"]?.integer)
  }

  /// The local operator: all rights.
  package var root: Principal { .localOperator(name: "test", provider: provider.id, permissions: Set(registry.permissions.keys)) }

  /// A new customer.
  package func customer(_ code: String, zone: String = "Europe/Berlin") async throws -> TenantEntry {
    let created = try await call("customer.create", ["code": .text(code), "name": .text("\(code) Ltd"), "zone": .text(zone)], as: root)
    guard let id = created["id"]?.text.flatMap({ PublicId($0) }), let entry = try await tenancy.tenant(id.handle) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "customer not made")
    }
    return entry
  }

  /// A member of staff with an account and one role, for the given customers or, with nil, for all.
  /// - Parameter isKnown: whether it is recorded whose login it is.
  package func staff(_ role: StockRole, for customers: [TenantEntry]? = nil, isKnown: Bool = false) async throws -> Principal {
    let person = isKnown ? try await person(of: provider) : nil
    let account = try await account("staff", in: provider, person: person)
    let scope: Grant.Scope = customers.map { .listed(Set($0.map(\.id))) } ?? .all
    return Principal(
      actor: Actor(kind: .staff, id: account, via: .http), tenant: provider.id, side: .staff, name: "\(role.rawValue) \(account)",
      person: person, grants: [Grant(role: role.rawValue, permissions: permissions(of: role), scope: scope)])
  }

  /// A customer's login with one role. The scope `own` gets a person of its own; see ``Principal/person``.
  package func user(_ role: StockRole, of customer: TenantEntry, _ kind: Grant.ScopeKind = .tenant, units: Set<Int64> = []) async throws -> Principal {
    let person = try await person(of: customer)
    let account = try await account("customer", in: customer, person: person)
    let scope: Grant.Scope =
      switch kind {
      case .own: .own(person: person)
      case .unit: .units(units)
      default: .tenant
      }
    return Principal(
      actor: Actor(kind: .customer, id: account, via: .http), tenant: customer.id, side: .customer, name: "\(role.rawValue) \(account)",
      person: person, grants: [Grant(role: role.rawValue, permissions: permissions(of: role), scope: scope)])
  }

  package func permissions(of role: StockRole) -> Set<String> { Set(registry.permissions.filter { $0.value.contains(role) }.keys) }

  private func person(of customer: TenantEntry) async throws -> Int64 {
    let added = try await call("person.add", ["customer": .id(customer.publicId), "name": .text("Person")], as: root)
    let bits = added["id"]?.text.flatMap { PublicId($0) }?.random ?? []
    return try await tenancy.transaction(binding: [customer.id], side: .staff, readOnly: true) { transaction in
      try await transaction.first(PersonByPublicId(tenant: customer.id, publicId: bits)) ?? 0
    }
  }

  private func account(_ kind: String, in tenant: TenantEntry, person: Int64?) async throws -> Int64 {
    let bits = SystemRandom.source.publicIdBits()
    return try await tenancy.transaction(binding: [tenant.id], side: .staff) { transaction in
      try await NewAccount(
        tenant: tenant.id, publicId: bits, kind: kind, person: person, login: "\(Base32.encode(bits))@example.test", name: "Account",
        language: .english, password: nil
      ).insert(in: transaction, at: clock.now())
    }
  }
}

private struct PersonByPublicId: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = "select id from tenancy.person where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Databases that others are cloned from, one for each set of permissions and each time that a suite begins at: the
/// partitions are made around it.
actor TestTemplates {
  static let shared = TestTemplates()

  private var templates: [String: Task<String, any Error>] = [:]
  private var clones = 0
  private var admin: PostgresClient?
  private var isCloning = false
  private var queue: [CheckedContinuation<Void, Never>] = []

  func clone(permissions: [String: Set<String>], now: Instant) async throws -> String {
    let rights = permissions.map { "\($0.key)=\($0.value.sorted().joined(separator: ","))" }.sorted().joined(separator: ";")
    let (key, number) = ("\(now) \(rights)", templates.count)
    let template = templates[key] ?? Task { try await self.makeTemplate(number, permissions, now) }
    templates[key] = template
    let source = try await template.value
    clones += 1
    let name = "test_\(clones)"
    // PostgreSQL copies one template for one caller at a time.
    await enter()
    defer { leave() }
    try await create(name, from: source)
    return name
  }

  func empty() async throws -> PostgresClient {
    let server = try await TestCluster.shared.server()
    clones += 1
    let name = "empty_\(clones)"
    await enter()
    do {
      defer { leave() }
      try await create(name, from: "template0")
    }
    return PostgresClient(
      try TestDatabase.configuration(server, user: server.superuser, database: name, connections: 2), logger: TestDatabase.logger)
  }

  /// Removes a clone that its test is done with. What cannot be removed goes with the cluster.
  func drop(_ name: String) async {
    _ = try? await admin?.withConnection { try await $0.runScript("drop database \(name) with (force)") }
  }

  private func makeTemplate(_ number: Int, _ permissions: [String: Set<String>], _ now: Instant) async throws -> String {
    let server = try await TestCluster.shared.server()
    let name = "template_\(number)"
    await enter()
    do {
      defer { leave() }
      try await create(name, from: "template0")
    }
    let client = PostgresClient(
      try TestDatabase.configuration(server, user: server.superuser, database: name, connections: 2), logger: TestDatabase.logger)
    let files = try SchemaFiles(directory: RealData.packageRoot.appendingPathComponent("sql").path)
    _ = try await Migrator(database: client, files: files).migrate(permissions: permissions, at: now)
    await client.shutdown()
    return name
  }

  private func create(_ name: String, from template: String) async throws {
    let server = try await TestCluster.shared.server()
    let client =
      try admin
      ?? PostgresClient(
        TestDatabase.configuration(server, user: server.superuser, database: "postgres", connections: 2), logger: TestDatabase.logger)
    admin = client
    // Of some thousand small files a copy takes half as long as writing their pages by way of the buffers does.
    _ = try await client.withConnection { try await $0.runScript("create database \(name) template \(template) strategy file_copy") }
  }

  private func enter() async {
    guard isCloning else {
      isCloning = true
      return
    }
    await withCheckedContinuation { queue.append($0) }
  }

  private func leave() {
    guard !queue.isEmpty else {
      isCloning = false
      return
    }
    queue.removeFirst().resume()
  }
}
