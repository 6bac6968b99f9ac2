import Contracts
import Kernel
import Operations
import Postgres
import ServiceTime

/// The clocks of one subject in the hands of a transaction. Events change them in memory; ``save(on:tenant:recordedAt:)``
/// hands the rows to the transaction. Whoever changes a subject holds its row locked, so nobody else does the same.
package struct SubjectClocks: Sendable {
  package let subject: ClockSubject
  package private(set) var clocks: [SubjectClock]
  private var calendars: [Int64: CompiledCalendar]

  /// A subject without clocks: one that is new, or that nothing is promised for.
  package init(_ subject: ClockSubject) {
    self.subject = subject
    clocks = []
    calendars = [:]
  }

  /// The live clocks, locked, with the calendars that they are counted by: two round trips, one when there are none.
  package static func load(_ subject: ClockSubject, tenant: TenantId, in transaction: Transaction) async throws -> SubjectClocks {
    var loaded = SubjectClocks(subject)
    (_, loaded.clocks) = try await transaction.query(HoldClocks(tenant: tenant, subject: subject), ClocksOfSubject(tenant: tenant, subject: subject))
    try await loaded.loadCalendars(loaded.clocks.map(\.clock.calendarVersion.rawValue), in: transaction)
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

  /// Response first, then resolution.
  package var records: [ClockRecord] {
    clocks.filter { $0.clock.state != .withdrawn }.sorted { $0.clock.metric.rawValue > $1.clock.metric.rawValue }.map(\.record)
  }

  // MARK: Events

  /// Starts a clock for each target of the priority.
  package mutating func start(under line: LineTerms, priority: Int64, at instant: Instant, in transaction: Transaction) async throws {
    // Ids travel along for as many as there can be: one left over costs less than a round trip.
    let ids = transaction.later(NextClockIds(count: Int64(Metric.allCases.count)))
    let (targets, found) = try await ContractTerms.promises(slaVersion: line.slaVersion, priority: priority, at: instant, in: transaction)
    calendars.merge(found) { first, _ in first }
    for (target, id) in zip(targets, try ids.rows) { try start(id: id, under: line, target, at: instant, cause: "opened") }
  }

  /// Tells the clocks what happened to their subject.
  package mutating func apply(_ act: ClockAct, at instant: Instant) throws(Failure) {
    for index in clocks.indices {
      let calendar = try calendar(of: clocks[index])
      do throws(ClockRefusal) { try clocks[index].apply(act, at: instant, calendar) } catch { throw error.failure }
    }
  }

  /// Brings the clocks under the targets of another priority or contract line. A clock that goes on keeps its start, its
  /// used time and its pauses. One that has no target any more is withdrawn; one that is new counts from the opening,
  /// through all that happened since.
  /// - Parameters:
  ///   - line: nil when nothing is promised any more.
  ///   - history: what happened to the subject since it was opened.
  package mutating func retarget(
    under line: LineTerms?, priority: Int64, openedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)],
    in transaction: Transaction
  ) async throws {
    var targets: [TargetTerms] = []
    if let line { targets = try await ContractTerms.targets(slaVersion: line.slaVersion, priority: priority, at: openedAt, in: transaction) }
    try await loadCalendars(targets.map(\.calendarVersion), in: transaction)
    let metrics = Set(clocks.filter { $0.clock.state != .withdrawn }.map(\.clock.metric))
    let added = targets.filter { !metrics.contains($0.clockMetric) }
    let ids = added.isEmpty ? [] : try await transaction.query(NextClockIds(count: Int64(added.count)))
    do {
      for index in clocks.indices where clocks[index].clock.state != .withdrawn {
        let current = try calendar(of: clocks[index])
        if let line, let target = targets.first(where: { $0.clockMetric == clocks[index].clock.metric }) {
          try clocks[index].retarget(
            under: line, target, try coverage(target), pausedFor: Self.pause(in: history), at: instant, from: current)
        } else {
          try clocks[index].withdraw(line == nil ? "no_contract_line" : "no_target", at: instant, current)
        }
      }
      if let line {
        for (target, id) in zip(added, ids) {
          try start(id: id, under: line, target, at: openedAt, cause: "classified")
          let last = clocks.count - 1
          for (act, at) in history { try clocks[last].apply(act, at: at, try calendar(of: clocks[last])) }
        }
      }
    } catch let refusal as ClockRefusal {
      throw refusal.failure
    }
  }

  /// Why the subject waits at the end of its history; nil when it does not.
  private static func pause(in history: [(act: ClockAct, at: Instant)]) -> String? {
    var reason: String?
    for (act, _) in history {
      switch act {
      case .paused(let cause): reason = cause
      case .resumed, .resolved, .closed, .reopened: reason = nil
      case .responded: break
      }
    }
    return reason
  }

  private mutating func start(id: Int64, under line: LineTerms, _ target: TargetTerms, at instant: Instant, cause: String) throws {
    clocks.append(try SubjectClock.start(id: id, subject: subject, under: line, target, try coverage(target), at: instant, cause: cause))
  }

  // MARK: Calendars

  private mutating func loadCalendars(_ versions: [Int64], in transaction: Transaction) async throws {
    let missing = Set(versions).subtracting(calendars.keys)
    guard !missing.isEmpty else { return }
    calendars.merge(try await ContractTerms.calendars(versions: missing.sorted(), in: transaction)) { first, _ in first }
  }

  private func calendar(of clock: SubjectClock) throws(Failure) -> CompiledCalendar { try calendar(version: clock.clock.calendarVersion.rawValue) }

  private func coverage(_ target: TargetTerms) throws(Failure) -> Coverage {
    Coverage(version: Id(target.calendarVersion), calendar: try calendar(version: target.calendarVersion))
  }

  /// Loaded with the clock, and the version is a foreign key: only a calendar that row security hides can be missing.
  private func calendar(version: Int64) throws(Failure) -> CompiledCalendar {
    guard let calendar = calendars[version] else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "calendar version \(version) is not to be seen")
    }
    return calendar
  }
}
