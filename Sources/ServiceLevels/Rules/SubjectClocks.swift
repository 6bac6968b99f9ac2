import Contracts
import Kernel
import Operations
import Postgres
import ServiceTime

/// The clocks of one subject in the hands of a transaction. Events change them in memory; ``save(on:tenant:recordedAt:)``
/// hands the rows to the transaction. Whoever changes a subject holds its row locked, so nobody else does the same.
package struct SubjectClocks: Sendable {
  package let subject: ClockSubject
  package internal(set) var clocks: [SubjectClock]
  var calendars: CalendarSeries
  /// Metrics for which the target that was chosen last explicitly promises nothing.
  package internal(set) var explicitlyNone: [Metric] = []
  /// At which shares of them rules of escalation act.
  var watched = WatchedShares.unread
  /// Shares that passed before the act came, which are told when it is saved: afterwards the clock may not run any more. Each with the clock as it was
  /// then, and the share before it.
  private var passed: [(clock: SubjectClock, passing: ClockWarning, former: Int64?)] = []

  /// A subject without clocks: one that is new, or that nothing is promised for.
  package init(_ subject: ClockSubject) {
    self.subject = subject
    clocks = []
    calendars = CalendarSeries()
  }

  /// The live clocks, locked, with the calendars that they are counted by up to `now`, and misses that withdrawn ones left: two
  /// round trips, one when there are none.
  /// - Parameter shares: up to when shares are passed at which rules act; nil: up to `now`. Earlier where something happened before that the clocks have
  ///   not been told yet.
  package static func load(
    _ subject: ClockSubject, tenant: TenantId, at now: Instant, passing shares: Instant? = nil, in transaction: Transaction
  ) async throws -> SubjectClocks {
    try await load([subject], tenant: tenant, at: now, passing: shares, in: transaction)[subject] ?? SubjectClocks(subject)
  }

  /// The same for several subjects, in as many round trips.
  package static func load(
    _ subjects: [ClockSubject], tenant: TenantId, at now: Instant, passing until: Instant? = nil, in transaction: Transaction
  ) async throws -> [ClockSubject: SubjectClocks] {
    let (_, clocks, shares) = try await transaction.query(
      HoldClocks(tenant: tenant, subjects: subjects), ClocksOfSubjects(tenant: tenant, subjects: subjects), ReadWatchedShares())
    let versions = clocks.map(\.clock.calendarVersion.rawValue) + clocks.compactMap { $0.clock.nextCalendarVersion?.rawValue }
    let calendars = try await ContractTerms.series(of: Set(versions).sorted(), until: now, in: transaction)
    return bySubject(subjects, clocks, calendars, WatchedShares(shares)).mapValues { (loaded: SubjectClocks) -> SubjectClocks in
      var loaded = loaded
      loaded.passShares(of: tenant, at: until ?? now)
      return loaded
    }
  }

  /// The same to look at: the last statement of a transaction that reads.
  package static func read(_ subjects: [ClockSubject], tenant: TenantId, in transaction: Transaction) async throws -> [ClockSubject: SubjectClocks] {
    bySubject(subjects, try await transaction.last(ClocksOfSubjects(tenant: tenant, subjects: subjects)), CalendarSeries())
  }

  /// The clocks of one subject to look at, in a transaction that goes on.
  package static func look(at subject: ClockSubject, tenant: TenantId, in transaction: Transaction) async throws -> SubjectClocks {
    let clocks = try await transaction.query(ClocksOfSubjects(tenant: tenant, subjects: [subject]))
    return bySubject([subject], clocks, CalendarSeries())[subject] ?? SubjectClocks(subject)
  }

  private static func bySubject(
    _ subjects: [ClockSubject], _ clocks: [SubjectClock], _ calendars: CalendarSeries, _ watched: WatchedShares = .unread
  ) -> [ClockSubject: SubjectClocks] {
    let found = Dictionary(grouping: clocks, by: \.subject)
    return Dictionary(
      subjects.map { subject in
        var loaded = SubjectClocks(subject)
        loaded.clocks = found[subject] ?? []
        loaded.calendars = calendars
        loaded.watched = watched
        return (subject, loaded)
      }
    ) { first, _ in first }
  }

  /// The calendar by which its resolution is counted, or else what was promised first; nil: nothing is.
  package var coverage: CompiledCalendar? {
    let counting = clocks.filter { $0.clock.state != .withdrawn }
    guard let clock = counting.first(where: { $0.clock.metric == .resolution }) ?? counting.first else { return nil }
    return calendars[clock.clock.calendarVersion.rawValue]
  }

  /// What the subject's row shows of them.
  package var standing: ClockStanding {
    let due = clocks.compactMap { clock in clock.clock.dueAt.map { (at: $0, metric: clock.clock.metric) } }
    // Of what is due at the same instant the first is told.
    let next = due.min { $0.at == $1.at ? Metric.inOrder($0.metric, $1.metric) : $0.at < $1.at }
    let counting = clocks.filter { $0.clock.state == .running || $0.clock.state == .paused }
    return ClockStanding(dueAt: next?.at, dueMetric: next?.metric, warnedPercent: counting.compactMap(\.warnedPercent).max())
  }

  /// The version of the contract line by which the customer was promised what counts; nil: nothing does.
  package var lineVersion: Int64? {
    let versions = clocks.compactMap { clock -> Int64? in
      if case .line(let version, _, _) = clock.terms.promise { version } else { nil }
    }
    return versions.first
  }

  /// When something last happened to a clock that counts.
  package var lastEventAt: Instant? { clocks.filter { $0.clock.state != .withdrawn }.map(\.clock.lastEventAt).max() }

  /// Whether events left something to be written.
  package var isTouched: Bool { clocks.contains(where: \.ledger.isTouched) }

  /// Response first, resolution last: what counts of each metric, a live clock, or the miss that a withdrawn one left.
  package var records: [ClockRecord] {
    clocks.filter { !$0.isGone && !isFollowed($0) }.sorted { Metric.inOrder($0.clock.metric, $1.clock.metric) }.map(\.record)
  }

  /// Whether a later clock of the metric took the place of a withdrawn one.
  private func isFollowed(_ clock: SubjectClock) -> Bool {
    clock.clock.state == .withdrawn && clocks.contains { $0.clock.metric == clock.clock.metric && $0.id > clock.id && !$0.isGone }
  }

  // MARK: Events

  /// Starts a clock for each target that counts for the subject.
  /// - Parameters:
  ///   - instant: the beginning of the subject, in the past where it is recorded late.
  ///   - history: what happened to it since, in order, where that is recorded with it.
  package mutating func start(
    under line: LineTerms, facts: TargetFacts, at instant: Instant, now: Instant, history: [(act: ClockAct, at: Instant)] = [],
    in transaction: Transaction
  ) async throws {
    // Ids travel along for as many as there can be: one left over costs less than a round trip.
    let ids = transaction.later(NextClockIds(count: Int64(Metric.allCases.count)))
    let shares = transaction.later(ReadWatchedShares())
    let (targets, none, found) = try await ContractTerms.promises(slaVersion: line.slaVersion, facts: facts, at: instant, in: transaction)
    explicitlyNone = none.map(\.clockMetric)
    if instant < now { try await loadCalendars(Set(targets.map(\.calendarVersion)), until: now, in: transaction) }
    for target in targets {
      if let compiled = found[target.calendarVersion] {
        calendars.insert(
          CalendarSeries.Version(id: target.calendarVersion, calendar: target.calendar, validFrom: instant, compiled: compiled))
      }
    }
    watched = WatchedShares(try shares.rows)
    for (target, id) in zip(targets, try ids.rows) { try start(id: id, Goal(line, target), at: instant, cause: "opened") }
    for (act, at) in history { try apply(act, at: at) }
    for index in clocks.indices { try clocks[index].catchUp(until: now, calendars) }
  }

  /// Starts a clock for each goal of a turn that begins.
  mutating func start(_ goals: [Goal], at instant: Instant, cause: String, in transaction: Transaction) async throws {
    guard !goals.isEmpty else { return }
    let (ids, shares) = (transaction.later(NextClockIds(count: Int64(goals.count))), transaction.later(ReadWatchedShares()))
    try await loadCalendars(Set(goals.map(\.calendarVersion)), until: instant, in: transaction)
    watched = WatchedShares(try shares.rows)
    for (goal, id) in zip(goals, try ids.rows) { try start(id: id, goal, at: instant, cause: cause) }
  }

  /// Tells the clocks what happened to their subject.
  package mutating func apply(_ act: ClockAct, at instant: Instant) throws(Failure) {
    try Self.refusing { for index in clocks.indices { try clocks[index].apply(act, at: instant, calendars) } }
  }

  /// The subject counts no more: its live clocks are withdrawn, and a miss stays a miss.
  /// - Parameters:
  ///   - onlyOpen: what was kept by then stays kept too.
  ///   - metric: nil: those of all metrics.
  package mutating func withdraw(_ reason: String, onlyOpen: Bool = false, of metric: Metric? = nil, at instant: Instant) throws(Failure) {
    try Self.refusing {
      for index in clocks.indices where metric.map({ $0 == clocks[index].clock.metric }) ?? true {
        guard clocks[index].clock.state != .withdrawn, !(onlyOpen && clocks[index].clock.state == .stopped) else { continue }
        try clocks[index].withdraw(reason, keepsMiss: true, at: instant, calendars)
      }
    }
  }

  /// Lets time pass up to `now`: versions of calendars take effect, waits come to their limits, budgets run out.
  /// - Returns: the clocks that were missed by it.
  package mutating func settle(at now: Instant) throws -> [SubjectClock] {
    var missed: [SubjectClock] = []
    for index in clocks.indices {
      let before = clocks[index].clock.outcome
      guard clocks[index].clock.state == .running || clocks[index].clock.state == .paused else { continue }
      try clocks[index].catchUp(until: now, calendars)
      clocks[index].follow(try clocks[index].clock.applying(.passed(now: now), calendar: try calendars.calendar(of: clocks[index].clock)))
      if before != .missed, clocks[index].clock.outcome == .missed { missed.append(clocks[index]) }
    }
    return missed
  }

  /// What takes effect by itself: versions of calendars, limits of waits.
  mutating func catchUp(until now: Instant) throws { for index in clocks.indices { try clocks[index].catchUp(until: now, calendars) } }

  /// Clocks whose warning was due and is none: they are written, so that nobody looks again.
  mutating func touchDueWarnings(at now: Instant) {
    for index in clocks.indices where [clocks[index].nextWarnAt, clocks[index].nextShareAt].contains(where: { $0.map { $0 <= now } ?? false }) {
      clocks[index].ledger.isTouched = true
    }
  }

  /// Clocks of which it is to be worked out anew when they pass a share.
  mutating func touchRunning() { for index in clocks.indices where clocks[index].clock.state == .running { clocks[index].ledger.isTouched = true } }

  /// Sets when each clock that events moved passes a share next: one of which it warns, and one at which a rule acts.
  mutating func scheduleWarnings(of tenant: TenantId) {
    takeBackPassed()
    let revision = watched.revision(of: tenant)
    for index in clocks.indices where clocks[index].ledger.isTouched {
      clocks[index].nextWarnAt = clocks[index].nextWarning(in: calendars)?.at
      clocks[index].nextShareAt = clocks[index].nextShare(of: watched, tenant: tenant, in: calendars)?.passing.at
      if let revision { clocks[index].shareRevision = revision }
    }
  }

  /// Passes the shares at which rules act that lie behind `now`: each once, at the instant at which it was passed. Of a clock that was imported, or is
  /// older than the watch, what passed by now is nobody's affair: it would be a storm. What a version of its calendar moves waits for that.
  package mutating func passShares(of tenant: TenantId, at now: Instant) {
    for index in clocks.indices {
      // What was used before it came to rest was told before that, where there was a rule by then: of a rule that was made since it is nobody's affair.
      // What another target made of it since is passed as soon as it runs.
      while clocks[index].isAtRest, let next = watched.next(of: clocks[index], tenant: tenant),
        !clocks[index].isWatched || next.since > clocks[index].clock.stateSince, clocks[index].hasUsed(next.percent)
      {
        clocks[index].passedPercent = next.percent
      }
      while let next = clocks[index].nextShare(of: watched, tenant: tenant, in: calendars), next.passing.at <= now,
        calendars.successor(of: clocks[index].clock.calendarVersion.rawValue, until: next.passing.at) == nil
      {
        let former = clocks[index].passedPercent
        clocks[index].passedPercent = next.passing.percent
        if clocks[index].isWatched, next.passing.at >= next.since { passed.append((clocks[index], next.passing, former)) }
      }
    }
  }

  /// Takes the shares that passed, of clocks that are written: the others are found again.
  mutating func takePassed() -> [(clock: SubjectClock, passing: ClockWarning)] {
    defer { passed = [] }
    let written = Set(clocks.filter(\.ledger.isTouched).map(\.id))
    return passed.filter { written.contains($0.clock.id) }.map { ($0.clock, $0.passing) }
  }

  /// What passed only as long as an act was not recorded that came before it did not pass: it is found again by what is known now.
  private mutating func takeBackPassed() {
    var rest: [(clock: SubjectClock, passing: ClockWarning, former: Int64?)] = []
    for one in passed {
      guard let index = clocks.firstIndex(where: { $0.id == one.clock.id }), clocks[index].clock.lastEventAt > one.clock.clock.lastEventAt,
        clocks[index].clock.lastEventAt < one.passing.at
      else {
        rest.append(one)
        continue
      }
      // A new gap between two words has none.
      if let percent = clocks[index].passedPercent, percent >= one.passing.percent { clocks[index].passedPercent = one.former }
    }
    passed = rest
  }

  /// Passes the shares of the budgets that lie behind `now`: each once, at the instant at which it was passed.
  package mutating func warn(at now: Instant) -> [(clock: SubjectClock, warning: ClockWarning)] {
    var passed: [(clock: SubjectClock, warning: ClockWarning)] = []
    for index in clocks.indices {
      while let warning = clocks[index].nextWarning(in: calendars), warning.at <= now {
        clocks[index].warnedPercent = warning.percent
        clocks[index].ledger.isTouched = true
        passed.append((clocks[index], warning))
      }
    }
    return passed
  }

  /// Brings the clocks under the targets of other facts or another contract line. A clock that goes on keeps its start, its
  /// used time and its pauses. One that has no target any more is withdrawn, and a miss stays a miss; one that is new counts
  /// from the opening, through all that happened since.
  /// - Parameters:
  ///   - line: nil when nothing is promised any more.
  ///   - history: what happened to the subject since it was opened.
  ///   - cause: what a clock that is new runs by.
  ///   - metrics: of which no clock begins, whatever is promised; those that there are go on under the new targets.
  package mutating func retarget(
    under line: LineTerms?, facts: TargetFacts, openedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)],
    cause: String = "classified", beginningNone metrics: Set<Metric> = [], in transaction: Transaction
  ) async throws {
    explicitlyNone = []
    var goals: [Goal] = []
    if let line {
      let choices = try await ContractTerms.choices(slaVersion: line.slaVersion, facts: facts, at: openedAt, in: transaction)
      goals = choices.compactMap { $0.terms(for: facts) }.map { Goal(line, $0) }
      explicitlyNone = choices.filter(\.isExplicitlyNone).map(\.metric.clockMetric)
    }
    if !metrics.isEmpty {
      let live = Set(clocks.filter { $0.clock.state != .withdrawn }.map(\.clock.metric))
      goals.removeAll { metrics.contains($0.metric) && !live.contains($0.metric) }
    }
    try await retarget(
      to: goals, startedAt: openedAt, at: instant, history: history, cause: cause, withdrawal: line == nil ? "no_contract_line" : Self.noTarget,
      in: transaction)
  }

  /// Why a clock is withdrawn that no target is for any more.
  static let noTarget = "no_target"
  /// Why one is withdrawn whose target explicitly promises nothing.
  private static let none = "explicitly_none"

  /// Brings the clocks under other goals, at most one of each metric.
  /// - Parameter withdrawal: why a clock is withdrawn that no goal is for any more.
  mutating func retarget(
    to goals: [Goal], startedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)], cause: String = "classified",
    withdrawal: String = noTarget, in transaction: Transaction
  ) async throws {
    try await loadCalendars(Set(goals.map(\.calendarVersion)), until: instant, in: transaction)
    let metrics = Set(clocks.filter { $0.clock.state != .withdrawn }.map(\.clock.metric))
    let added = goals.filter { !metrics.contains($0.metric) }
    var ids: [Int64] = []
    if !added.isEmpty {
      let (found, shares) = try await transaction.query(NextClockIds(count: Int64(added.count)), ReadWatchedShares())
      // Those of a subject that is new were not loaded.
      (ids, watched) = (found, WatchedShares(shares))
    }
    try retarget(to: goals, ids: ids, startedAt: startedAt, at: instant, history: history, cause: cause, withdrawal: withdrawal)
  }

  /// The part of it that needs no database: `ids` are as many as of the goals are new.
  mutating func retarget(
    to goals: [Goal], ids: [Int64], startedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)], cause: String = "classified",
    withdrawal: String = noTarget
  ) throws(Failure) {
    let metrics = Set(clocks.filter { $0.clock.state != .withdrawn }.map(\.clock.metric))
    let added = goals.filter { !metrics.contains($0.metric) }
    try Self.refusing {
      for index in clocks.indices where clocks[index].clock.state != .withdrawn {
        if let goal = goals.first(where: { $0.metric == clocks[index].clock.metric }) {
          try clocks[index].retarget(to: goal, wait: Self.wait(in: history), at: instant, calendars)
        } else {
          let reason = explicitlyNone.contains(clocks[index].clock.metric) ? Self.none : withdrawal
          try clocks[index].withdraw(reason, keepsMiss: true, at: instant, calendars)
        }
      }
      for (goal, id) in zip(added, ids) {
        try start(id: id, goal, at: startedAt, cause: cause)
        let last = clocks.count - 1
        for (act, at) in history { try clocks[last].apply(act, at: at, calendars) }
        try clocks[last].catchUp(until: instant, calendars)
      }
    }
  }

  /// What the subject waits for at the end of its history, and since when; nil when it does not wait.
  package static func wait(in history: [(act: ClockAct, at: Instant)]) -> (act: ClockAct, at: Instant)? {
    var wait: (act: ClockAct, at: Instant)?
    for (act, at) in history {
      switch act {
      case .paused: wait = (act, at)
      case .resumed, .resolved, .closed, .reopened, .ended: wait = nil
      case .responded, .updated: break
      }
    }
    return wait
  }

  mutating func start(id: Int64, _ goal: Goal, at instant: Instant, cause: String) throws {
    clocks.append(
      try SubjectClock.start(id: id, subject: subject, goal, try calendars.coverage(goal.calendarVersion, at: instant), at: instant, cause: cause))
  }

  mutating func loadCalendars(_ versions: Set<Int64>, until instant: Instant, in transaction: Transaction) async throws {
    calendars.merge(try await ContractTerms.series(of: versions.sorted(), until: instant, in: transaction))
  }

  /// A refusal of the clocks' rules as the caller may know it.
  static func refusing(_ body: () throws -> Void) throws(Failure) {
    do {
      try body()
    } catch let refusal as ClockRefusal {
      throw refusal.failure
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.internal, OperationMessages.internalFault, debug: "\(error)")
    }
  }
}
