import Kernel
import NIOCore
import Synchronization
import TLS

/// The open connections and who holds them, counted against the limits; and the counters of `/metrics`.
final class SessionRegister: Sendable {
  /// Where a connection comes from.
  enum Origin: Hashable {
    case local
    /// The address, or the /64 of an IPv6 address, without the port.
    case remote(String)

    var isLocal: Bool { self == .local }
  }

  /// Whose sessions are counted together.
  struct Holder: Hashable {
    let tenant: TenantId
    let kind: Actor.Kind
    let id: Int64
    /// The operator has no id: his name tells him apart.
    let name: String

    init(_ principal: Principal) {
      tenant = principal.tenant
      kind = principal.actor.kind
      id = principal.actor.id
      name = principal.actor.kind == .operator ? principal.name : ""
    }
  }

  private struct State {
    var channels: [ObjectIdentifier: (channel: any Channel, origin: Origin, holder: Holder?)] = [:]
    var origins: [Origin: Int] = [:]
    var local = 0
    var holders: [Holder: Int] = [:]
    var isStopping = false
    var replies: [ReplyCode.Class: Int64] = [:]
    var opened: Int64 = 0
  }

  private let state = Mutex(State())
  private let limits: AdminLimits

  init(limits: AdminLimits) {
    self.limits = limits
  }

  /// False if the connection is one too many, or the server is stopping.
  func open(_ channel: any Channel, from origin: Origin) -> Bool {
    let id = ObjectIdentifier(channel)
    let isAdmitted = state.withLock { state in
      let ofOrigin = state.origins[origin, default: 0]
      let isWithin =
        origin.isLocal
        ? ofOrigin < limits.localConnections
        : ofOrigin < limits.connectionsPerAddress && state.channels.count - state.origins[.local, default: 0] < limits.connections
      guard isWithin, !state.isStopping else { return false }
      state.origins[origin] = ofOrigin + 1
      state.channels[id] = (channel, origin, nil)
      state.opened &+= 1
      return true
    }
    if isAdmitted { channel.closeFuture.whenComplete { [self] _ in closed(id) } }
    return isAdmitted
  }

  private func closed(_ id: ObjectIdentifier) {
    state.withLock { state in
      guard let (_, origin, holder) = state.channels.removeValue(forKey: id) else { return }
      Self.takeOne(&state.origins, origin)
      if let holder { Self.takeOne(&state.holders, holder) }
    }
  }

  private static func takeOne<Key>(_ counts: inout [Key: Int], _ key: Key) {
    let count = counts[key, default: 0]
    counts[key] = count > 1 ? count - 1 : nil
  }

  /// Makes the connection a session of this principal, and no more that of whom it was before. False if it is one too many.
  func admit(_ channel: any Channel, _ principal: Principal) -> Bool {
    let holder = Holder(principal)
    return state.withLock { state in
      let count = state.holders[holder, default: 0]
      guard count < limits.sessionsPerPrincipal, var entry = state.channels[ObjectIdentifier(channel)] else { return false }
      if let before = entry.holder { Self.takeOne(&state.holders, before) }
      entry.holder = holder
      state.channels[ObjectIdentifier(channel)] = entry
      state.holders[holder, default: 0] += 1
      return true
    }
  }

  func count(_ reply: ReplyCode.Class) { state.withLock { $0.replies[reply, default: 0] &+= 1 } }

  /// Lets nobody in any more and tells every session.
  func stop() {
    let channels = state.withLock { state in
      state.isStopping = true
      return state.channels.values.map(\.channel)
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
  }

  /// Cuts every connection.
  func abort() {
    for (channel, origin, _) in state.withLock({ Array($0.channels.values) }) {
      if origin.isLocal { channel.close(promise: nil) } else { channel.triggerUserOutboundEvent(TLSHandler.Abort(), promise: nil) }
    }
  }

  var isStopping: Bool { state.withLock { $0.isStopping } }
  var isEmpty: Bool { state.withLock { $0.channels.isEmpty } }

  var figures: AdminFigures {
    state.withLock { state in
      AdminFigures(
        connections: state.channels.count, sessions: state.holders.values.reduce(0, +), opened: state.opened,
        replies: state.replies.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value })
    }
  }
}

/// How the admin protocol stands, for `/metrics`.
package struct AdminFigures: Sendable {
  package let connections: Int
  /// Connections of which it is known who is there.
  package let sessions: Int
  /// Connections since the start.
  package let opened: Int64
  /// Lines of replies by class, rows not counted.
  package let replies: [Int: Int64]
}
