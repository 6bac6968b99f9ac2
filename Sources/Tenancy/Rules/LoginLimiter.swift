import Kernel
import Synchronization

/// Slows whoever guesses passwords, on all interfaces together: after `free` failures in a row for a login, or from an
/// address, each further try waits. The wait is counted for the pair (login, address) first, so that a stranger who
/// guesses from elsewhere slows himself and not the owner of the login.
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

  /// How long the next try must still wait, in whole seconds; nil when it may go on.
  package func wait(login: String, peer: String) -> Int64? {
    state.withLock { state in
      let now = clock.now
      let waits = [
        Self.wait(state.pairs[login + "\n" + peer], free: Self.freePerPair, now),
        Self.wait(state.addresses[peer], free: Self.freePerAddress, now),
      ]
      return waits.compactMap { $0 }.max()
    }
  }

  package func failed(login: String, peer: String) {
    state.withLock { state in
      let now = clock.now
      Self.count(&state.pairs, login + "\n" + peer, now)
      Self.count(&state.addresses, peer, now)
    }
  }

  package func succeeded(login: String, peer: String) {
    state.withLock { $0.pairs[login + "\n" + peer] = nil }
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
