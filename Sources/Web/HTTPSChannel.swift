import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization
import TLS

/// One HTTPS connection: the socket, the write deadline, TLS, the parser, the guard, and above them the router's loop.
struct HTTPSChannel: ServerChildChannel {
  typealias Respond = @Sendable (Request, consuming ResponseWriter, any Channel, WebPeer) async throws -> Void

  struct Value: ServerChildChannelValue {
    let connection: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    let tls: NIOLoopBound<TLSHandler>
    let address: SocketAddress?

    var channel: any Channel { connection.channel }
  }

  let certificates: ServerCertificates
  let limits: WebLimits
  let problem: ProblemWriter
  let allowedMethods: String
  let clock: any WallClock
  let register: ConnectionRegister
  let respond: Respond

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      guard let place = register.open(channel) else {
        channel.close(promise: nil)
        throw ChannelError.connectTimeout(.zero)
      }
      try Self.boundUnacknowledged(channel, limits.write)
      var tlsLimits = TLSHandler.Limits()
      tlsLimits.handshake = limits.handshake
      let tls = try TLSHandler(server: certificates.context(), limits: tlsLimits)
      var decoderLimits = NIOHTTPDecoderLimitConfiguration()
      decoderLimits.maxHeaderFieldSize = limits.headerBytes
      decoderLimits.maxHeaderListSize = limits.headerBytes
      decoderLimits.maxHeaderFieldCount = limits.headerCount
      let guardHandler = RequestGuard(limits: limits, problem: problem, allowedMethods: allowedMethods, clock: clock, place: place)
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandlers([WriteDeadline(limits.write), tls, ArrivalMonitor(guardHandler)])
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: true, withEncoderConfiguration: .init(),
        withDecoderLimitConfiguration: decoderLimits)
      try pipeline.addHandlers([guardHandler, HTTP1ToHTTPServerCodec(secure: true)])
      let connection = try NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>(
        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
      return Value(connection: connection, tls: NIOLoopBound(tls, eventLoop: channel.eventLoop), address: channel.remoteAddress)
    }
  }

  /// ``WriteDeadline`` sees what the socket does not take; of what the socket has taken the kernel alone knows whether it comes through. Without
  /// this it tries for a quarter of an hour to reach a client that has vanished, and for ever to fill a window that stays shut.
  private static func boundUnacknowledged(_ channel: any Channel, _ limit: TimeAmount) throws {
    #if os(Linux)
      let milliseconds = min(max(limit.nanoseconds / 1_000_000, 1), Int64(Int32.max))
      // TCP_USER_TIMEOUT of linux/tcp.h
      try channel.syncOptions?.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: 18)), value: ChannelOptions.Types.SocketOption.Value(milliseconds))
    #endif
  }

  func handle(value: Value, logger: Logger) async {
    let peer = Mutex<WebPeer?>(nil)
    let requests = RequestLoop { request, writer, channel in
      // Asked for once: a request comes after the handshake, and nothing changes the certificate later.
      if let known = peer.withLock({ $0 }) { return try await respond(request, writer, channel, known) }
      let subject = try await channel.eventLoop.submit { value.tls.value.peerSubject }.get()
      let found = WebPeer(address: value.address?.ipAddress, port: value.address?.port, certificateSubject: subject)
      peer.withLock { $0 = found }
      try await respond(request, writer, channel, found)
    }
    await requests.handleHTTP(asyncChannel: value.connection, logger: logger)
  }
}

/// The framework's loop over the requests of a connection; its public door is a child channel.
private struct RequestLoop: HTTPChannelHandler {
  let responder: HTTPChannelHandler.Responder

  init(_ responder: @escaping HTTPChannelHandler.Responder) {
    self.responder = responder
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>> {
    channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
  }

  func handle(value: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>, logger: Logger) async {
    await handleHTTP(asyncChannel: value, logger: logger)
  }
}
