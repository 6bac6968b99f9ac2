import NIOCore
import NIOHTTP1

/// What one client may cost the server. The defaults are safe for the open network; the frameworks below have none of
/// their own for most of these.
package struct WebLimits: Sendable {
  /// Connections at once, in all; each costs some ten kilobytes and a descriptor. Beyond them a newcomer takes the place
  /// of an idle one whose address has most.
  package var connections = 2000
  /// Connections at once from one address (IPv6: one /64, which one client owns whole).
  package var connectionsPerAddress = 100
  /// Handshakes under way at once; each costs up to a hundred kilobytes. Beyond them a newcomer takes the place of the
  /// oldest whose address has most.
  package var handshakes = 400
  /// From the connection to the end of the TLS handshake.
  package var handshake: TimeAmount = .seconds(10)
  /// From the end of the handshake, or from a request's first byte, to the end of its header.
  package var header: TimeAmount = .seconds(10)
  /// Between two requests on a connection.
  package var idle: TimeAmount = .seconds(60)
  package var headerCount = 100
  /// All names and values together.
  package var headerBytes = 16 << 10
  /// The request target.
  package var targetBytes = 8 << 10
  /// The largest body that any route takes. A route with a smaller limit asks for it when it reads the body.
  package var bodyBytes = 10 << 20
  /// The most of the body of one request, if a route takes more or less; asked for when its header has come, on the event loop.
  package var bodyBytesOf: (@Sendable (HTTPRequestHead) -> Int?)?
  /// What may frame a chunked body beside some bytes for each of its own: chunk extensions, trailers.
  package var framingBytes = 64 << 10
  /// A body may pause for this long in all, plus the time its bytes take at ``bodyBytesPerSecond``. Only the time in
  /// which the server waits for the client counts.
  package var bodyGrace: TimeAmount = .seconds(10)
  package var bodyBytesPerSecond = 1024
  /// The same for a body that is larger than ``bodyBytes``: it holds more for longer.
  package var largeBodyBytesPerSecond = 16 << 10
  /// How long the client may take none of what was written to it, and its machine acknowledge none of it.
  package var write: TimeAmount = .seconds(30)
  package var requestsPerConnection = 1000
  /// How long a stop waits for the requests under way.
  package var stop: TimeAmount = .seconds(30)

  package init() {}

  /// These limits as they are for one request.
  func of(_ head: HTTPRequestHead) -> WebLimits {
    guard let bytes = bodyBytesOf?(head) else { return self }
    var limits = self
    if bytes > bodyBytes { limits.bodyBytesPerSecond = largeBodyBytesPerSecond }
    limits.bodyBytes = bytes
    return limits
  }
}
