import Hummingbird
import Logging
import NIOCore
import TLS

/// Who is at the other end of the connection, as the socket says; no header can change it.
package struct WebPeer: Sendable {
  /// The address without the port, `192.0.2.1` or `2001:db8::1`; nil if the client left at once.
  package let address: String?
  package let port: Int?
  /// The subject of the client's verified certificate, as RFC 2253 writes it; nil without one.
  package let certificateSubject: String?
}

/// What ``WebServer`` gives a request's context to begin with.
package struct WebContextSource: RequestContextSource {
  package let channel: any Channel
  package let logger: Logger
  package let peer: WebPeer
}

/// The context of a request for servers that need no more than this. Others declare their own, with
/// `typealias Source = WebContextSource`.
package struct WebContext: RequestContext {
  package typealias Source = WebContextSource

  package var coreContext: CoreRequestContextStorage
  package let peer: WebPeer
  private let channel: any Channel

  package init(source: WebContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = source.peer
    channel = source.channel
  }

  /// The connection's.
  package var eventLoop: any EventLoop { channel.eventLoop }
  /// When the connection is closed.
  package var closed: EventLoopFuture<Void> { channel.closeFuture }

  /// Cuts the connection, whatever is under way on it.
  package func abort() { channel.triggerUserOutboundEvent(TLSHandler.Abort(), promise: nil) }
}
