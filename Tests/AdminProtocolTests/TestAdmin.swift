import Foundation
import Kernel
import Logging
import Operations
import Subprocess
import TLS
import Tenancy
import TestSupport

@testable import AdminProtocol

/// The admin protocol on a free port and a socket in a folder of its own, over real TLS, on a database of its own.
struct TestAdmin: Sendable {
  let database: TestDatabase
  let server: AdminServer
  let port: Int
  let socketPath: String
  let folder: String
  let authorityFile: String
  let clientAuthority: ClientAuthority?
  let running: Task<Void, any Error>

  static let platform: [any OperationModule.Type] = [PlatformModule.self, SampleModule.self]

  /// For the length of one closure.
  static func with(
    limits: AdminLimits = AdminLimits(), modules: [any OperationModule.Type] = platform, clientCertificates: Bool = false,
    _ body: (TestAdmin) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let admin = try await start(folder, limits, modules, clientCertificates)
    defer { admin.running.cancel() }
    try await body(admin)
    admin.running.cancel()
    _ = try? await admin.running.value
  }

  private static func start(
    _ folder: String, _ limits: AdminLimits, _ modules: [any OperationModule.Type], _ clientCertificates: Bool
  ) async throws -> TestAdmin {
    let database = try await TestDatabase.make(modules)
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let authority = clientCertificates ? try await ClientAuthority.make(in: folder) : nil
    let certificates = try ServerCertificates(
      files: trial.server, clientCertificates: authority.map { .request(authorityFile: $0.file) } ?? .none,
      applicationProtocols: [AdminConfiguration.applicationProtocol])
    var configuration = AdminConfiguration(
      local: .init(path: folder + "/admin.sock"), remote: .init(host: "127.0.0.1", port: 0, certificates: certificates), version: "1.2.3",
      permissions: Set(database.registry.permissions.keys))
    configuration.limits = limits
    let server = AdminServer(
      configuration, dispatcher: database.dispatcher, authenticator: Authenticator(tenancy: database.tenancy),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (addresses, found) = AsyncStream<AdminServer.Addresses>.makeStream()
    let running = Task {
      defer { found.finish() }
      try await server.run { found.yield($0) }
    }
    guard let address = await addresses.first(where: { _ in true }), let port = address.port, let socketPath = address.socketPath else {
      try await running.value
      throw CancellationError()
    }
    return TestAdmin(
      database: database, server: server, port: port, socketPath: socketPath, folder: folder, authorityFile: trial.authorityFile,
      clientAuthority: authority, running: running)
  }

  // MARK: Clients

  func local() async throws -> AdminTestClient { try await .connect(socketPath: socketPath) }

  func remote(identity: CertificateIdentity? = nil, applicationProtocols: [String] = ["steward-admin"], from: String? = nil) async throws -> AdminTestClient {
    try await .connect(port: port, trusting: authorityFile, identity: identity, applicationProtocols: applicationProtocols, from: from)
  }

  /// Over TLS, authenticated.
  func known(as token: String) async throws -> AdminTestClient {
    let client = try await remote()
    let reply = try await client.command("AUTH token=\(token)")
    guard reply.first?.hasPrefix("- 200") == true else { throw Refused(reply: reply) }
    return client
  }

  struct Refused: Error { let reply: [String] }

  // MARK: Accounts

  struct ServiceAccount: Sendable {
    let id: Value
    let token: String
    let tokenId: Value
  }

  /// A service account of the provider with one role over everything.
  func service(_ role: StockRole = .administrator, name: String = "robot") async throws -> ServiceAccount {
    let account = try await database.call("service_account.create", ["name": .text(name)], as: database.root)["id"] ?? .null
    try await database.call("staff_grant.add", ["account": account, "role": .text(role.rawValue), "everyCustomer": .bool(true)], as: database.root)
    let made = try await database.call(
      "token.create", ["name": "test", "staff": account, "expiresAt": .instant(TestDatabase.start.adding(seconds: 86_400))], as: database.root)
    return ServiceAccount(id: account, token: made["token"]?.text ?? "", tokenId: made["id"] ?? .null)
  }

  func token(_ role: StockRole = .administrator) async throws -> String { try await service(role).token }
}

/// An authority for client certificates, made with openssl(1).
struct ClientAuthority: Sendable {
  let file: String
  private let folder: String

  static func make(in folder: String) async throws -> ClientAuthority {
    let path = folder + "/clients"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let authority = ClientAuthority(file: path + "/ca.pem", folder: path)
    try await authority.openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=Clients",
      "-keyout", path + "/ca.key", "-out", authority.file)
    return authority
  }

  struct Client: Sendable {
    let identity: CertificateIdentity
    /// As openssl prints it.
    let fingerprint: String
  }

  func client(_ name: String, days: Int = 30) async throws -> Client {
    let (key, request, certificate) = ("\(folder)/\(name).key", "\(folder)/\(name).csr", "\(folder)/\(name).pem")
    try await openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-keyout", key, "-out", request)
    try await openssl("x509", "-req", "-in", request, "-CA", file, "-CAkey", folder + "/ca.key", "-CAcreateserial", "-days", "\(days)", "-out", certificate)
    let printed = try await openssl("x509", "-in", certificate, "-noout", "-fingerprint", "-sha256")
    return Client(
      identity: try CertificateIdentity(certificateFile: certificate, keyFile: key),
      fingerprint: String(printed.split(separator: "=").last?.trimmingPrefix(" ").prefix(95) ?? ""))
  }

  @discardableResult private func openssl(_ arguments: String...) async throws -> String {
    let result = try await Subprocess.run(
      .name("openssl"), arguments: Arguments(arguments), output: .string(limit: 10_000), error: .string(limit: 10_000))
    guard result.terminationStatus.isSuccess else { throw Failed(text: result.standardError) }
    return result.standardOutput
  }

  struct Failed: Error { let text: String }
}
