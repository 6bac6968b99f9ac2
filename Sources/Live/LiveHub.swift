import Kernel
import Logging
import Operations
import Synchronization
import Tenancy

/// Tells everybody who listens to this server what changed. One look at the database serves them all, four times a second while anybody
/// listens and never else; a listener costs the server a place in a list.
package final class LiveHub: Sendable {
  package struct Limits: Sendable {
    /// Streams at once, in all and of one account.
    package var streams = 1000
    package var streamsPerAccount = 20
    /// Of all accounts of one customer together: a fifth of the places, so that no customer takes them from the others.
    package var streamsPerCustomer: Int { max(1, streams / 5) }
    /// What may wait for one client, and what is told at once: beyond it he is told to read all again.
    package var pendingEvents = 500
    /// Changes that one look takes; beyond it everybody is told to read all again.
    package var changesPerLook: Int64 = 5000
    /// How long after it was given an id is good to come back to.
    package var resumeSeconds: Int64 = 3600
    /// Between two looks.
    package var pause = Duration.milliseconds(250)
    /// A client that hears nothing for this long gets a sign of life.
    package var heartbeat = Duration.seconds(15)
    /// The tokens of listeners to whom there is nothing to tell are looked at as often.
    package var tokenCheck = Duration.seconds(5)
    /// What is told is told by rights that were looked at within this time.
    package var rightsAge = Duration.milliseconds(900)

    package init() {}
  }

  /// Who wants to listen, and to what.
  package struct Request: Sendable {
    let principal: Principal
    let interest: LiveInterest
    let lastEventId: String?
    /// The principal as he is now; nil: his token counts no more.
    let authenticate: @Sendable () async throws -> Principal?

    package init(
      principal: Principal, interest: LiveInterest, lastEventId: String?, authenticate: @escaping @Sendable () async throws -> Principal?
    ) {
      self.principal = principal.asListener
      self.interest = interest
      self.lastEventId = lastEventId
      self.authenticate = authenticate
    }
  }

  package enum Refusal: Error {
    case tooManyOfAccount(most: Int)
    case tooManyOfCustomer(most: Int)
    case tooManyInAll
    case stopping
  }

  /// For monitoring.
  package struct Figures: Sendable {
    package fileprivate(set) var streams = 0
    package fileprivate(set) var events: Int64 = 0
    package fileprivate(set) var resets: Int64 = 0
    package fileprivate(set) var failedLooks: Int64 = 0
    package fileprivate(set) var ends: [LiveEnd: Int64] = [:]
  }

  private struct State {
    var next: UInt64 = 0
    var open: [UInt64: LiveStream] = [:]
    var ofAccount: [LiveAccount: Int] = [:]
    var ofCustomer: [TenantId: Int] = [:]
    var newcomers: [(stream: LiveStream, request: Request)] = []
    var isStopping = false
    var figures = Figures()
  }

  private static let longestPause = Duration.seconds(5)

  package let limits: Limits
  let tenancy: Tenancy
  let logger: Logger
  private let state = Mutex(State())

  package init(tenancy: Tenancy, limits: Limits = Limits(), logger: Logger) {
    self.tenancy = tenancy
    self.limits = limits
    self.logger = logger
  }

  // MARK: Listeners

  /// A place among the listeners. The first message comes when the stream stands: what is read from the database after it was committed
  /// before, or is told. Whoever opens a stream ends it.
  package func open(_ request: Request) throws(Refusal) -> LiveStream {
    let account = LiveAccount(request.principal)
    let found = state.withLock { state -> Result<LiveStream, Refusal> in
      guard !state.isStopping else { return .failure(.stopping) }
      guard state.ofAccount[account, default: 0] < limits.streamsPerAccount else {
        return .failure(.tooManyOfAccount(most: limits.streamsPerAccount))
      }
      if let customer = account.customer, state.ofCustomer[customer, default: 0] >= limits.streamsPerCustomer {
        return .failure(.tooManyOfCustomer(most: limits.streamsPerCustomer))
      }
      guard state.open.count < limits.streams else { return .failure(.tooManyInAll) }
      state.next &+= 1
      let stream = LiveStream(number: state.next, account: account, mostEvents: limits.pendingEvents) { [weak self] in self?.ended($0, $1) }
      state.open[stream.number] = stream
      state.ofAccount[account, default: 0] += 1
      if let customer = account.customer { state.ofCustomer[customer, default: 0] += 1 }
      state.newcomers.append((stream, request))
      return .success(stream)
    }
    return try found.get()
  }

  private func ended(_ stream: LiveStream, _ reason: LiveEnd) {
    state.withLock { state in
      guard state.open.removeValue(forKey: stream.number) != nil else { return }
      Self.countDown(&state.ofAccount, stream.account)
      if let customer = stream.account.customer { Self.countDown(&state.ofCustomer, customer) }
      state.newcomers.removeAll { $0.stream === stream }
      state.figures.ends[reason, default: 0] &+= 1
    }
    if reason == .slow { logger.info("a listener was cut: it took too little") }
  }

  private static func countDown<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
    let left = counts[key, default: 1] - 1
    counts[key] = left > 0 ? left : nil
  }

  func takeNewcomers() -> [(stream: LiveStream, request: Request)] {
    state.withLock { state in
      defer { state.newcomers = [] }
      return state.newcomers
    }
  }

  package var figures: Figures {
    state.withLock { state in
      var figures = state.figures
      figures.streams = state.open.count
      return figures
    }
  }

  func told(events: Int) { state.withLock { $0.figures.events &+= Int64(events) } }
  func toldToReset() { state.withLock { $0.figures.resets &+= 1 } }

  // MARK: Life

  /// Looks and tells until the task is cancelled; then every stream ends at once, and none is opened any more.
  package func run() async {
    await withTaskCancellationHandler {
      var round = LiveRound(hub: self)
      var hasFailed = false
      while !Task.isCancelled {
        let started = ContinuousClock.now
        var pause = limits.pause
        do {
          try await round.run()
          hasFailed = false
          // A look that takes long, beside a transaction that writes a great deal, is made less often.
          pause = max(pause, min(started.duration(to: .now) * 4, Self.longestPause))
        } catch {
          round.failed(error)
          pause = max(pause, min(started.duration(to: .now) * 4, Self.longestPause))
          if !hasFailed, !Task.isCancelled { logger.warning("no look at what changed", metadata: ["error": "\(Failure(error, constraints: [:]))"]) }
          hasFailed = true
          state.withLock { $0.figures.failedLooks &+= 1 }
        }
        try? await Task.sleep(for: pause)
      }
    } onCancel: {
      stop()
    }
  }

  private func stop() {
    let open = state.withLock { state in
      state.isStopping = true
      return Array(state.open.values)
    }
    for stream in open { stream.end(.stopping) }
  }
}
