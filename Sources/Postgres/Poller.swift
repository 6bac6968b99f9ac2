import CLibPQ
import Logging
import Synchronization

/// The one thread that waits for all database sockets of the process. Statements are sent on their callers' threads; only
/// answers, blocked output and deadlines pass through here. (DispatchSource loses the end of a stream, after which a query
/// would hang for ever.)
final class Poller: Sendable {
  private let epoll: Int32
  private let wakeUp: Int32
  private let connections = Mutex<[UInt64: Connection]>([:])
  private let nextId = Atomic<UInt64>(1)
  /// How many exchanges are under way: while there are any, the thread wakes for their deadlines.
  private let exchangeCount = Atomic<Int>(0)
  private let sleepsWithoutLimit = Atomic<Bool>(false)

  /// How late a deadline may be noticed.
  private static let tickMilliseconds: Int32 = 50

  private static let current = Mutex<Poller?>(nil)

  /// Made at first use and kept: the process needs one as long as it has connections. A failure (no descriptor, no
  /// thread) is tried again at the next call.
  static func shared() throws -> Poller {
    try current.withLock { current in
      if let current { return current }
      let poller = try Poller()
      guard SideThread.start({ poller.run() }) else { throw PostgresError(.connection, message: "no thread for the poller") }
      current = poller
      return poller
    }
  }

  private init() throws {
    epoll = clibpq_epoll_create()
    wakeUp = clibpq_eventfd_create()
    guard epoll >= 0, wakeUp >= 0, clibpq_epoll_add(epoll, wakeUp, 0) == 0 else {
      if epoll >= 0 { close(epoll) }
      if wakeUp >= 0 { close(wakeUp) }
      throw PostgresError(.connection, message: "no descriptor for the poller")
    }
  }

  func newId() -> UInt64 { nextId.add(1, ordering: .relaxed).oldValue }

  /// Watches `descriptor` for input until `remove`. The connection is kept alive until then.
  func add(_ connection: Connection, descriptor: Int32) -> Bool {
    connections.withLock { $0[connection.id] = connection }
    guard clibpq_epoll_add(epoll, descriptor, connection.id) == 0 else {
      connections.withLock { $0[connection.id] = nil }
      return false
    }
    return true
  }

  func setWritable(_ writable: Bool, _ id: UInt64, descriptor: Int32) {
    _ = clibpq_epoll_modify(epoll, descriptor, id, writable ? 1 : 0)
  }

  func remove(_ id: UInt64, descriptor: Int32) {
    _ = clibpq_epoll_remove(epoll, descriptor)
    _ = connections.withLock { $0.removeValue(forKey: id) }
  }

  func exchangeBegan() {
    exchangeCount.add(1, ordering: .sequentiallyConsistent)
    // Either this sees that the thread sleeps without limit, or the thread sees the new count before it does.
    if sleepsWithoutLimit.load(ordering: .sequentiallyConsistent) { clibpq_eventfd_signal(wakeUp) }
  }

  func exchangeEnded() { exchangeCount.subtract(1, ordering: .relaxed) }

  private func run() {
    let clock = ContinuousClock()
    let capacity = Int(CLIBPQ_EPOLL_BATCH)
    let ids = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    ids.initialize(repeating: 0, count: capacity)
    var nextTick = clock.now
    while true {
      sleepsWithoutLimit.store(true, ordering: .sequentiallyConsistent)
      let limit = exchangeCount.load(ordering: .sequentiallyConsistent) > 0 ? Self.tickMilliseconds : -1
      let count = Int(clibpq_epoll_wait(epoll, ids, limit))
      sleepsWithoutLimit.store(false, ordering: .sequentiallyConsistent)
      for index in 0..<max(count, 0) {
        if ids[index] == 0 {
          clibpq_eventfd_clear(wakeUp)
        } else {
          connections.withLock { $0[ids[index]] }?.socketIsReady()
        }
      }
      let now = clock.now
      if now >= nextTick {
        nextTick = now.advanced(by: .milliseconds(Int(Self.tickMilliseconds)))
        for connection in connections.withLock({ Array($0.values) }) { connection.checkDeadline(now) }
      }
    }
  }
}
