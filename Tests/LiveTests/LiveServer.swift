import HTTPAPI
import Kernel
import Live
import Logging
import Operations
import TLS
import Tenancy
import TestSupport
import Testing
import Web

/// The HTTP interface over real TLS, as listeners meet it.
struct LiveServer: Sendable {
  let site: LiveSite
  let port: Int
  let authorityFile: String
  private let running: Task<Void, any Error>

  /// Quick enough for a test, with the rules that hold otherwise.
  static var limits: LiveHub.Limits {
    var limits = LiveHub.Limits()
    limits.pause = .milliseconds(50)
    limits.tokenCheck = .milliseconds(300)
    limits.heartbeat = .milliseconds(500)
    return limits
  }

  static func with(
    _ site: LiveSite, limits: LiveHub.Limits = limits, web: (inout WebLimits) -> Void = { _ in }, _ body: (LiveServer) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    var configuration = APIConfiguration(
      port: 0, certificates: try ServerCertificates(files: trial.server, applicationProtocols: ["http/1.1"]), version: "1.2.3")
    configuration.live = limits
    web(&configuration.limits)
    let server = try APIServer(
      configuration, dispatcher: site.dispatcher, authenticator: Authenticator(tenancy: site.tenancy),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, readiness: { Readiness([.init("database", true)]) })
    let (ports, found) = AsyncStream<Int>.makeStream()
    let running = Task {
      defer { found.finish() }
      try await server.run { found.yield($0) }
    }
    defer { running.cancel() }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else { return try await running.value }
    let started = LiveServer(site: site, port: port, authorityFile: trial.authorityFile, running: running)
    try await body(started)
    await started.stop()
  }

  /// SIGTERM, as far as the interface sees it; returns when it has ended.
  func stop() async {
    running.cancel()
    _ = try? await running.value
  }

  /// A stream that stands. Throws if it is refused.
  func listen(_ token: String, _ query: String = "", lastEventId: String? = nil, reads: Bool = true) async throws -> LiveClient {
    let client = try await LiveClient.connect(port: port, trusting: authorityFile, reads: reads)
    try await client.ask("/v1/live\(query)", token: token, lastEventId: lastEventId)
    return client
  }

  /// An ordinary request.
  func send(_ method: String, _ path: String, token: String? = nil, headers: [(String, String)] = []) async throws -> HTTPTestClient.Reply {
    let client = try await HTTPTestClient.connect(port: port, trusting: authorityFile)
    let reply = try await client.request(method, path, headers: headers + (token.map { [("Authorization", "Bearer \($0)")] } ?? []))
    await client.close()
    return reply
  }

  func metric(_ name: String) async throws -> Double {
    let page = try await send("GET", "/metrics").text
    let line = page.split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line?.split(separator: " ").last.flatMap { Double($0) } ?? -1
  }
}
