import Kernel
import Logging
import Operations
import Postgres
import TLS
import Tenancy
import TestSupport
import Testing
import Web

@testable import HTTPAPI

/// The HTTP interface on a free port, over real TLS, on a database of its own.
struct TestAPI: Sendable {
  let database: TestDatabase
  let port: Int
  let authorityFile: String
  private let running: Task<Void, any Error>

  static var modules: [any OperationModule.Type] { [PlatformModule.self, SampleModule.self] }

  /// For the length of one closure.
  static func with(
    _ modules: [any OperationModule.Type] = TestAPI.modules, isReady: Bool = true, showsMetricsToLoopback: Bool = true,
    _ body: (TestAPI) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let api = try await start(modules, folder: folder, isReady: isReady, showsMetricsToLoopback: showsMetricsToLoopback)
    defer { api.running.cancel() }
    try await body(api)
    api.running.cancel()
    _ = try? await api.running.value
  }

  /// For tests that leave nothing behind; it ends with the process.
  static func shared() async throws -> TestAPI { try await common.value }

  private static let common = Task { try await start(modules, folder: TemporaryFolder.make(), isReady: true, showsMetricsToLoopback: true) }

  private static func start(
    _ modules: [any OperationModule.Type], folder: String, isReady: Bool, showsMetricsToLoopback: Bool
  ) async throws -> TestAPI {
    let database = try await TestDatabase.make(modules)
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let certificates = try ServerCertificates(files: trial.server, applicationProtocols: ["http/1.1"])
    var configuration = APIConfiguration(port: 0, certificates: certificates, version: "1.2.3")
    configuration.showsMetricsToLoopback = showsMetricsToLoopback
    let server = try APIServer(
      configuration, dispatcher: database.dispatcher, authenticator: Authenticator(tenancy: database.tenancy),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      readiness: { Readiness([.init("database", true), .init("draining", isReady)]) })
    let (ports, found) = AsyncStream<Int>.makeStream()
    let running = Task {
      defer { found.finish() }
      try await server.run { found.yield($0) }
    }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else {
      try await running.value
      throw CancellationError()
    }
    return TestAPI(database: database, port: port, authorityFile: trial.authorityFile, running: running)
  }

  /// A token of this principal, of the provider unless a customer is named, with its grants written as the server will read them.
  func token(_ principal: Principal, of customer: TenantEntry? = nil, permissions: [String]? = nil, lifetimeSeconds: Int64 = 3600) async throws -> String {
    let secret = Secret(handle: (customer ?? database.provider).handle, random: SystemRandom.source)
    let now = database.clock.now()
    try await database.tenancy.transaction(binding: [principal.tenant], side: principal.side) { transaction in
      for grant in principal.grants {
        try await transaction.execute(
          WriteGrant(
            tenant: principal.tenant, publicId: SystemRandom.bytes(12), account: principal.actor.id, role: grant.role, scope: grant.scopeKind.rawValue,
            recordedAt: now))
      }
      try await transaction.execute(
        InsertToken(
          tenant: principal.tenant, publicId: SystemRandom.bytes(12), account: principal.actor.id, kind: "api", name: "test", secretHash: secret.hash,
          permissions: permissions, expiresAt: now.adding(seconds: lifetimeSeconds), recordedAt: now))
    }
    return secret.text
  }

  /// Gives roles permissions as the migration does.
  func permit(_ permissions: [String: Set<String>]) async throws {
    try await database.superuser.transaction { transaction in
      for (permission, roles) in permissions {
        try await transaction.execute(WritePermission(permission: permission))
        for role in roles { try await transaction.execute(WriteRolePermission(role: role, permission: permission)) }
      }
    }
  }

  func administrator() async throws -> String { try await token(database.staff(.administrator)) }

  // MARK: Clients

  func client() async throws -> HTTPTestClient { try await HTTPTestClient.connect(port: port, trusting: authorityFile) }

  /// One request on a connection of its own.
  func send(
    _ method: String, _ path: String, token: String? = nil, _ headers: [(String, String)] = [], json: String? = nil
  ) async throws -> HTTPTestClient.Reply {
    let client = try await client()
    var headers = headers
    if let token { headers.append(("Authorization", "Bearer \(token)")) }
    if json != nil, !headers.contains(where: { $0.0 == "Content-Type" }) { headers.append(("Content-Type", "application/json")) }
    let reply = try await client.request(method, path, headers: headers, body: json.map { Array($0.utf8) })
    await client.close()
    return reply
  }

  var url: String { "https://localhost:\(port)" }
}

extension HTTPTestClient.Reply {
  var json: Value? { try? JSON.read(body) }

  /// All that the client sees but for the correlation id and the time of day.
  var withoutCorrelation: String {
    let id = self["x-request-id"] ?? ""
    let fields = headers.filter { $0.name != "x-request-id" && $0.name != "date" }.map { "\($0.name): \($0.value)" }
    return ("\(status)\n" + fields.joined(separator: "\n") + "\n\n" + text).replacing(id, with: "ID")
  }
}

private struct WriteGrant: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let account: Int64
  let role: String
  let scope: String
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.role_grant (tenant_id, public_id, account_id, role, scope, recorded_at) values ($1, $2, $3, $4, $5, $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(account)
    parameters.append(role)
    parameters.append(scope)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}

private struct WritePermission: Statement {
  let permission: String

  static let sql = "insert into tenancy.permission (code) values ($1) on conflict do nothing"

  func bind(to parameters: inout Parameters) { parameters.append(permission) }

  static func decode(_ row: inout RowReader) throws {}
}

private struct WriteRolePermission: Statement {
  let role: String
  let permission: String

  static let sql = "insert into tenancy.role_permission (role, permission) values ($1, $2) on conflict do nothing"

  func bind(to parameters: inout Parameters) {
    parameters.append(role)
    parameters.append(permission)
  }

  static func decode(_ row: inout RowReader) throws {}
}
