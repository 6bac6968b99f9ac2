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

  /// A subject without clocks: one that is new, or that nothing is promised for.
  package init(_ subject: ClockSubject) {
    self.subject = subject
    clocks = []
    calendars = CalendarSeries()
  }

  /// The live clocks, locked, with the calendars that they are counted by up to `now`: two round trips, one when there are
  /// none.
  package static func load(_ subject: ClockSubject, tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> SubjectClocks {
    var loaded = SubjectClocks(subject)
    (_, loaded.clocks) = try await transaction.query(HoldClocks(tenant: tenant, subject: subject), ClocksOfSubject(tenant: tenant, subject: subject))
    loaded.calendars = try await ContractTerms.series(
      of: Set(loaded.clocks.map(\.clock.calendarVersion.rawValue)).sorted(), until: now, in: transaction)
    return loaded
  }

  /// The live clocks, to look at: the last statement of a transaction that reads.
  package static func read(_ subject: ClockSubject, tenant: TenantId, in transaction: Transaction) async throws -> SubjectClocks {
    var loaded = SubjectClocks(subject)
    loaded.clocks = try await transaction.last(ClocksOfSubject(tenant: tenant, subject: subject))
    return loaded
  }

  /// When the next running clock is due.
  package var nextDueAt: Instant? { clocks.compactMap(\.clock.dueAt).min() }

  /// Whether events left something to be written.
  package var isTouched: Bool { clocks.contains(where: \.ledger.isTouched) }

  /// Response first, then resolution.
  package var records: [ClockRecord] {
    clocks.filter { $0.clock.state != .withdrawn }.sorted { $0.clock.metric.rawValue > $1.clock.metric.rawValue }.map(\.record)
  }

  // MARK: Events

  /// Starts a clock for each target of the priority.
  /// - Parameters:
  ///   - instant: the beginning of the subject, in the past where it is recorded late.
  package mutating func start(
    under line: LineTerms, priority: Int64, at instant: Instant, now: Instant, in transaction: Transaction
  ) async throws {
    // Ids travel along for as many as there can be: one left over costs less than a round trip.
    let ids = transaction.later(NextClockIds(count: Int64(Metric.allCases.count)))
    let (targets, found) = try await ContractTerms.promises(slaVersion: line.slaVersion, priority: priority, at: instant, in: transaction)
    if instant < now { try await loadCalendars(of: targets, until: now, in: transaction) }
    for target in targets {
      if let compiled = found[target.calendarVersion] {
        calendars.insert(
          CalendarSeries.Version(id: target.calendarVersion, calendar: target.calendar, validFrom: instant, compiled: compiled))
      }
    }
    for (target, id) in zip(targets, try ids.rows) { try start(id: id, under: line, target, at: instant, cause: "opened") }
    for index in clocks.indices { try clocks[index].catchUp(until: now, calendars) }
  }

  /// Tells the clocks what happened to their subject.
  package mutating func apply(_ act: ClockAct, at instant: Instant) throws(Failure) {
    try Self.refusing { for index in clocks.indices { try clocks[index].apply(act, at: instant, calendars) } }
  }

  /// The subject counts no more: its live clocks are withdrawn, and a miss stays a miss.
  package mutating func withdraw(_ reason: String, at instant: Instant) throws(Failure) {
    try Self.refusing {
      for index in clocks.indices where clocks[index].clock.state != .withdrawn { try clocks[index].withdraw(reason, keepsMiss: true, at: instant, calendars) }
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

  /// Brings the clocks under the targets of another priority or contract line. A clock that goes on keeps its start, its
  /// used time and its pauses. One that has no target any more is withdrawn; one that is new counts from the opening,
  /// through all that happened since.
  /// - Parameters:
  ///   - line: nil when nothing is promised any more.
  ///   - history: what happened to the subject since it was opened.
  ///   - cause: what a clock that is new runs by.
  package mutating func retarget(
    under line: LineTerms?, priority: Int64, openedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)],
    cause: String = "classified", in transaction: Transaction
  ) async throws {
    var targets: [TargetTerms] = []
    if let line { targets = try await ContractTerms.targets(slaVersion: line.slaVersion, priority: priority, at: openedAt, in: transaction) }
    try await loadCalendars(of: targets, until: instant, in: transaction)
    let metrics = Set(clocks.filter { $0.clock.state != .withdrawn }.map(\.clock.metric))
    let added = targets.filter { !metrics.contains($0.clockMetric) }
    let ids = added.isEmpty ? [] : try await transaction.query(NextClockIds(count: Int64(added.count)))
    try retarget(under: line, to: targets, ids: ids, openedAt: openedAt, at: instant, history: history, cause: cause)
  }

  /// The part of it that needs no database: `targets` are those of now, `ids` as many as of them are new.
  mutating func retarget(
    under line: LineTerms?, to targets: [TargetTerms], ids: [Int64], openedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)],
    cause: String = "classified"
  ) throws(Failure) {
    let metrics = Set(clocks.filter { $0.clock.state != .withdrawn }.map(\.clock.metric))
    let added = targets.filter { !metrics.contains($0.clockMetric) }
    try Self.refusing {
      for index in clocks.indices where clocks[index].clock.state != .withdrawn {
        if let line, let target = targets.first(where: { $0.clockMetric == clocks[index].clock.metric }) {
          try clocks[index].retarget(under: line, target, wait: Self.wait(in: history), at: instant, calendars)
        } else {
          try clocks[index].withdraw(line == nil ? "no_contract_line" : "no_target", at: instant, calendars)
        }
      }
      guard let line else { return }
      for (target, id) in zip(added, ids) {
        try start(id: id, under: line, target, at: openedAt, cause: cause)
        let last = clocks.count - 1
        for (act, at) in history { try clocks[last].apply(act, at: at, calendars) }
        try clocks[last].catchUp(until: instant, calendars)
      }
    }
  }

  /// What the subject waits for at the end of its history, and since when; nil when it does not wait.
  private static func wait(in history: [(act: ClockAct, at: Instant)]) -> (act: ClockAct, at: Instant)? {
    var wait: (act: ClockAct, at: Instant)?
    for (act, at) in history {
      switch act {
      case .paused: wait = (act, at)
      case .resumed, .resolved, .closed, .reopened: wait = nil
      case .responded: break
      }
    }
    return wait
  }

  private mutating func start(id: Int64, under line: LineTerms, _ target: TargetTerms, at instant: Instant, cause: String) throws {
    clocks.append(
      try SubjectClock.start(
        id: id, subject: subject, under: line, target, try calendars.coverage(target, at: instant), at: instant, cause: cause))
  }

  private mutating func loadCalendars(of targets: [TargetTerms], until instant: Instant, in transaction: Transaction) async throws {
    calendars.merge(
      try await ContractTerms.series(of: Set(targets.map(\.calendarVersion)).sorted(), until: instant, in: transaction))
  }

  /// A refusal of the clocks' rules as the caller may know it.
  private static func refusing(_ body: () throws -> Void) throws(Failure) {
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
