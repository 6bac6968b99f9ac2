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

  /// Throws ``RouteTable/Defect`` when two operations claim one route: such a server does not start. `readiness` is
  /// asked at most once a second and must answer within its own deadline.
  package init(
    _ configuration: APIConfiguration, dispatcher: Dispatcher, authenticator: Authenticator, logger: Logger,
    readiness: @escaping @Sendable () async -> Readiness
  ) throws(RouteTable.Defect) {
    var streams = configuration.live
    // Requests must have connections left.
    streams.streams = min(streams.streams, configuration.limits.connections / 2)
    let live = LiveHub(tenancy: dispatcher.tenancy, limits: streams, logger: logger)
    self.live = live
    let endpoint = APIEndpoint(
      configuration, routes: try RouteTable(dispatcher.registry), dispatcher: dispatcher, authenticator: authenticator, live: live, logger: logger,
      readiness: readiness)
    server = WebServer(
      host: configuration.host, port: configuration.port, certificates: configuration.certificates, limits: configuration.limits, logger: logger,
      problem: { status, message, request in
        let reply = endpoint.refusal(status, message, RequestHeaders(request))
        return ProblemAnswer(headers: reply.headers, body: reply.body)
      },
      respond: { request, context in
        let exchange = Exchange(request, peer: context.peer, closed: context.closed, limits: configuration.limits)
        let reply = try await endpoint.reply(to: exchange)
        let body =
          reply.live.map { ResponseBody(live: $0, on: context.eventLoop, abort: context.abort) } ?? ResponseBody(inPieces: reply.body, on: context.eventLoop)
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
