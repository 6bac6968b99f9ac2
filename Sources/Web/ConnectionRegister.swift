import NIOCore
import Synchronization
import TLS

/// The open connections: counts them against the limits, in all and for each address, and can close them all.
final class ConnectionRegister: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var counts: [String: Int] = [:]
  }

  private let state = Mutex(State())
  private let limits: WebLimits

  init(limits: WebLimits) {
    self.limits = limits
  }

  /// False if the connection is one too many.
  func open(_ channel: any Channel) -> Bool {
    let address = Self.group(of: channel.remoteAddress)
    let admitted = state.withLock { state in
      let count = state.counts[address, default: 0]
      guard state.channels.count < limits.connections, count < limits.connectionsPerAddress else { return false }
      state.counts[address] = count + 1
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
    guard admitted else { return false }
    let id = ObjectIdentifier(channel)
    channel.closeFuture.whenComplete { [self] _ in
      state.withLock { state in
        state.channels[id] = nil
        let count = state.counts[address, default: 0]
        state.counts[address] = count > 1 ? count - 1 : nil
      }
    }
    return true
  }

  var count: Int { state.withLock { $0.channels.count } }

  /// Cuts every connection.
  func closeAll() {
    for channel in state.withLock({ Array($0.channels.values) }) { channel.triggerUserOutboundEvent(TLSHandler.Abort(), promise: nil) }
  }

  /// The address, or the /64 of an IPv6 address, without the port; one group for all that have none (Unix sockets).
  static func group(of address: SocketAddress?) -> String {
    switch address {
    case .v4(let address): address.address.sin_addr.s_addr.description
    case .v6(let address): withUnsafeBytes(of: address.address.sin6_addr) { $0.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") }
    case .unixDomainSocket, nil: ""
    }
  }
}
