import Kernel
import NIOCore
import Synchronization
import TLS

/// The open connections: counts them against the limits, in all and for each address, and can close them all.
///
/// When all places are taken, a newcomer gets the place of somebody whose address has more of them, so that a crowd of
/// idle connections keeps nobody out.
final class ConnectionRegister: Sendable {
  /// What an open connection holds.
  final class Place: Sendable {
    fileprivate let channel: any Channel
    fileprivate let group: String
    /// Whether a whole request has come and its answer is not out: such a connection is the last to go.
    let isAnswering = Atomic(false)

    fileprivate init(_ channel: any Channel, group: String) {
      self.channel = channel
      self.group = group
    }
  }

  private struct State {
    /// By address, the oldest first.
    var groups: [String: [Place]] = [:]
    var count = 0

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

    /// Who must go for a newcomer whose address has `own` connections: of the address that has most, the oldest that is
    /// not being answered. One that is being answered goes only if its address still has more than the newcomer's after.
    func displaced(by own: Int) -> Place? {
      guard let largest = groups.values.max(by: { $0.count < $1.count }), largest.count > own else { return nil }
      if let idle = largest.first(where: { !$0.isAnswering.load(ordering: .relaxed) }) { return idle }
      return largest.count > own + 1 ? largest.first : nil
    }
  }

  private let state = Mutex(State())
  private let limits: WebLimits

  init(limits: WebLimits) {
    self.limits = limits
  }

  /// Nil if the connection is one too many.
  func open(_ channel: any Channel) -> Place? {
    let place = Place(channel, group: AddressGroup.of(channel.remoteAddress))
    let (isAdmitted, displaced) = state.withLock { state -> (Bool, Place?) in
      let own = state.groups[place.group]?.count ?? 0
      guard own < limits.connectionsPerAddress else { return (false, nil) }
      var displaced: Place?
      if state.count >= limits.connections {
        displaced = state.displaced(by: own)
        guard let displaced else { return (false, nil) }
        state.remove(displaced)
      }
      state.add(place)
      return (true, displaced)
    }
    displaced?.channel.triggerUserOutboundEvent(TLSHandler.Abort(), promise: nil)
    guard isAdmitted else { return nil }
    channel.closeFuture.whenComplete { [self] _ in state.withLock { $0.remove(place) } }
    return place
  }

  var count: Int { state.withLock { $0.count } }

  /// Cuts every connection.
  func closeAll() {
    for place in state.withLock({ $0.groups.values.flatMap(\.self) }) { place.channel.triggerUserOutboundEvent(TLSHandler.Abort(), promise: nil) }
  }
}
