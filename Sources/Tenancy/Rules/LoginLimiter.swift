import Kernel
import Synchronization

/// Slows whoever guesses passwords, on all interfaces together: after `free` failures in a row for a login, or from an
/// address, each further try waits. The wait is counted for the pair (login, address) first, so that a stranger who
/// guesses from elsewhere slows himself and not the owner of the login. Addresses count by ``AddressGroup``.
package final class LoginLimiter: Sendable {
  private struct Record {
    var failures: Int64
    var last: ContinuousClock.Instant
  }

  private struct State {
    var pairs: [String: Record] = [:]
    var addresses: [String: Record] = [:]
  }

  private let state = Mutex(State())
  private let clock = ContinuousClock()
  private static let freePerPair: Int64 = 5
  private static let freePerAddress: Int64 = 50
  private static let longestWaitSeconds: Int64 = 300
  /// Beyond this many entries the idle ones are dropped: memory is bounded however many names are guessed.
  private static let capacity = 20_000

  package init() {}

  /// Begins a try: nil, or how long the caller must still wait, in whole seconds. A try counts as failed from its
  /// beginning, so that a hundred at once are not all let in before the first has failed.
  package func admit(login: String, peer: String) -> Int64? {
    state.withLock { state in
      let now = clock.now
      let peer = AddressGroup.of(peer)
      let pair = login + "\n" + peer
      let waits = [
        Self.wait(state.pairs[pair], free: Self.freePerPair, now),
        Self.wait(state.addresses[peer], free: Self.freePerAddress, now),
      ]
      if let wait = waits.compactMap({ $0 }).max() { return wait }
      Self.count(&state.pairs, pair, now)
      Self.count(&state.addresses, peer, now)
      return nil
    }
  }

  /// The try was good: the pair begins anew.
  package func succeeded(login: String, peer: String) {
    let peer = AddressGroup.of(peer)
    state.withLock { state in
      state.pairs[login + "\n" + peer] = nil
      Self.takeBack(&state.addresses, peer)
    }
  }

  /// The try came to no end (no slot, no database): it counts for nothing.
  package func withdrawn(login: String, peer: String) {
    let peer = AddressGroup.of(peer)
    state.withLock { state in
      Self.takeBack(&state.pairs, login + "\n" + peer)
      Self.takeBack(&state.addresses, peer)
    }
  }

  private static func takeBack(_ records: inout [String: Record], _ key: String) {
    guard var record = records[key], record.failures > 0 else { return }
    record.failures -= 1
    records[key] = record
  }

  private static func wait(_ record: Record?, free: Int64, _ now: ContinuousClock.Instant) -> Int64? {
    guard let record, record.failures >= free else { return nil }
    let doublings = min(record.failures - free, 9)
    let wait = min(Int64(1) << doublings, longestWaitSeconds)
    let left = wait - (now - record.last).components.seconds
    return left > 0 ? left : nil
  }

  private static func count(_ records: inout [String: Record], _ key: String, _ now: ContinuousClock.Instant) {
    if records.count >= capacity {
      records = records.filter { ($0.value.last.duration(to: now)).components.seconds < longestWaitSeconds }
      if records.count >= capacity { records.removeAll() }
    }
    var record = records[key] ?? Record(failures: 0, last: now)
    if record.last.duration(to: now).components.seconds > 2 * longestWaitSeconds { record.failures = 0 }
    record.failures += 1
    record.last = now
    records[key] = record
  }
}
