import Kernel
import Logging
import Synchronization

/// PostgreSQL through a bounded pool of connections. Callers wait in order and not for ever; a connection that fails, is
/// too old, or comes back in a doubtful state is closed and never given to another.
package final class PostgresClient: Sendable {
  typealias Pool = PoolStateMachine<Connection, Waiter>
  typealias Lease = PoolLease<Connection>
  typealias Waiter = CheckedContinuation<Result<Lease, PostgresError>, Never>

  package let configuration: PostgresConfiguration
  let logger: Logger
  private let state: Mutex<State>
  /// Ends when the client shuts down.
  private let shutdownSignal = AsyncStream<Never>.makeStream()

  private struct State {
    var pool: Pool
    var nextWaiter: UInt64 = 1
    var isShutDown = false
    var lastConnectError: PostgresError?
    /// Connections opened before it are closed when they come back.
    var trustedSince = ContinuousClock.now
    var leasedConnections: [UInt64: Connection] = [:]
    var statistics = Counters()
  }

  package init(_ configuration: PostgresConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    state = Mutex(
      State(
        pool: Pool(
          maximum: configuration.maximumConnections, reserved: configuration.reservedConnections, maximumWaiters: configuration.maximumWaiters,
          maximumReaders: configuration.maximumReaders)))
  }

  /// An executor for tasks that mostly wait for the database: they go on on the very thread that read the answer. Each call
  /// may give another one, to spread tasks over the processors. A task that blocks or computes for long holds the answers of
  /// others up. Nil when the system has no thread to give; such a task runs like any other.
  package static func taskExecutor() -> (any TaskExecutor)? { try? Poller.next() }

  // MARK: Life

  /// Keeps the pool tidy until the task is cancelled or the client is shut down, then shuts it down.
  package func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          try? await Task.sleep(for: .seconds(1))
          self.tidy()
        }
      }
      group.addTask { for await _ in self.shutdownSignal.stream {} }
      await group.next()
      group.cancelAll()
    }
    await shutdown()
  }

  /// Refuses new work, lets what runs finish for at most the time of a statement's grace, and closes all connections.
  package func shutdown() async {
    let (waiters, idle) = state.withLock { state -> ([Waiter], Pool.Actions) in
      state.isShutDown = true
      return (state.pool.removeAllWaiters(), state.pool.removeIdle(now: .now) { _ in true })
    }
    for waiter in waiters { waiter.resume(returning: .failure(PostgresError(.shutdown))) }
    perform(idle)
    shutdownSignal.continuation.finish()
    // Not Task.sleep, which a cancelled task skips: the grace is for other tasks' work.
    let deadline = ContinuousClock.now.advanced(by: configuration.cancelGrace)
    while state.withLock({ $0.pool.leased > 0 }), ContinuousClock.now < deadline {
      await Task { try? await Task.sleep(for: .milliseconds(10)) }.value
    }
    for connection in state.withLock({ Array($0.leasedConnections.values) }) { connection.close(PostgresError(.shutdown)) }
  }

  private func tidy() {
    let now = ContinuousClock.now
    perform(
      state.withLock { state in
        state.pool.removeIdle(now: now) { idle in
          now - idle.since > configuration.idleTimeout || isTooOld(idle.resource, now) || idle.resource.closeReason != nil
        }
      })
  }

  /// A tenth sooner or later by the connection's number, so that connections of one start do not all end at once.
  private func isTooOld(_ connection: Connection, _ now: ContinuousClock.Instant) -> Bool {
    let lifetime = configuration.maximumLifetime
    return now - connection.openedAt > lifetime - lifetime / 100 * Int(connection.id % 11)
  }

  // MARK: Leases

  func acquire(_ purpose: Pool.Purpose) async throws -> Lease {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    let deadline = Mutex<Task<Void, Never>?>(nil)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let acquisition = state.withLock { state -> Pool.Acquisition? in
          guard !state.isShutDown, !Task.isCancelled else { return nil }
          return state.pool.acquire(purpose, id: id, waiter: continuation, now: .now)
        }
        switch acquisition {
        case nil: continuation.resume(returning: .failure(PostgresError(Task.isCancelled ? .cancelled : .shutdown)))
        case .refuse: continuation.resume(returning: .failure(PostgresError(.acquireTimeout, message: "too many callers wait")))
        case .lease(let lease): continuation.resume(returning: .success(lease))
        case .wait(let actions):
          let timer = Task {
            guard (try? await Task.sleep(for: self.configuration.acquireTimeout)) != nil else { return }
            self.giveUp(id)
          }
          deadline.withLock { $0 = timer }
          perform(actions)
        }
      }
    } onCancel: {
      let waiter = state.withLock { $0.pool.removeWaiter(id) }
      waiter?.resume(returning: .failure(PostgresError(.cancelled)))
    }
    deadline.withLock { $0?.cancel() }
    let lease = try result.get()
    state.withLock { state in
      state.leasedConnections[lease.resource.id] = lease.resource
      state.statistics.acquired += 1
    }
    return lease
  }

  func release(_ lease: Lease, reusable: Bool = true) {
    let connection = lease.resource
    let isClean = reusable && connection.isClean
    let now = ContinuousClock.now
    let (actions, isKept) = state.withLock { state -> (Pool.Actions, Bool) in
      state.leasedConnections[connection.id] = nil
      let isKept = isClean && !state.isShutDown && connection.openedAt >= state.trustedSince && !isTooOld(connection, now)
      return (state.pool.release(lease, isKept: isKept, now: now), isKept)
    }
    if !isKept { connection.close() }
    perform(actions)
  }

  /// All connections lead to a server that is not the right one any more.
  func distrustConnections() {
    perform(
      state.withLock { state in
        state.trustedSince = ContinuousClock.now
        return state.pool.removeIdle(now: state.trustedSince) { _ in true }
      })
  }

  private func giveUp(_ id: UInt64) {
    let (waiter, error) = state.withLock { state in
      let waiter = state.pool.removeWaiter(id)
      if waiter != nil { state.statistics.acquireTimeouts += 1 }
      return (waiter, state.pool.isDegraded ? state.lastConnectError : nil)
    }
    waiter?.resume(returning: .failure(error ?? PostgresError(.acquireTimeout)))
  }

  /// Resumes continuations and closes connections, never under the lock.
  private func perform(_ actions: Pool.Actions) {
    for (waiter, lease) in actions.leases { waiter.resume(returning: .success(lease)) }
    for connection in actions.closures { connection.close() }
    for _ in 0..<actions.connects { Task { await self.connect() } }
    if let instant = actions.lookAgainAt {
      Task {
        try? await Task.sleep(until: instant, clock: .continuous)
        self.perform(self.state.withLock { $0.pool.lookAgain(now: .now) })
      }
    }
  }

  // MARK: Connecting

  private func connect() async {
    var pause = Duration.milliseconds(20)
    while true {
      do {
        let connection = try await Connection.open(configuration, logger: logger) { [weak self] in self?.connectionClosed($0) }
        return connected(connection)
      } catch {
        guard let error = error as? PostgresError, connectFailed(error) else { return }
        // Jittered, so that many servers do not come back to a restarting database in step.
        try? await Task.sleep(for: pause / 2 + pause / 1000 * Int.random(in: 0...500))
        pause = min(pause * 2, .seconds(1))
      }
    }
  }

  private func connected(_ connection: Connection) {
    let (actions, isUnwanted) = state.withLock { state -> (Pool.Actions, Bool) in
      state.lastConnectError = nil
      state.statistics.opened += 1
      let actions = state.pool.connected(connection, now: .now)
      return (actions, state.isShutDown)
    }
    perform(actions)
    if isUnwanted { perform(state.withLock { $0.pool.removeIdle(now: .now) { _ in true } }) }
  }

  /// - Returns: whether to try again.
  private func connectFailed(_ error: PostgresError) -> Bool {
    logger.warning("postgres connection failed", metadata: ["error": .string(error.debugText)])
    let (again, waiters) = state.withLock { state in
      state.lastConnectError = error
      state.statistics.connectFailures += 1
      // A wrong password or database is not cured by waiting.
      let waiters = ["28P01", "28000", "3D000"].contains(error.sqlState) ? state.pool.removeAllWaiters() : []
      return (state.pool.connectFailed(), waiters)
    }
    for waiter in waiters { waiter.resume(returning: .failure(error)) }
    return again
  }

  private func connectionClosed(_ connection: Connection) {
    perform(state.withLock { state in state.pool.removeIdle(now: .now) { $0.resource === connection } })
  }

  // MARK: Figures

  package var statistics: PostgresStatistics {
    state.withLock { state in
      PostgresStatistics(
        idle: state.pool.idle.count, leased: state.pool.leased, connecting: state.pool.connecting, waiting: state.pool.waiterCount,
        counters: state.statistics)
    }
  }

  func count(_ change: (inout Counters) -> Void) { state.withLock { change(&$0.statistics) } }
}

/// What the client has done since it was made.
package struct Counters: Sendable, Equatable {
  package var acquired = 0
  package var acquireTimeouts = 0
  package var opened = 0
  package var connectFailures = 0
  package var retries = 0
  package var unknownOutcomes = 0
}

/// The pool at one moment.
package struct PostgresStatistics: Sendable, Equatable {
  package let idle: Int
  package let leased: Int
  package let connecting: Int
  package let waiting: Int
  package let counters: Counters
}
