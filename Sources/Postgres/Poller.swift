import CLibPQ
import Glibc
import Logging
import Synchronization

/// A thread that waits for database sockets. Statements are sent on their callers' threads; only answers, blocked output
/// and deadlines pass through here. (DispatchSource loses the end of a stream, after which a query would hang for ever.)
///
/// It is also an executor: a task that prefers it goes on right where its answer was read, which saves the change of
/// thread that an answer otherwise costs. Nothing that blocks or computes for long may run on it, because the answers of
/// others wait meanwhile.
final class Poller: TaskExecutor {
  private let epoll: Int32
  private let wakeUp: Int32
  private let connections = Mutex<[UInt64: Connection]>([:])
  private let jobs = Mutex<[UnownedJob]>([])
  /// How many exchanges are under way: while there are any, the thread wakes for their deadlines.
  private let exchangeCount = Atomic<Int>(0)
  private let sleep = Atomic<Sleep>(.awake)

  private enum Sleep: UInt8, AtomicRepresentable {
    case awake
    /// Until a socket is ready, or the next tick.
    case ticking
    case withoutLimit
  }

  /// How late a deadline may be noticed.
  private static let tickMilliseconds: Int32 = 50

  private init() throws {
    epoll = clibpq_epoll_create()
    wakeUp = clibpq_eventfd_create()
    guard epoll >= 0, wakeUp >= 0, clibpq_epoll_add(epoll, wakeUp, 0) == 0 else {
      if epoll >= 0 { close(epoll) }
      if wakeUp >= 0 { close(wakeUp) }
      throw PostgresError(.connection, message: "no descriptor for the poller")
    }
  }

  // MARK: The pollers of the process

  private struct All {
    var pollers: [Poller] = []
    var turn = 0
  }

  private static let all = Mutex(All())
  private static let nextId = Atomic<UInt64>(1)

  /// More do not help: they mostly wait.
  private static let most = min(processors, 8)
  /// Of this machine.
  static let processors = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)

  /// One of the pollers, each in its turn. They are made at first use and kept: the process needs them as long as it has
  /// connections. A failure (no descriptor, no thread) is tried again at the next call.
  static func next() throws -> Poller {
    try all.withLock { all in
      all.turn = (all.turn + 1) % most
      if all.turn < all.pollers.count { return all.pollers[all.turn] }
      let poller = try Poller()
      guard SideThread.start({ poller.run() }) else { throw PostgresError(.connection, message: "no thread for the poller") }
      all.pollers.append(poller)
      return poller
    }
  }

  /// For a connection, as long as it lives.
  static func newId() -> UInt64 { nextId.add(1, ordering: .relaxed).oldValue }

  /// Which poller's thread this is. A key of the thread, and not a task's local value: it is asked for by whatever runs here.
  private static let threadKey: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The poller on whose thread the caller runs; nil elsewhere.
  static var current: Poller? {
    pthread_getspecific(threadKey).map { Unmanaged<Poller>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: Connections

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
    if sleep.load(ordering: .sequentiallyConsistent) == .withoutLimit { clibpq_eventfd_signal(wakeUp) }
  }

  func exchangeEnded() { exchangeCount.subtract(1, ordering: .relaxed) }

  // MARK: Tasks

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    // Either this sees that the thread sleeps, or the thread sees the job before it does. One signal is enough.
    if sleep.exchange(.awake, ordering: .sequentiallyConsistent) != .awake { clibpq_eventfd_signal(wakeUp) }
  }

  // MARK: The thread

  private func run() {
    pthread_setspecific(Self.threadKey, Unmanaged.passUnretained(self).toOpaque())
    let clock = ContinuousClock()
    let executor = asUnownedTaskExecutor()
    var batch: [UnownedJob] = []
    let capacity = Int(CLIBPQ_EPOLL_BATCH)
    let ids = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    ids.initialize(repeating: 0, count: capacity)
    var nextTick = clock.now
    while true {
      jobs.withLock { swap(&$0, &batch) }
      for job in batch { job.runSynchronously(on: executor) }
      batch.removeAll(keepingCapacity: true)
      for index in 0..<wait(ids) {
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

  /// Waits for sockets, unless a job is to be run; returns how many are ready.
  private func wait(_ ids: UnsafeMutablePointer<UInt64>) -> Int {
    let mayTick = exchangeCount.load(ordering: .sequentiallyConsistent) > 0
    sleep.store(mayTick ? .ticking : .withoutLimit, ordering: .sequentiallyConsistent)
    defer { sleep.store(.awake, ordering: .sequentiallyConsistent) }
    let hasJobs = jobs.withLock { !$0.isEmpty }
    let hasExchanges = mayTick || exchangeCount.load(ordering: .sequentiallyConsistent) > 0
    let limit = hasJobs ? 0 : hasExchanges ? Self.tickMilliseconds : -1
    return max(Int(clibpq_epoll_wait(epoll, ids, limit)), 0)
  }
}
