import Kernel
import NIOCore

extension AddressGroup {
  /// By what a socket's connections are counted against a limit for each client; one group for all that have no address
  /// (Unix sockets).
  package static func of(_ address: SocketAddress?) -> String { of(address?.ipAddress ?? "") }
}
