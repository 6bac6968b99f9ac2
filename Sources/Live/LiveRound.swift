import Kernel
import Operations
import Postgres
import Tenancy

/// One look after the other: what became visible since the last, told to each listener by the rights that he has now.
struct LiveRound {
  /// A listener, as the rounds know him.
  fileprivate struct Seat {
    let stream: LiveStream
    let request: LiveHub.Request
    var principal: Principal
    /// What the database said of his rights, and when it was new.
    var standing: (text: String, since: ContinuousClock.Instant)?
    var lookedUpAt: ContinuousClock.Instant?
    var toldAt = ContinuousClock.now
  }

  /// A look, and what it found. Nil instead of changes: too many.
  fileprivate struct Look {
    let position: LivePosition
    let written: Int64
    let flushed: Int64
    let changes: [LiveChange]?
  }

  /// Who is behind a token now.
  fileprivate enum LookedUp: Sendable {
    case known(Principal)
    case nobody
    /// The database did not answer.
    case unavailable
  }

  /// What somebody who comes back has missed.
  fileprivate enum Missed {
    case news(LiveNews)
    /// It cannot be told any more.
    case unknown

    var isSomething: Bool { if case .news(let news) = self { !news.events.isEmpty } else { false } }
  }

  private let hub: LiveHub
  private var seal: LiveSeal?
  private var seats: [Seat] = []
  private var newcomers: [Seat] = []
  private var position: LivePosition?
  private var standingAt: ContinuousClock.Instant?

  /// What clients are told to come back to: a look whose log is on disk. After a crash PostgreSQL may give a number of a transaction that left
  /// nothing on disk to another one, which a later snapshot would take for seen.
  private var safe: (position: LivePosition, id: String)?
  private var unsafe: [(position: LivePosition, written: Int64, since: ContinuousClock.Instant)] = []
  /// The log writer has everything on disk long before.
  private static let surelyFlushed = Duration.seconds(2)
  private static let mostUnsafe = 50

  /// Rounds in a row that failed though the database is there: something lies there that cannot be told.
  private var stuck = 0
  private static let mostStuck = 20
  /// A look that takes longer is given up.
  private static let lookMilliseconds = 5000
  /// So many who come back are told in one round what they have missed, so that they hold up nobody's news.
  private static let mostResumedAtOnce = 4
  /// So many are looked up at once: requests need connections too.
  private static let mostLookedUpAtOnce = 4

  private var tenancy: Tenancy { hub.tenancy }
  private var limits: LiveHub.Limits { hub.limits }

  init(hub: LiveHub) {
    self.hub = hub
  }

  /// Throws when the database does not answer: then nothing was told, and the next round begins where this one did.
  mutating func run() async throws {
    newcomers += hub.takeNewcomers().map { Seat(stream: $0.stream, request: $0.request, principal: $0.request.principal) }
    newcomers.removeAll { $0.stream.ending != nil }
    seats.removeAll { $0.stream.ending != nil }
    guard !(seats.isEmpty && newcomers.isEmpty) else {
      (position, safe, unsafe) = (nil, nil, [])
      return
    }
    let look = try await look(since: position?.snapshot, until: nil)
    let isContinued = position.map { isTellable(since: $0, in: look) } ?? seats.isEmpty
    if !isContinued { (safe, unsafe) = (nil, []) }
    let news: LiveNews? =
      if isContinued, let changes = look.changes { try await self.news(of: changes) } else { nil }
    try await checkRights(isNeeded: news.map { !$0.events.isEmpty } ?? true)
    try await keepSafe(look)
    tell(news)
    (position, stuck) = (look.position, 0)
    try await welcomeNewcomers(at: look)
  }

  /// Whether what happened since can be told: of the same history, and not longer ago than anything is looked for.
  private func isTellable(since position: LivePosition, in look: Look) -> Bool {
    position.history == look.position.history && position.at >= look.position.at.adding(seconds: -limits.resumeSeconds)
  }

  /// The connection broke, and the database may have crashed: what was not on disk is looked at once more. Those who waited to begin are
  /// sent away; they come again.
  mutating func failed(_ error: any Error) {
    for newcomer in newcomers { newcomer.stream.end(.unavailable) }
    newcomers = []
    if position != nil, let safe { position = safe.position }
    unsafe = []
    if (error as? PostgresError)?.isOfDatabase != true { stuck += 1 }
    if stuck >= Self.mostStuck { (position, stuck) = (nil, 0) }
    // A sign of life all the same: the way to the client is open.
    beat()
  }

  // MARK: Looking

  private func look(since: String?, until: String?) async throws -> Look {
    let now = tenancy.clock.now()
    let limit = limits.changesPerLook
    let rows = try await tenancy.transaction(binding: [], side: .staff, readOnly: true, statementTimeoutMilliseconds: Self.lookMilliseconds) {
      try await $0.last(ChangesSince(since: since, until: until, now: now, limit: limit + 1))
    }
    var stand: (snapshot: String, history: String, written: Int64, flushed: Int64)?
    var changes: [LiveChange] = []
    for row in rows {
      switch row {
      case .stand(let snapshot, let history, let written, let flushed): stand = (snapshot, history, written, flushed)
      case .change(let change): changes.append(change)
      }
    }
    guard let stand else { throw Failure(.internal, OperationMessages.internalFault, debug: "a look without its stand") }
    return Look(
      position: LivePosition(at: now, history: stand.history, snapshot: stand.snapshot), written: stand.written, flushed: stand.flushed,
      changes: changes.count > limit ? nil : changes)
  }

  /// The changes as they are told: of tickets as they are now, read with their tenants bound.
  private func news(of changes: [LiveChange]) async throws -> LiveNews {
    var events = changes.compactMap { change in
      change.receiver.map { receiver in
        LiveEvent(kind: .inboxChanged, at: change.recordedAt, subject: .inbox(LiveEvent.Inbox(tenant: change.tenant, receiver: receiver)), audience: .all)
      }
    }
    let ofTickets = changes.filter { $0.receiver == nil }
    for process in LiveProcess.allCases {
      let byTenant = Dictionary(grouping: ofTickets.filter { process.mayBeOf($0.subjectKind) }, by: \.tenant)
      for bound in Self.boundable(byTenant.keys) {
        let chosen = bound.flatMap { byTenant[$0] ?? [] }
        events += try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) { transaction in
          switch process {
          case .incident: try await transaction.last(LiveIncidents(changes: chosen))
          case .request: try await transaction.last(LiveRequests(changes: chosen))
          case .problem: try await transaction.last(LiveProblems(changes: chosen))
          case .change: try await transaction.last(LiveChanges(changes: chosen))
          case .release: try await transaction.last(LiveReleases(changes: chosen))
          case .majorIncident: try await transaction.last(LiveMajors(changes: chosen))
          }
        }
      }
    }
    return LiveNews(events)
  }

  /// As many at a time as a transaction may be bound to.
  private static func boundable(_ tenants: some Sequence<TenantId>) -> [[TenantId]] {
    let sorted = tenants.sorted()
    return stride(from: 0, to: sorted.count, by: Tenancy.mostBoundTenants).map { Array(sorted[$0...].prefix(Tenancy.mostBoundTenants)) }
  }

  /// What some of those who come back have missed, by the id that they came with. One look for all with the same id; whose look fails is sent
  /// away.
  private mutating func resumed(at look: Look) async -> [String: Missed] {
    var missed: [String: Missed] = [:]
    for id in newcomers.compactMap(\.request.lastEventId) where missed[id] == nil {
      guard missed.count < Self.mostResumedAtOnce else { break }
      do {
        missed[id] = try await self.missed(since: id, at: look)
      } catch {
        missed[id] = .unknown
        for newcomer in newcomers where newcomer.request.lastEventId == id { newcomer.stream.end(.unavailable) }
      }
    }
    return missed
  }

  private mutating func missed(since id: String, at look: Look) async throws -> Missed {
    guard let from = try await opened(id), isTellable(since: from, in: look),
      let changes = try await self.look(since: from.snapshot, until: look.position.snapshot).changes
    else { return .unknown }
    return .news(try await news(of: changes))
  }

  private mutating func opened(_ id: String) async throws -> LivePosition? { try await theSeal()?.open(id) }

  private mutating func theSeal() async throws -> LiveSeal? {
    if let seal { return seal }
    guard let provider = try await tenancy.provider() else { return nil }
    let secrets = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) {
      try await $0.last(LiveSealSecrets(provider: provider.id))
    }
    seal = LiveSeal(secrets: secrets)
    return seal
  }

  private mutating func keepSafe(_ look: Look) async throws {
    let now = ContinuousClock.now
    if unsafe.count < Self.mostUnsafe { unsafe.append((look.position, look.written, now)) }
    var found: LivePosition?
    while let first = unsafe.first, first.written <= look.flushed || first.since.duration(to: now) > Self.surelyFlushed {
      found = first.position
      unsafe.removeFirst()
    }
    guard let found, let seal = try await theSeal() else { return }
    safe = (found, seal.seal(found))
  }

  // MARK: Rights

  /// Looks at the tokens of all listeners by one statement, and anew at those of whom it says something new. Before anything is told, unless
  /// it was done a moment ago; and now and then, so that an idle stream ends with its token.
  private mutating func checkRights(isNeeded: Bool) async throws {
    let now = ContinuousClock.now
    if let standingAt, standingAt.duration(to: now) < (isNeeded ? limits.rightsAge : limits.tokenCheck), newcomers.isEmpty { return }
    let standing = try await standing(of: seats + newcomers)
    // Nobody is looked up beside the others, and nobody twice for two streams of one token.
    var unknown: [StandingOfTokens.Token: LiveHub.Request] = [:]
    func judge(_ seat: inout Seat) {
      guard let token = seat.token, let text = standing[token] else { return seat.stream.end(.revoked) }
      if seat.standing?.text != text { seat.standing = (text, now) }
      if let since = seat.standing?.since, seat.mustBeLookedUp(since: since) { unknown[token] = seat.request }
    }
    for index in seats.indices { judge(&seats[index]) }
    for index in newcomers.indices { judge(&newcomers[index]) }
    let found = await Self.lookedUp(unknown)
    for index in seats.indices { seats[index].take(found, at: now) }
    for index in newcomers.indices { newcomers[index].take(found, at: now) }
    standingAt = now
  }

  /// What the database says of the tokens of all of them; those that do not count any more are not there.
  private func standing(of seats: [Seat]) async throws -> [StandingOfTokens.Token: String] {
    let at = tenancy.clock.now()
    let ofTenant = Dictionary(grouping: Set(seats.compactMap(\.token)), by: \.tenant)
    let ofUnits = Set(seats.filter(\.principal.isGrantedUnits).map(\.principal.tenant))
    var standing: [StandingOfTokens.Token: String] = [:]
    for bound in Self.boundable(ofTenant.keys) {
      let statement = StandingOfTokens(tokens: bound.flatMap { ofTenant[$0] ?? [] }, ofUnits: bound.filter(ofUnits.contains), now: at)
      let found = try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) { try await $0.last(statement) }
      for (token, text) in found { standing[token] = text }
    }
    return standing
  }

  /// The principals behind tokens of which the database said something new, a few at a time: a thousand who come back at once, after a restart,
  /// must not wait for each other.
  private static func lookedUp(_ unknown: [StandingOfTokens.Token: LiveHub.Request]) async -> [StandingOfTokens.Token: LookedUp] {
    await withTaskGroup(of: (StandingOfTokens.Token, LookedUp).self) { group in
      var found: [StandingOfTokens.Token: LookedUp] = [:]
      for (count, (token, request)) in unknown.enumerated() {
        if count >= Self.mostLookedUpAtOnce, let (token, known) = await group.next() { found[token] = known }
        group.addTask {
          do {
            return (token, try await request.authenticate().map { .known($0.asListener) } ?? .nobody)
          } catch {
            return (token, .unavailable)
          }
        }
      }
      for await (token, known) in group { found[token] = known }
      return found
    }
  }

  // MARK: Telling

  private mutating func tell(_ news: LiveNews?) {
    let (now, id) = (tenancy.clock.now(), safe?.id)
    for index in seats.indices {
      if let news {
        seats[index].tell(seats[index].wanted(of: news, at: now), id, hub)
      } else {
        seats[index].reset(id, hub)
      }
    }
    beat()
  }

  private mutating func beat() {
    let (now, id) = (ContinuousClock.now, safe?.id)
    for index in seats.indices where seats[index].toldAt.duration(to: now) >= limits.heartbeat {
      seats[index].stream.put(.heartbeat(id: id))
      seats[index].toldAt = now
    }
  }

  /// Lets those in who begin, and as many of those who come back as one round can tell what they missed.
  private mutating func welcomeNewcomers(at look: Look) async throws {
    guard !newcomers.isEmpty, let id = safe?.id else { return }
    let missed = await resumed(at: look)
    if missed.values.contains(where: \.isSomething) { try await checkRights(isNeeded: true) }
    let now = tenancy.clock.now()
    var waiting: [Seat] = []
    for var seat in newcomers where seat.stream.ending == nil {
      if let cameWith = seat.request.lastEventId {
        switch missed[cameWith] {
        case nil:
          waiting.append(seat)
          continue
        case .unknown: seat.reset(id, hub)
        case .news(let news):
          let wanted = seat.wanted(of: news, at: now)
          // Until it is told what it missed the client keeps the id that it came with.
          seat.stream.put(.opened(id: wanted.isEmpty ? id : nil))
          seat.tell(wanted, id, hub)
        }
      } else {
        seat.stream.put(.opened(id: id))
      }
      seats.append(seat)
    }
    newcomers = waiting
  }
}

extension LiveRound.Seat {
  fileprivate mutating func tell(_ events: [LiveEvent], _ id: String?, _ hub: LiveHub) {
    guard !events.isEmpty else { return }
    guard events.count <= hub.limits.pendingEvents / 2 else { return reset(id, hub) }
    stream.put(.events(events, id: id))
    toldAt = .now
    hub.told(events: events.count)
  }

  fileprivate mutating func reset(_ id: String?, _ hub: LiveHub) {
    stream.put(.reset(id: id))
    toldAt = .now
    hub.toldToReset()
  }
}

extension LiveRound.Seat {
  fileprivate var token: StandingOfTokens.Token? { principal.token.map { StandingOfTokens.Token(tenant: principal.tenant, id: $0) } }

  /// After the database has said something new; and once more a second later, for what the look-up gives may be a second old.
  fileprivate func mustBeLookedUp(since: ContinuousClock.Instant) -> Bool {
    guard let lookedUpAt else { return true }
    return since.duration(to: lookedUpAt) < .seconds(1)
  }

  fileprivate mutating func take(_ found: [StandingOfTokens.Token: LiveRound.LookedUp], at now: ContinuousClock.Instant) {
    switch token.flatMap({ found[$0] }) {
    case .known(let known): (principal, lookedUpAt) = (known, now)
    case .nobody: stream.end(.revoked)
    // What he missed he gets when he comes back.
    case .unavailable: stream.end(.unavailable)
    case nil: break
    }
  }

  fileprivate func wanted(of news: LiveNews, at now: Instant) -> [LiveEvent] {
    guard stream.ending == nil, news.events.contains(where: request.interest.wants) else { return [] }
    let rights = LiveRights(of: principal, at: now, processes: news.processes)
    let shown = news.events.filter { request.interest.wants($0) && rights.shows($0, to: request.interest) }
    return news.hasTwins ? LiveEvent.mergedForOne(shown) : shown
  }
}
