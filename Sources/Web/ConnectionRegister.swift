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
    let address = AddressGroup.of(channel.remoteAddress)
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
}
