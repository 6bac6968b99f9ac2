import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import Synchronization
import Subprocess
import TLS
import TestSupport
import Testing

@testable import Web

/// A server on a free port with a trial certificate, for the length of one closure.
struct TestServer: Sendable {
  let port: Int
  let folder: String
  let certificates: ServerCertificates
  let trial: TrialCertificates
  /// Ends the server; ``with(_:clients:_:)`` waits until it has.
  let stop: @Sendable () -> Void

  typealias Respond = @Sendable (Request, WebContext) async throws -> Response

  /// Deadlines that a busy machine does not miss; a test that is about one sets its own.
  static let patient: WebLimits = {
    var limits = WebLimits()
    (limits.handshake, limits.header, limits.bodyGrace) = (.minutes(5), .minutes(5), .minutes(5))
    (limits.idle, limits.write, limits.stop) = (.minutes(5), .minutes(5), .minutes(5))
    return limits
  }()

  static func with<Result>(
    limits: WebLimits = patient, clients: @Sendable (String) throws -> ClientCertificates = { _ in .none }, respond: @escaping Respond = echo,
    _ body: (TestServer) async throws -> Result
  ) async throws -> Result {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let certificates = try ServerCertificates(files: trial.server, clientCertificates: clients(folder), applicationProtocols: ["http/1.1"])
    let server = WebServer(
      host: "127.0.0.1", port: 0, certificates: certificates, limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      problem: Self.problem,
      respond: respond)
    let (ports, found) = AsyncStream<Int>.makeStream()
    let running = Task { try await server.run { found.yield($0) } }
    defer { running.cancel() }
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next())
    let result = try await body(TestServer(port: port, folder: folder, certificates: certificates, trial: trial) { running.cancel() })
    running.cancel()
    _ = try? await running.value
    return result
  }

  func client(reads: Bool = true, identity: CertificateIdentity? = nil) async throws -> HTTPTestClient {
    try await HTTPTestClient.connect(port: port, trusting: trial.authorityFile, identity: identity, reads: reads)
  }

  /// Sends bytes on a connection of their own and gives back all that comes until the server closes.
  func exchange(_ bytes: String) async throws -> String {
    let client = try await client()
    try await client.send(bytes)
    let answer = String(decoding: try await client.rest(), as: UTF8.self)
    await client.close()
    return answer
  }

  func curl(_ arguments: [String], limit: Int = 1 << 20) async throws -> String {
    let result = try await Subprocess.run(
      .name("curl"), arguments: Arguments(["-sS", "--max-time", "60", "--cacert", trial.authorityFile] + arguments), output: .string(limit: limit),
      error: .string(limit: 10_000))
    return (result.standardOutput) + (result.standardError)
  }

  private static let problem: ProblemWriter = { status, message, request in
    let language = Language(acceptLanguage: request[.acceptLanguage])
    let text = "{\"status\":\(status.code),\"code\":\"\(message.key)\",\"detail\":\"\(message.text(language))\"}"
    return ProblemAnswer(
      headers: [.contentType: "application/problem+json", .contentLanguage: language.rawValue, .xContentTypeOptions: "nosniff"], body: Array(text.utf8))
  }

  /// Answers with what it understood, so that a test sees what reached the route.
  @Sendable static func echo(_ request: Request, _ context: WebContext) async throws -> Response {
    var count = 0
    for try await part in request.body { count += part.readableBytes }
    let text =
      "\(request.method) \(request.head.path ?? "") \(count) \(request.head.scheme ?? "") \(context.peer.address ?? "") \(context.peer.certificateSubject ?? "-")"
    return Response(status: .ok, headers: [.contentType: "text/plain"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
