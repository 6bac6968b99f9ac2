import Assets
import Catalog
import Changes
import Contracts
import Desk
import EmbeddedPostgres
import Foundation
import Jobs
import Kernel
import Knowledge
import MajorIncidents
import Logging
import Notifications
import Operations
import Postgres
import Problems
import Requests
import Schema
import ServiceLevels
import Subprocess
import Suppliers
import TLS
import Tenancy
import TestSupport
import Testing

/// A provider and what is done there. It is Monday, 2 March 2026, at 9:00 in Berlin.
struct LiveSite: Sendable {
  let tenancy: Tenancy
  let dispatcher: Dispatcher
  let provider: TenantEntry
  let clock: TestClock
  let superuser: PostgresClient
  /// Keeps the database.
  private let database: TestDatabase?

  static let modules: [any OperationModule.Type] = [
    PlatformModule.self, CatalogModule.self, ContractsModule.self, ServiceLevelsModule.self, SuppliersModule.self, AssetsModule.self, DeskModule.self,
    KnowledgeModule.self, RequestsModule.self, ProblemsModule.self, ChangesModule.self, MajorIncidentsModule.self,
    NotificationsModule.self,
  ]

  init() async throws {
    let database = try await TestDatabase.make(Self.modules)
    (tenancy, dispatcher, provider, clock, superuser) = (database.tenancy, database.dispatcher, database.provider, database.clock, database.superuser)
    self.database = database
  }

  private init(tenancy: Tenancy, dispatcher: Dispatcher, provider: TenantEntry, clock: TestClock, superuser: PostgresClient) {
    self.tenancy = tenancy
    self.dispatcher = dispatcher
    self.provider = provider
    self.clock = clock
    self.superuser = superuser
    database = nil
  }

  /// On a cluster of its own, which the test may stop and start.
  static func withCluster(_ body: (LiveSite, OwnCluster) async throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let cluster = OwnCluster(folder: folder)
    let server = try await cluster.start()
    func client(_ user: String, _ connections: Int) throws -> PostgresClient {
      var configuration = try PostgresConfiguration(
        servers: [PostgresConfiguration.Server(host: server.socketDirectory, port: server.port)], user: user, database: "postgres")
      configuration.maximumConnections = connections
      configuration.acquireTimeout = .seconds(2)
      return PostgresClient(configuration, logger: TestDatabase.logger)
    }
    let superuser = try client(server.superuser, 2)
    let application = try client("steward_app", 8)
    let running = [superuser, application].map { client in Task { await client.run() } }
    let registry = try Registry(modules)
    let clock = TestClock(TestDatabase.start)
    let files = try SchemaFiles(directory: RealData.packageRoot.appendingPathComponent("sql").path)
    _ = try await Migrator(database: superuser, files: files).migrate(permissions: registry.stockPermissions, at: clock.now())
    let tenancy = Tenancy(
      database: application, clock: clock, random: SystemRandom.source,
      passwords: PasswordHasher(parameters: Scrypt.Parameters(logN: 10, r: 8, p: 1) ?? .standard))
    let installation = Installation(tenancy: tenancy)
    let provider = try await installation.provider(code: "PROV", name: "Provider", zone: "Europe/Berlin", language: .english)
    let dispatcher = Dispatcher(
      registry: registry, tenancy: tenancy, cursors: try await installation.cursorSigner(provider: provider), logger: TestDatabase.logger)
    let site = LiveSite(tenancy: tenancy, dispatcher: dispatcher, provider: provider, clock: clock, superuser: superuser)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(site, cluster)) } catch { outcome = .failure(error) }
    running.forEach { $0.cancel() }
    await cluster.stop()
    try outcome.get()
  }

  // MARK: Acts

  var root: Principal { .localOperator(name: "test", provider: provider.id, permissions: Set(dispatcher.registry.permissions.keys)) }

  @discardableResult
  func call(_ operation: String, _ input: KeyValuePairs<String, Value> = [:], version: Int64? = nil) async throws -> Value {
    try await dispatcher.invoke(operation, .object(input), as: root, Call(requestId: "test", expectedVersion: version)).value
  }

  func customer(_ code: String) async throws -> TenantEntry {
    let made = try await call("customer.create", ["code": .text(code), "name": .text("\(code) Ltd"), "zone": "Europe/Berlin"])
    let id = try #require(made["id"]?.text.flatMap { PublicId($0) })
    return try #require(try await tenancy.tenant(id.handle))
  }

  func person(of customer: TenantEntry) async throws -> Value {
    try await call("person.add", ["customer": .id(customer.publicId), "name": "Somebody"])["id"] ?? .null
  }

  func incident(of customer: TenantEntry, requester: Value = .null) async throws -> Value {
    try await call(
      "incident.open",
      ["customer": .id(customer.publicId), "title": "Printer", "requester": requester, "impact": 2, "urgency": 2])["id"] ?? .null
  }

  func comment(_ incident: Value, visibility: String = "public") async throws {
    try await call("incident.comment", ["id": incident, "body": "CANARY", "visibility": .text(visibility)])
  }

  // MARK: Logins

  struct Login: Sendable {
    let tenant: TenantEntry
    let row: Int64
    let account: Value
    let token: String
    let tokenId: Value
    let grants: [Value]
  }

  /// A member of the staff: for each list of customers a grant, for nil one over all.
  func staff(_ role: StockRole = .engineer, for lists: [[TenantEntry]?] = [nil], seconds: Int64 = 30 * 86_400) async throws -> Login {
    let login = "\(Base32.encode(SystemRandom.bytes(8)))@provider.test"
    let account = try await call("staff.create", ["login": .text(login), "name": "Somebody"])["id"] ?? .null
    var grants: [Value] = []
    for list in lists {
      let made =
        if let list {
          try await call("staff_grant.add", ["account": account, "role": .text(role.rawValue), "customers": .array(list.map { .id($0.publicId) })])
        } else {
          try await call("staff_grant.add", ["account": account, "role": .text(role.rawValue), "everyCustomer": .bool(true)])
        }
      grants.append(made["id"] ?? .null)
    }
    return try await self.login(login, account, grants, of: provider, seconds)
  }

  func user(_ role: StockRole, of customer: TenantEntry, scope: String = "tenant", person: Value? = nil) async throws -> Login {
    let login = "\(Base32.encode(SystemRandom.bytes(8)))@customer.test"
    let named = if let person { person } else { try await self.person(of: customer) }
    let account =
      try await call(
        "account.create", ["customer": .id(customer.publicId), "login": .text(login), "name": "Somebody", "person": named])["id"] ?? .null
    let grant = try await call("account_grant.add", ["account": account, "role": .text(role.rawValue), "scope": .text(scope)])["id"] ?? .null
    return try await self.login(login, account, [grant], of: customer, 30 * 86_400)
  }

  private func login(_ name: String, _ account: Value, _ grants: [Value], of tenant: TenantEntry, _ seconds: Int64) async throws -> Login {
    let row = try await superuser.transaction { try await $0.query(AccountByLogin(login: name)).first }
    let secret = Secret(handle: tenant.handle, random: SystemRandom.source)
    let (bits, now, id) = (SystemRandom.bytes(12), clock.now(), try #require(row))
    _ = try await tenancy.transaction(binding: [tenant.id], side: .staff) { transaction in
      try await transaction.execute(
        InsertToken(
          tenant: tenant.id, publicId: bits, account: id, kind: "session", name: "test", secretHash: secret.hash, permissions: nil,
          expiresAt: now.adding(seconds: seconds), recordedAt: now))
    }
    return Login(tenant: tenant, row: id, account: account, token: secret.text, tokenId: .id(tenant.id("tok", bits)), grants: grants)
  }

  // MARK: Behind the scenes

  func script(_ text: String) async throws { try await #require(database).runAsSuperuser(text) }

  /// What psql says, plans that PostgreSQL logs included.
  func psql(_ text: String) async throws -> String {
    let server = try await TestCluster.shared.server()
    let result = try await Subprocess.run(
      .name("psql"),
      arguments: [
        "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", server.socketDirectory, "-p", String(server.port), "-U", server.superuser, "-d",
        try #require(database).name,
      ], input: .string(text), output: .string(limit: 4 << 20), error: .string(limit: 4 << 20))
    let said = result.standardOutput + result.standardError
    #expect(result.terminationStatus.isSuccess, "\(said)")
    return said
  }

  /// A notification in somebody's inbox.
  func notify(_ login: Login, receiver: String) async throws {
    let bits = SystemRandom.bytes(12).map { String(format: "%02x", $0) }.joined()
    try await script(
      """
      insert into notifications.notification (
        tenant_id, public_id, cause, receiver, channel, event, customer_id, language, subject, body, state, due_at, expires_at, occurred_at, recorded_at)
      values (\(login.tenant.id), '\\x\(bits)', '\(bits)', '\(receiver)', 'inbox', 'incident.answered', \(login.tenant.id), 'en', 'CANARY', 'CANARY', 'inbox',
        '\(clock.now())', '\(clock.now())', '\(clock.now())', '\(clock.now())')
      """)
  }

  /// Writes what an act would leave in a ticket's history, and commits when `isDone` has returned.
  func write(
    _ type: String = "incident.changed", on incident: Value, seqs: ClosedRange<Int64>, _ isDone: @Sendable () async -> Void = {}
  ) async throws {
    let bits = incident.text.flatMap { PublicId($0) }?.random ?? []
    try await superuser.transaction { transaction in
      for seq in seqs {
        _ = try await transaction.query(WriteEvent(publicId: bits, seq: seq, type: type, now: clock.now()))
      }
      await isDone()
    }
  }

  func breakConnections() async throws { _ = try await superuser.transaction { try await $0.query(TerminateApplication()) } }

  static let keepers: [ClockSubject.Kind: any ClockSubjectKeeper] = [
    .ticket: TicketKeeper(), .request: RequestKeeper(), .assignment: TurnKeeper(), .dispatch: DispatchKeeper(),
  ]
}

/// A cluster that can be stopped and started.
actor OwnCluster {
  private let folder: String
  private var server: EmbeddedPostgres?

  init(folder: String) {
    self.folder = folder
  }

  @discardableResult
  func start() async throws -> EmbeddedPostgres {
    let started = try await EmbeddedPostgres.start(in: folder, durability: .disposable, logger: Logger(label: "live-tests"))
    server = started
    return started
  }

  func stop() async {
    await server?.stop()
    server = nil
  }
}

private struct AccountByLogin: Statement {
  let login: String
  static let sql = "select id from tenancy.account where login = $1"
  func bind(to parameters: inout Parameters) { parameters.append(login) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct WriteEvent: Statement {
  let publicId: [UInt8]
  let seq: Int64
  let type: String
  let now: Instant

  static let sql = """
    insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
    select t.tenant_id, $4, 'ticket', t.id, $2, $3, '{}', 'system', 0, 'job', $4 from desk.ticket t where t.public_id = $1 returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId)
    parameters.append(seq)
    parameters.append(type)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct TerminateApplication: Statement {
  static let sql = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'steward_app'"
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}
