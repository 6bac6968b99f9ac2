import HTTPAPI
import Kernel
import Logging
import Operations
import TLS
import Tenancy
import TestSupport

/// The HTTP interface over real TLS, as a sender of events meets it.
struct EventsServer {
  let world: EventsWorld
  let port: Int
  let authorityFile: String

  static func with(_ body: (EventsServer) async throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let world = try await EventsWorld()
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let certificates = try ServerCertificates(files: trial.server, applicationProtocols: ["http/1.1"])
    let server = try APIServer(
      APIConfiguration(port: 0, certificates: certificates, version: "1.2.3"), dispatcher: world.database.dispatcher,
      authenticator: Authenticator(tenancy: world.database.tenancy), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      readiness: { Readiness([.init("database", true)]) })
    let (ports, found) = AsyncStream<Int>.makeStream()
    let running = Task {
      defer { found.finish() }
      try await server.run { found.yield($0) }
    }
    defer { running.cancel() }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else { return try await running.value }
    try await body(EventsServer(world: world, port: port, authorityFile: trial.authorityFile))
    running.cancel()
    _ = try? await running.value
  }

  /// A delivery to a source, on a connection of its own.
  func post(
    _ source: Value, _ body: String, _ headers: [(String, String)], type: String = "application/json"
  ) async throws -> (status: Int, text: String, isReplay: Bool) {
    let client = try await HTTPTestClient.connect(port: port, trusting: authorityFile)
    let reply = try await client.post(
      "/v1/event-sources/\(source.text ?? "?")/deliver", headers: headers + [("Content-Type", type)], body: Array(body.utf8))
    await client.close()
    return (reply.status, reply.text, reply["idempotency-replayed"] == "true")
  }

  /// As a sender by Standard Webhooks signs it.
  func signed(_ body: String, _ secret: String, id: String = "msg_1", at: Instant? = nil) -> [(String, String)] {
    let key = Base64.decode(secret.dropFirst("whsec_".count).utf8) ?? []
    let seconds = (at ?? world.database.clock.now()).seconds
    return [
      ("webhook-id", id), ("webhook-timestamp", String(seconds)),
      ("webhook-signature", "v1,AAAA " + MessageSignature.sign(id: id, timestamp: seconds, Array(body.utf8), key: key)),
    ]
  }

  static let body = """
    {"version":"4","groupKey":"{}:{alertname=\\"Down\\"}","truncatedAlerts":2,"status":"firing","receiver":"steward","groupLabels":{"alertname":"Down"},
     "commonLabels":{},"commonAnnotations":{},"externalURL":"http://am.example","something":{"new":[1]},
     "alerts":[{"status":"firing","labels":{"alertname":"Down"},"annotations":{},"startsAt":"2026-03-02T07:00:00Z","endsAt":"0001-01-01T00:00:00Z",
     "generatorURL":"","fingerprint":"0123456789abcdef"}]}
    """
}
