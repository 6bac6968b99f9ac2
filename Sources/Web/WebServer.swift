import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOPosix
import TLS

/// An HTTPS/1.1 server. It lets through well-formed requests within ``WebLimits`` and answers the others itself; what
/// a path or a method means is the responder's business.
package struct WebServer: Sendable {
  private let address: BindAddress
  private let certificates: ServerCertificates
  private let limits: WebLimits
  private let problem: ProblemWriter
  private let allowedMethods: String
  private let clock: any WallClock
  private let logger: Logger
  private let respond: @Sendable (Request, any Channel, WebPeer, Logger) async throws -> Response

  /// `port` 0 takes a free one, which ``run(onListening:)`` reports. `certificates` must offer `http/1.1` by ALPN, or
  /// nothing. `allowedMethods` is what `Allow` says to a method that the parser does not know.
  package init<Responder: HTTPResponder>(
    host: String, port: Int, certificates: ServerCertificates, limits: WebLimits = WebLimits(),
    allowedMethods: String = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", clock: any WallClock = SystemClock(), logger: Logger,
    problem: @escaping ProblemWriter, responder: Responder
  ) where Responder.Context: InitializableFromSource<WebContextSource> {
    address = .hostname(host, port: port)
    self.certificates = certificates
    self.limits = limits
    self.problem = problem
    self.allowedMethods = allowedMethods
    self.clock = clock
    self.logger = logger
    respond = { request, channel, peer, logger in
      let context = Responder.Context(source: WebContextSource(channel: channel, logger: logger, peer: peer))
      return try await responder.respond(to: request, context: context)
    }
  }

  /// The same with a closure instead of a router.
  package init(
    host: String, port: Int, certificates: ServerCertificates, limits: WebLimits = WebLimits(), logger: Logger,
    problem: @escaping ProblemWriter, respond: @escaping @Sendable (Request, WebContext) async throws -> Response
  ) {
    self.init(
      host: host, port: port, certificates: certificates, limits: limits, logger: logger, problem: problem,
      responder: CallbackResponder(callback: respond))
  }

  /// Serves until the task is cancelled; then accepts no more, lets the requests under way finish, at most
  /// ``WebLimits/stop``, and returns. Throws if the address cannot be listened on. `onListening` is told the port.
  package func run(onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
    let register = ConnectionRegister(limits: limits)
    let child = HTTPSChannel(
      certificates: certificates, limits: limits, problem: problem, allowedMethods: allowedMethods, clock: clock, register: register, respond: answer)
    // As many as the kernel allows may wait to be accepted: one for whom there is no room comes again after a second.
    let server = Server(
      childChannelSetup: child, configuration: ServerConfiguration(address: address, backlog: 4096),
      onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    // A task of its own: cancelling the server's task would cut the requests under way.
    let serving = Task { try await server.run() }
    try await withTaskCancellationHandler {
      try await serving.value
    } onCancel: {
      Task { await stop(server, serving, register) }
    }
  }

  private func stop(_ server: Server<HTTPSChannel>, _ serving: Task<Void, any Error>, _ register: ConnectionRegister) async {
    let cap = Task {
      try await Task.sleep(for: .nanoseconds(limits.stop.nanoseconds))
      logger.warning("Requests still under way are cut", metadata: ["connections": "\(register.count)"])
      serving.cancel()
      register.closeAll()
    }
    register.stop()
    do {
      try await server.shutdownGracefully()
    } catch {
      logger.error("The server did not stop as it should", metadata: ["error": "\(error)"])
    }
    _ = try? await serving.value
    cap.cancel()
  }

  /// The last resort: whatever a responder throws becomes an answer that tells nothing of it.
  private func answer(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel, _ peer: WebPeer) async throws {
    var logger = logger
    // The framework reads the request's id out of the logger under this key.
    logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
    var response: Response
    do {
      response = try await respond(request, channel, peer, logger)
    } catch let refusal as Refusal {
      // The guard has answered already and closes the connection.
      throw refusal
    } catch {
      logger.error("A request failed without an answer", metadata: ["error": "\(error)"])
      let problem = problem(.internalServerError, WebMessages.failed, request.headers)
      response = Response(
        status: .internalServerError, headers: problem.headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.body)))
    }
    response.headers[.date] = HTTPDate.text(clock.now())
    try await writer.write(response: response.head, body: response.body)
  }
}

enum HTTPDate {
  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
  static func text(_ instant: Instant) -> String {
    let date = instant.utcDay
    let second = instant.seconds.flooredRemainder(by: 86_400)
    let (year, month, day) = date.parts
    // Both indexes are in range by their definitions: weekday is 1...7, month 1...12.
    return "\(days[date.weekday - 1]), \(pad(day, 2)) \(months[Int(month) - 1]) \(pad(year, 4)) "
      + "\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2)) GMT"
  }
}
