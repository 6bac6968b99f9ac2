import Contracts
import FileStorage
import HTTPAPI
import Kernel
import Logging
import Operations
import Postgres
import TLS
import Tenancy
import TestSupport

/// The HTTP interface over real TLS, with a folder for files.
struct AttachmentsServer {
  let world: AttachmentsWorld
  let port: Int
  let authorityFile: String
  /// What it said of itself.
  let log: KeptLog

  /// - Parameter quick: whether a body may pause for an instant only.
  /// - Parameter files: what stands for the store; given nil, none is there.
  static func with(
    limits: FileLimits = FileLimits(), quick: Bool = false, files: @Sendable (FolderStore) -> (any FileStore)? = { $0 },
    _ body: (AttachmentsServer) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let world = try await AttachmentsWorld(limits: limits)
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let certificates = try ServerCertificates(files: trial.server, applicationProtocols: ["http/1.1"])
    var configuration = APIConfiguration(port: 0, certificates: certificates, version: "1.2.3")
    if quick { configuration.limits.bodyGrace = .milliseconds(700) }
    let log = KeptLog()
    let server = try APIServer(
      configuration, dispatcher: try await AttachmentsWorld.dispatcher(world.database, files(world.store), logger: log.logger),
      authenticator: Authenticator(tenancy: world.database.tenancy), logger: log.logger, readiness: { Readiness([.init("database", true)]) })
    let (ports, found) = AsyncStream<Int>.makeStream()
    let running = Task {
      defer { found.finish() }
      try await server.run { found.yield($0) }
    }
    defer { running.cancel() }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else { return try await running.value }
    try await body(AttachmentsServer(world: world, port: port, authorityFile: trial.authorityFile, log: log))
    running.cancel()
    _ = try? await running.value
  }

  /// A member of the staff as the server knows him: with an account, a role for all customers, and a session.
  func token(_ role: String = "engineer") async throws -> String { try await staff(role).token }

  func staff(_ role: String) async throws -> (token: String, account: Value) {
    let database = world.database
    let login = "\(Base32.encode(SystemRandom.bytes(8)))@example.test"
    let id = try await database.call("staff.create", ["login": .text(login), "name": "Somebody"], as: database.root)["id"] ?? .null
    try await database.call("staff_grant.add", ["account": id, "role": .text(role), "everyCustomer": .bool(true)], as: database.root)
    let row = try await database.superuser.transaction { try await $0.query(AccountByLogin(login: login)) }.first ?? 0
    let secret = Secret(handle: database.provider.handle, random: SystemRandom.source)
    let now = database.clock.now()
    _ = try await database.tenancy.transaction(binding: [database.provider.id], side: .staff) { transaction in
      try await transaction.execute(
        InsertToken(
          tenant: database.provider.id, publicId: SystemRandom.bytes(12), account: row, kind: "session", name: "test", secretHash: secret.hash,
          permissions: nil, expiresAt: now.adding(seconds: 3600), recordedAt: now))
    }
    return (secret.text, id)
  }

  func client() async throws -> HTTPTestClient { try await .connect(port: port, trusting: authorityFile) }

  /// One request on a connection of its own. The answer may come before the end of the body, and the connection end with it.
  func send(
    _ method: String, _ path: String, token: String?, _ headers: [(String, String)] = [], body: [UInt8]? = nil
  ) async throws -> HTTPTestClient.Reply {
    let client = try await client()
    let authorization = token.map { [("Authorization", "Bearer \($0)")] } ?? []
    let fields = authorization + headers + (body.map { [("Content-Length", String($0.count))] } ?? [])
    try await client.send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n" + fields.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n")
    if let body { try? await client.send(body) }
    let reply = try await client.reply(toHead: method == "HEAD")
    await client.close()
    return reply
  }

  func upload(
    _ bytes: [UInt8], to incident: Value, named name: String = "log.txt", token: String?, key: String? = nil, type: String = "application/octet-stream"
  ) async throws -> HTTPTestClient.Reply {
    try await send(
      "POST", "/v1/attachments?incident=\(incident.text ?? "")&name=\(name)", token: token,
      [("Content-Type", type)] + (key.map { [("Idempotency-Key", $0)] } ?? []), body: bytes)
  }
}

private struct AccountByLogin: Statement {
  let login: String
  static let sql = "select id from tenancy.account where login = $1"
  func bind(to parameters: inout Parameters) { parameters.append(login) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
