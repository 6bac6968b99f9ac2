import Kernel
import NIOCore
import Synchronization
import TLS

/// The open connections: counts them against the limits, in all and for each address, and can close them all.
///
/// When all places are taken, a newcomer gets the place of somebody whose address has more of them, so that a crowd of
/// idle connections keeps nobody out. The places for handshakes, which cost most memory, are counted for themselves.
final class ConnectionRegister: Sendable {
  /// What an open connection holds.
  final class Place: Sendable {
    fileprivate let channel: any Channel
    fileprivate let group: String
    private let register: ConnectionRegister
    /// Whether a whole request has come and its answer is not out: such a connection is the last to go.
    let isAnswering = Atomic(false)

    fileprivate init(_ channel: any Channel, in register: ConnectionRegister) {
      self.channel = channel
      self.register = register
      group = AddressGroup.of(channel.remoteAddress)
    }

    /// Whether the server stops: an answer that begins now is the last of its connection.
    var isLast: Bool { register.isStopping.load(ordering: .acquiring) }

    func handshakeCompleted() { register.state.withLock { $0.handshaking.remove(self) } }
  }

  /// Places by address, the oldest first.
  private struct Crowd {
    private var groups: [String: [Place]] = [:]
    private(set) var count = 0

    mutating func add(_ place: Place) {
      groups[place.group, default: []].append(place)
      count += 1
    }

    mutating func remove(_ place: Place) {
      guard let index = groups[place.group]?.firstIndex(where: { $0 === place }) else { return }
      groups[place.group]?.remove(at: index)
      if groups[place.group]?.isEmpty == true { groups[place.group] = nil }
      count -= 1
    }

    func count(of group: String) -> Int { groups[group]?.count ?? 0 }

    /// Who must go for a newcomer of this address: of the address that has most places, the oldest that is not being
    /// answered. One that is being answered goes only if its address still has more than the newcomer's after.
    func displaced(by group: String) -> Place? {
      let own = count(of: group)
      guard let largest = groups.values.max(by: { $0.count < $1.count }), largest.count > own else { return nil }
      if let idle = largest.first(where: { !$0.isAnswering.load(ordering: .relaxed) }) { return idle }
      return largest.count > own + 1 ? largest.first : nil
    }

    var all: [Place] { groups.values.flatMap(\.self) }
  }

  private struct State {
    var open = Crowd()
    var handshaking = Crowd()

    mutating func add(_ place: Place) {
      open.add(place)
      handshaking.add(place)
    }

    mutating func remove(_ place: Place) {
      open.remove(place)
      handshaking.remove(place)
    }

    /// Whether the newcomer gets in, and who must go for it: one at the most, since a handshake's place is also one of all.
    mutating func admit(_ place: Place, _ limits: WebLimits) -> (isAdmitted: Bool, displaced: Place?) {
      guard open.count(of: place.group) < limits.connectionsPerAddress else { return (false, nil) }
      let crowd = handshaking.count >= limits.handshakes ? handshaking : open.count >= limits.connections ? open : nil
      let displaced = crowd?.displaced(by: place.group)
      guard crowd == nil || displaced != nil else { return (false, nil) }
      if let displaced { remove(displaced) }
      add(place)
      return (true, displaced)
    }
  }

  private let state = Mutex(State())
  private let isStopping = Atomic(false)
  private let limits: WebLimits

  init(limits: WebLimits) {
    self.limits = limits
  }

  /// Nil if the connection is one too many.
  func open(_ channel: any Channel) -> Place? {
    let place = Place(channel, in: self)
    let (isAdmitted, displaced) = state.withLock { $0.admit(place, limits) }
    if let displaced { Self.cut(displaced) }
    guard isAdmitted else { return nil }
    channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.remove(place) } }
    return place
  }

  /// From now on every answer says that the connection ends with it, also before the stop has come to that connection.
  func stop() { isStopping.store(true, ordering: .releasing) }

  var count: Int { state.withLock { $0.open.count } }

  /// Cuts every connection.
  func closeAll() { state.withLock { $0.open.all }.forEach(Self.cut) }

  private static func cut(_ place: Place) { place.channel.triggerUserOutboundEvent(TLSHandler.Abort(), promise: nil) }
}
