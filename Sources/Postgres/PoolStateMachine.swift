/// Why a connection is wanted.
enum PoolPurpose {
  case work
  /// Work that only reads. What reads keeps a processor busy all the time, so more of it at once than there are processors makes each slower,
  /// and now and then one much slower; what writes waits for the disk.
  case reading
  /// Health and administration: may take the reserved connections, and goes first.
  case administration
}

/// A connection in somebody's hands.
struct PoolLease<Resource> {
  let resource: Resource
  let purpose: PoolPurpose
  let since: ContinuousClock.Instant
}

extension PoolLease: Sendable where Resource: Sendable {}

/// Who has which connection and who waits for one: a pure value that decides, and leaves the doing to ``PostgresClient``.
/// Callers are served in the order in which they came: administration first, and a reader who may not begin yet holds up nobody.
struct PoolStateMachine<Resource, Waiter> {
  typealias Purpose = PoolPurpose
  typealias Lease = PoolLease<Resource>

  /// What to do once the lock is free.
  struct Actions {
    var leases: [(Waiter, Lease)] = []
    var closures: [Resource] = []
    var connects = 0
    /// When to ask ``lookAgain(now:)``: a reader has by then read for so long that he keeps nobody waiting any more.
    var lookAgainAt: ContinuousClock.Instant?

    static var none: Actions { Actions() }
  }

  enum Acquisition {
    case lease(Lease)
    case wait(Actions)
    case refuse
  }

  struct Idle {
    let resource: Resource
    let since: ContinuousClock.Instant
  }

  let maximum: Int
  let reserved: Int
  let maximumWaiters: Int
  /// How many may begin to read at once. Who has read for longer than ``patience`` counts no more: a report holds up no page.
  let maximumReaders: Int
  let patience = Duration.milliseconds(50)

  private(set) var idle: [Idle] = []
  private(set) var leasedForWork = 0
  /// Since when those read that do.
  private var readers: [ContinuousClock.Instant] = []
  private var isToLookAgain = false
  private(set) var leasedForAdministration = 0
  private(set) var connecting = 0
  /// The last attempt failed: until one succeeds, only one at a time is made.
  private(set) var isDegraded = false
  private var work: [(id: UInt64, waiter: Waiter)] = []
  private var reading: [(id: UInt64, waiter: Waiter)] = []
  private var administration: [(id: UInt64, waiter: Waiter)] = []

  init(maximum: Int, reserved: Int, maximumWaiters: Int, maximumReaders: Int) {
    self.maximum = max(maximum, 1)
    self.reserved = min(max(reserved, 0), self.maximum - 1)
    self.maximumWaiters = maximumWaiters
    self.maximumReaders = max(maximumReaders, 1)
  }

  var waiterCount: Int { work.count + reading.count + administration.count }
  var leased: Int { leasedForWork + readers.count + leasedForAdministration }
  private var total: Int { idle.count + leased + connecting }
  private var freeForWork: Int { max(maximum - reserved - leasedForWork - readers.count, 0) }

  /// How many more may read.
  private func freeForReading(_ now: ContinuousClock.Instant) -> Int {
    max(min(freeForWork, maximumReaders - readers.count { now - $0 < patience }), 0)
  }

  /// A connection at once, if there is one and nobody waits in front.
  mutating func acquire(_ purpose: Purpose, id: UInt64, waiter: Waiter, now: ContinuousClock.Instant) -> Acquisition {
    let mayLease =
      switch purpose {
      case .work: administration.isEmpty && work.isEmpty && freeForWork > 0
      case .reading: administration.isEmpty && work.isEmpty && reading.isEmpty && freeForReading(now) > 0
      case .administration: administration.isEmpty
      }
    if mayLease, let resource = idle.popLast()?.resource { return .lease(lease(resource, purpose, now)) }
    guard waiterCount < maximumWaiters else { return .refuse }
    switch purpose {
    case .work: work.append((id, waiter))
    case .reading: reading.append((id, waiter))
    case .administration: administration.append((id, waiter))
    }
    return .wait(dispatch(now))
  }

  /// - Parameter isKept: whether the connection is to be used again.
  mutating func release(_ lease: Lease, isKept: Bool, now: ContinuousClock.Instant) -> Actions {
    switch lease.purpose {
    case .work: leasedForWork -= 1
    case .reading: if let index = readers.firstIndex(of: lease.since) { readers.remove(at: index) }
    case .administration: leasedForAdministration -= 1
    }
    if isKept { idle.append(Idle(resource: lease.resource, since: now)) }
    return dispatch(now)
  }

  /// What time makes possible.
  mutating func lookAgain(now: ContinuousClock.Instant) -> Actions {
    isToLookAgain = false
    return dispatch(now)
  }

  mutating func connected(_ resource: Resource, now: ContinuousClock.Instant) -> Actions {
    connecting -= 1
    isDegraded = false
    idle.append(Idle(resource: resource, since: now))
    return dispatch(now)
  }

  /// - Returns: whether the attempt is to be repeated (after a pause), because somebody still waits.
  mutating func connectFailed() -> Bool {
    isDegraded = true
    guard connecting > 1 || waiterCount == 0 else { return true }
    connecting -= 1
    return false
  }

  /// Removes the idle connections that match: dead, too old, or no longer trusted.
  mutating func removeIdle(now: ContinuousClock.Instant, where matches: (Idle) -> Bool) -> Actions {
    var actions = Actions(closures: idle.filter(matches).map(\.resource))
    idle.removeAll(where: matches)
    let next = dispatch(now)
    (actions.leases, actions.connects, actions.lookAgainAt) = (next.leases, next.connects, next.lookAgainAt)
    return actions
  }

  /// Nil when the waiter has been served in the meantime.
  mutating func removeWaiter(_ id: UInt64) -> Waiter? {
    if let index = work.firstIndex(where: { $0.id == id }) { return work.remove(at: index).waiter }
    if let index = reading.firstIndex(where: { $0.id == id }) { return reading.remove(at: index).waiter }
    if let index = administration.firstIndex(where: { $0.id == id }) { return administration.remove(at: index).waiter }
    return nil
  }

  mutating func removeAllWaiters() -> [Waiter] {
    defer {
      work = []
      reading = []
      administration = []
    }
    return (administration + work + reading).map(\.waiter)
  }

  /// Serves who can be served, and says how many connections more are worth opening.
  private mutating func dispatch(_ now: ContinuousClock.Instant) -> Actions {
    var actions = Actions()
    while !administration.isEmpty, let resource = idle.popLast()?.resource {
      actions.leases.append((administration.removeFirst().waiter, lease(resource, .administration, now)))
    }
    while freeForWork > 0, let purpose = nextInTurn(now), let resource = idle.popLast()?.resource {
      let waiter = purpose == .reading ? reading.removeFirst().waiter : work.removeFirst().waiter
      actions.leases.append((waiter, lease(resource, purpose, now)))
    }
    let readable = min(reading.count, freeForReading(now))
    if readable < reading.count, freeForWork > 0, !isToLookAgain, let oldest = readers.filter({ now - $0 < patience }).min() {
      isToLookAgain = true
      actions.lookAgainAt = oldest.advanced(by: patience)
    }
    let wanted = administration.count + min(work.count + readable, freeForWork) - connecting
    let room = isDegraded ? (connecting == 0 ? 1 : 0) : maximum - total
    actions.connects = max(min(wanted, room, maximum - total), 0)
    connecting += actions.connects
    return actions
  }

  /// Whose turn it is of those who work: who came first, of those who may. Were it always who writes, nobody would read while so many write that one
  /// of them waits.
  private func nextInTurn(_ now: ContinuousClock.Instant) -> Purpose? {
    guard let reader = reading.first?.id, freeForReading(now) > 0 else { return work.isEmpty ? nil : .work }
    return work.first.map { $0.id < reader } ?? false ? .work : .reading
  }

  private mutating func lease(_ resource: Resource, _ purpose: Purpose, _ now: ContinuousClock.Instant) -> Lease {
    switch purpose {
    case .work: leasedForWork += 1
    case .reading: readers.append(now)
    case .administration: leasedForAdministration += 1
    }
    return Lease(resource: resource, purpose: purpose, since: now)
  }
}
