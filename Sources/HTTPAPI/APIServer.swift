import Hummingbird
import Kernel
import Live
import Logging
import Operations
import Tenancy
import Web

/// The HTTP interface as a service: the operations of a registry, and the built-ins, over TLS.
package struct APIServer: Sendable {
  private let server: WebServer
  private let live: LiveHub

  /// The permissions that the interface itself asks for, with the stock roles that get them: they belong to no
  /// operation, so the migration adds them to the registry's.
  package static let permissions: [String: Set<String>] = [BuiltInPages.metricsPermission: [StockRole.administrator.rawValue]]

  /// More than any store takes: where a file ends that is too large, the store says, for it knows what to tell.
  private static let mostBytesOfFile = 1 << 44

  /// Throws ``RouteTable/Defect`` when two operations claim one route: such a server does not start. `readiness` is
  /// asked at most once a second and must answer within its own deadline.
  package init(
    _ configuration: APIConfiguration, dispatcher: Dispatcher, authenticator: Authenticator, logger: Logger,
    readiness: @escaping @Sendable () async -> Readiness
  ) throws(RouteTable.Defect) {
    let routes = try RouteTable(dispatcher.registry)
    var streams = configuration.live
    // Requests must have connections left.
    streams.streams = min(streams.streams, configuration.limits.connections / 2)
    let live = LiveHub(tenancy: dispatcher.tenancy, limits: streams, logger: logger)
    self.live = live
    let endpoint = APIEndpoint(
      configuration, routes: routes, dispatcher: dispatcher, authenticator: authenticator, live: live, logger: logger,
      readiness: readiness)
    var limits = configuration.limits
    // What is too large is told with the limit, by whoever writes it; what is no file, or where none are kept, is told so and not read.
    limits.bodyBytesOf = { head in
      guard !RequestHeaders.isJSON(head.headers["content-type"].joined(separator: ", ")),
        case .operation(let operation, _) = routes.match(head.method.rawValue, RequestTarget(head.uri).path), operation.takesFile
      else { return nil }
      return Self.mostBytesOfFile
    }
    server = WebServer(
      host: configuration.host, port: configuration.port, certificates: configuration.certificates, limits: limits, logger: logger,
      problem: { status, message, request in
        let reply = endpoint.refusal(status, message, RequestHeaders(request))
        return ProblemAnswer(headers: reply.headers, body: reply.body)
      },
      respond: { request, context in
        let exchange = Exchange(request, peer: context.peer, closed: context.closed, limits: configuration.limits)
        let reply = try await endpoint.reply(to: exchange)
        let body = reply.responseBody(on: context.eventLoop, abort: context.abort, logger)
        return Response(status: HTTPResponse.Status(code: reply.status), headers: reply.headers, body: body)
      })
  }

  /// Serves until the task is cancelled, then ends the live streams and lets the requests under way finish. Throws if the address is taken.
  package func run(onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [live] in await live.run() }
      try await server.run(onListening: onListening)
      group.cancelAll()
    }
  }
}
