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
    /// From the beginning of the connection to the end of the answer.
    package var total: TimeAmount = .seconds(10)
    package var connect: TimeAmount = .seconds(5)
    /// Bytes of an answer's body; nothing is done with them.
    package var body = 1 << 16

    package init() {}
  }

  private let context: TLSContext
  private let allowed: AllowedAddresses
  private let limits: Limits
  private let agent: String

  /// - Parameters:
  ///   - authorityFile: who vouches for receivers; nil: the system's store.
  ///   - allowed: addresses that are not public and may be spoken to all the same.
  package init(trusting authorityFile: String? = nil, allowing allowed: AllowedAddresses = .none, limits: Limits = Limits(), version: String) throws {
    context = try TLSContext(trusting: authorityFile, applicationProtocols: ["http/1.1"])
    self.allowed = allowed
    self.limits = limits
    agent = "Steward/\(version)"
  }

  package func post(_ body: [UInt8], to address: WebhookAddress, headers: [(name: String, value: String)]) async -> Delivery {
    do {
      let found = try await HostAddresses.of(address.host, port: address.port)
      guard !found.isEmpty else { return .later("the name of the host is not known") }
      // One that may not be spoken to spoils all: a name has no business being both.
      guard found.allSatisfy({ $0.packedBytes.map(allowed.permit) ?? false }) else {
        return .refused("the host's address is not public, and not among those allowed")
      }
      var fault = ""
      for place in found {
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
    let (context, bodyLimit) = (context, limits.body)
    let channel: any NIOCore.Channel
    do {
      channel = try await ClientBootstrap(group: loop).connectTimeout(limits.connect)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(TLSHandler(client: context, serverName: address.host))
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(AnswerReader(answer, bodyLimit: bodyLimit))
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

  /// Waits for the end of the answer; the status decides.
  private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<Delivery>
    private let bodyLimit: Int
    private var status: UInt?
    private var received = 0

    init(_ answer: EventLoopPromise<Delivery>, bodyLimit: Int) {
      self.answer = answer
      self.bodyLimit = bodyLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): if head.status.code >= 200 { status = head.status.code }
      case .body(let bytes):
        received += bytes.readableBytes
        if received > bodyLimit { settle() }
      case .end: if status != nil { settle() }
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      // A receiver that cuts the connection after its status has said what it had to say.
      if status != nil { settle() } else { answer.succeed(.later(WebhookClient.reason(error))) }
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
