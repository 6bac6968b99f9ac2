/// Who has which connection and who waits for one: a pure value that decides, and leaves the doing to ``PostgresClient``.
/// Within a class callers are served in the order in which they came.
struct PoolStateMachine<Resource, Waiter> {
  /// Why a connection is wanted.
  enum Purpose {
    case work
    /// Health and administration: may take the reserved connections, and goes first.
    case administration
  }

  /// What to do once the lock is free.
  struct Actions {
    var leases: [(Waiter, Resource)] = []
    var closures: [Resource] = []
    var connects = 0

    static var none: Actions { Actions() }
  }

  enum Acquisition {
    case lease(Resource)
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

  private(set) var idle: [Idle] = []
  private(set) var leasedForWork = 0
  private(set) var leasedForAdministration = 0
  private(set) var connecting = 0
  /// The last attempt failed: until one succeeds, only one at a time is made.
  private(set) var isDegraded = false
  private var work: [(id: UInt64, waiter: Waiter)] = []
  private var administration: [(id: UInt64, waiter: Waiter)] = []

  init(maximum: Int, reserved: Int, maximumWaiters: Int) {
    self.maximum = max(maximum, 1)
    self.reserved = min(max(reserved, 0), self.maximum - 1)
    self.maximumWaiters = maximumWaiters
  }

  var waiterCount: Int { work.count + administration.count }
  var leased: Int { leasedForWork + leasedForAdministration }
  private var total: Int { idle.count + leased + connecting }
  private var freeForWork: Int { max(maximum - reserved - leasedForWork, 0) }

  /// A connection at once, if there is one and nobody waits in front.
  mutating func acquire(_ purpose: Purpose, id: UInt64, waiter: Waiter) -> Acquisition {
    let mayLease =
      switch purpose {
      case .work: administration.isEmpty && work.isEmpty && freeForWork > 0
      case .administration: administration.isEmpty
      }
    if mayLease, let resource = idle.popLast()?.resource {
      count(purpose, 1)
      return .lease(resource)
    }
    guard waiterCount < maximumWaiters else { return .refuse }
    switch purpose {
    case .work: work.append((id, waiter))
    case .administration: administration.append((id, waiter))
    }
    return .wait(dispatch())
  }

  /// A lease ends. `resource` is nil when the connection is not to be used again.
  mutating func release(_ purpose: Purpose, _ resource: Resource?, now: ContinuousClock.Instant) -> Actions {
    count(purpose, -1)
    if let resource { idle.append(Idle(resource: resource, since: now)) }
    return dispatch()
  }

  mutating func connected(_ resource: Resource, now: ContinuousClock.Instant) -> Actions {
    connecting -= 1
    isDegraded = false
    idle.append(Idle(resource: resource, since: now))
    return dispatch()
  }

  /// - Returns: whether the attempt is to be repeated (after a pause), because somebody still waits.
  mutating func connectFailed() -> Bool {
    isDegraded = true
    guard connecting > 1 || waiterCount == 0 else { return true }
    connecting -= 1
    return false
  }

  /// Removes the idle connections that match: dead, too old, or no longer trusted.
  mutating func removeIdle(where matches: (Idle) -> Bool) -> Actions {
    var actions = Actions(closures: idle.filter(matches).map(\.resource))
    idle.removeAll(where: matches)
    let next = dispatch()
    actions.leases = next.leases
    actions.connects = next.connects
    return actions
  }

  /// Nil when the waiter has been served in the meantime.
  mutating func removeWaiter(_ id: UInt64) -> Waiter? {
    if let index = work.firstIndex(where: { $0.id == id }) { return work.remove(at: index).waiter }
    if let index = administration.firstIndex(where: { $0.id == id }) { return administration.remove(at: index).waiter }
    return nil
  }

  mutating func removeAllWaiters() -> [Waiter] {
    defer {
      work = []
      administration = []
    }
    return administration.map(\.waiter) + work.map(\.waiter)
  }

  /// Serves who can be served, and says how many connections more are worth opening.
  private mutating func dispatch() -> Actions {
    var actions = Actions()
    while !administration.isEmpty, let resource = idle.popLast()?.resource {
      actions.leases.append((administration.removeFirst().waiter, resource))
      count(.administration, 1)
    }
    while !work.isEmpty, freeForWork > 0, let resource = idle.popLast()?.resource {
      actions.leases.append((work.removeFirst().waiter, resource))
      count(.work, 1)
    }
    let wanted = administration.count + min(work.count, freeForWork) - connecting
    let room = isDegraded ? (connecting == 0 ? 1 : 0) : maximum - total
    actions.connects = max(min(wanted, room, maximum - total), 0)
    connecting += actions.connects
    return actions
  }

  private mutating func count(_ purpose: Purpose, _ change: Int) {
    switch purpose {
    case .work: leasedForWork += change
    case .administration: leasedForAdministration += change
    }
  }
}
