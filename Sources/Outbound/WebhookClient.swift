import NIOCore
import NIOHTTP1
import NIOPosix
import Notifications
import TLS

/// Posts to webhooks over TLS, with a certificate that is verified for the host's name. It speaks only to addresses that may be spoken to, and
/// to the very one that was judged: a name that leads elsewhere a moment later leads nowhere. It follows no redirect, reads little of an
/// answer, and waits only so long.
package struct WebhookClient: WebhookCourier {
  package struct Limits: Sendable {
    /// From the look-up of the name to the status of the answer.
    package var total: TimeAmount = .seconds(10)
    package var connect: TimeAmount = .seconds(5)
    /// Bytes that are read for the head of an answer; its body is not waited for.
    package var head = 1 << 16

    package init() {}
  }

  /// The addresses behind a host's name, for a port.
  package typealias LookUp = @Sendable (_ host: String, _ port: Int) async throws -> [SocketAddress]

  private let context: TLSContext
  private let allowed: AllowedAddresses
  private let lookUp: LookUp
  private let limits: Limits
  private let agent: String

  /// - Parameters:
  ///   - authorityFile: who vouches for receivers; nil: the system's store.
  ///   - allowed: addresses that are not public and may be spoken to all the same.
  ///   - lookUp: who says where a name leads; nil: the system.
  package init(
    trusting authorityFile: String? = nil, allowing allowed: AllowedAddresses = .none, limits: Limits = Limits(), version: String, lookUp: LookUp? = nil
  ) throws {
    context = try TLSContext(trusting: authorityFile, applicationProtocols: ["http/1.1"])
    self.allowed = allowed
    self.limits = limits
    agent = "Steward/\(version)"
    if let lookUp {
      self.lookUp = lookUp
    } else {
      self.lookUp = { host, port in try await HostAddresses.of(host, port: port) }
    }
  }

  package func permits(_ address: [UInt8]) -> Bool { allowed.permit(address) }

  /// It ends in time whatever hangs, a look-up of the name too: what still goes on then ends by itself, and counts for nothing.
  package func post(_ body: [UInt8], to address: WebhookAddress, headers: [(name: String, value: String)]) async -> Delivery {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let whole = loop.makePromise(of: Delivery.self)
    let deadline = loop.scheduleTask(in: limits.total) { whole.succeed(.later("no answer in time")) }
    let attempt = Task { whole.succeed(await self.attempt(body, address, headers)) }
    let delivery = try? await whole.futureResult.get()
    deadline.cancel()
    attempt.cancel()
    return delivery ?? .later("no answer in time")
  }

  private func attempt(_ body: [UInt8], _ address: WebhookAddress, _ headers: [(name: String, value: String)]) async -> Delivery {
    do {
      let found = try await lookUp(address.host, address.port)
      guard !found.isEmpty else { return .later("the name of the host is not known") }
      // One that may not be spoken to spoils all: a name has no business being both.
      guard found.allSatisfy({ $0.packedBytes.map(allowed.permit) ?? false }) else {
        return .refused("the host's address is not public, and not among those allowed")
      }
      var fault = ""
      for place in found {
        guard !Task.isCancelled else { break }
        do {
          return try await exchange(body, address, headers, at: place)
        } catch let error as ConnectFault {
          fault = error.reason
        }
      }
      return .later(fault)
    } catch {
      return .later(Self.reason(error))
    }
  }

  private struct ConnectFault: Error {
    let reason: String
  }

  private func exchange(
    _ body: [UInt8], _ address: WebhookAddress, _ headers: [(name: String, value: String)], at place: SocketAddress
  ) async throws -> Delivery {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let answer = loop.makePromise(of: Delivery.self)
    let (context, headLimit) = (context, limits.head)
    let channel: any NIOCore.Channel
    do {
      channel = try await ClientBootstrap(group: loop).connectTimeout(limits.connect)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(TLSHandler(client: context, serverName: address.host))
            try channel.pipeline.syncOperations.addHandler(HeadLimit(answer, headLimit))
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(AnswerReader(answer))
          }
        }
        .connect(to: place).get()
    } catch {
      answer.succeed(.later(""))
      throw ConnectFault(reason: Self.reason(error))
    }
    let deadline = loop.scheduleTask(in: limits.total) {
      answer.succeed(.later("no answer in time"))
    }
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: address.target)
    head.headers.add(name: "host", value: address.authority)
    head.headers.add(name: "user-agent", value: agent)
    head.headers.add(name: "content-length", value: String(body.count))
    head.headers.add(name: "connection", value: "close")
    for (name, value) in headers { head.headers.add(name: name, value: value) }
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    let delivery = try await answer.futureResult.get()
    deadline.cancel()
    channel.triggerUserOutboundEvent(TLSHandler.Abort(), promise: nil)
    channel.close(promise: nil)
    return delivery
  }

  /// What went wrong, without what the other side said.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as TLSError: "TLS: \(error)"
    case is ChannelError: "no connection in time"
    case is NIOConnectionError, is IOError: "no connection"
    default: String(describing: type(of: error))
    }
  }

  /// Ends what answers without end.
  private final class HeadLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let answer: EventLoopPromise<Delivery>
    private let limit: Int
    private var received = 0

    init(_ answer: EventLoopPromise<Delivery>, _ limit: Int) {
      self.answer = answer
      self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += unwrapInboundIn(data).readableBytes
      guard received <= limit else {
        answer.succeed(.later("an answer without end"))
        context.close(promise: nil)
        return
      }
      context.fireChannelRead(data)
    }
  }

  /// Waits for the status, which decides: a body that never ends changes nothing.
  private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<Delivery>
    private var status: UInt?

    init(_ answer: EventLoopPromise<Delivery>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .head(let head) = unwrapInboundIn(data), head.status.code >= 200 else { return }
      status = head.status.code
      settle()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      answer.succeed(.later(WebhookClient.reason(error)))
      context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { settle() }

    private func settle() {
      let delivery: Delivery =
        switch status {
        case .some(200..<300): .sent
        case .some(410): .refused("answered 410: gone")
        case .some(300..<400): .later("answered \(status ?? 0): redirects are not followed")
        case .some(let status): .later("answered \(status)")
        case nil: .later("closed without an answer")
        }
      answer.succeed(delivery)
    }
  }
}
