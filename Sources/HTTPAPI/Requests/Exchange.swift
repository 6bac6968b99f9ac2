import Hummingbird
import Kernel
import NIOCore
import Web

/// One request as the interface sees it.
struct Exchange: Sendable {
  let method: String
  let target: RequestTarget
  let headers: RequestHeaders
  /// The socket's address; no header field changes it.
  let peer: String
  /// When the connection is closed.
  let closed: EventLoopFuture<Void>
  private let request: Request
  private let bodyLimit: Int

  init(_ request: Request, peer: WebPeer, closed: EventLoopFuture<Void>, limits: WebLimits) {
    method = request.head.method.rawValue
    target = RequestTarget(request.head.path ?? "/")
    headers = RequestHeaders(request.headers)
    self.peer = peer.address ?? "unknown"
    self.closed = closed
    self.request = request
    bodyLimit = limits.bodyBytes
  }

  /// Whether the caller is on this host, as far as the socket and any proxy on the way say.
  var isLocal: Bool {
    (peer.hasPrefix("127.") || peer == "::1" || peer.hasPrefix("::ffff:127.")) && !headers.isForwarded
  }

  /// The body as it comes, which is never held whole. Throws as ``body()`` does.
  func eachPiece(_ take: ([UInt8]) async throws -> Void) async throws {
    for try await piece in request.body { try await take(Array(piece.readableBytesView)) }
  }

  /// The whole body. Throws ``Web/Refusal`` when it is larger than the limit or comes too slowly; the server has then
  /// answered already. Where the path takes larger ones of another kind, throws a ``Failure``.
  func body() async throws -> [UInt8] {
    do {
      return Array(try await request.body.collect(upTo: bodyLimit).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw Failure(.tooLarge, WebMessages.bodyTooLarge)
    }
  }
}
