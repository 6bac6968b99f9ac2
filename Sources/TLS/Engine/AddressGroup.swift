import NIOCore

/// By what connections are counted against a limit for each client.
package enum AddressGroup {
  /// The address, or the /64 of an IPv6 address, which one client owns whole, without the port; one group for all that have
  /// none (Unix sockets).
  package static func of(_ address: SocketAddress?) -> String {
    switch address {
    case .v4(let address): address.address.sin_addr.s_addr.description
    case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { $0.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") }
    case .unixDomainSocket, nil: ""
    }
  }
}
