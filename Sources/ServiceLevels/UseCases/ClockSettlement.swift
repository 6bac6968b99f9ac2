import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Settles subjects whose clocks time has moved: found in batches across tenants, each done in a transaction of its own, so
/// that a step is small, nothing is done twice, and a stop loses nothing.
struct ClockSettlement: Sendable {
  private static let batch: Int32 = 1000

  let keepers: [ClockSubject.Kind: any ClockSubjectKeeper]

  /// - Parameter find: as many as the limit says; what is settled is not found again.
  func run(at now: Instant, _ tenancy: Tenancy, find: (Int32) async throws -> [DueSubject?]) async throws {
    try await Self.each(batch: Self.batch, find: find) { try await settle($0, at: now, tenancy) }
  }

  /// Goes through all that is found. What is at fault stops no other, and is told at the end.
  /// - Parameter settle: whether anything moved: a batch in which nothing does (all of it touched since, or within the second of its breach)
  ///   ends the sweep, and the next one looks again.
  static func each(batch: Int32, find: (Int32) async throws -> [DueSubject?], settle: (DueSubject) async throws -> Bool) async throws {
    var (rest, atFault) = (LeftUndone(), Set<DueSubject>())
    while true {
      try Task.checkCancellation()
      let found = try await find(batch)
      var settled = 0
      for due in Set(found.compactMap { $0 }).subtracting(atFault).sorted(by: { $0.place < $1.place }) {
        try Task.checkCancellation()
        do {
          if try await settle(due) { settled += 1 }
        } catch let error as PostgresError where error.isOfDatabase {
          // No other fares better.
          throw error
        } catch  where !Task.isCancelled {
          atFault.insert(due)
          rest.add("clocks of \(due.subject.kind.rawValue) \(due.subject.id)", error)
        }
      }
      guard found.count >= Int(batch), settled > 0 else { break }
    }
    if !rest.isEmpty { throw rest }
  }

  /// - Returns: whether anything moved.
  private func settle(_ due: DueSubject, at now: Instant, _ tenancy: Tenancy) async throws -> Bool {
    try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
      let keeper = keepers[due.subject.kind]
      try await keeper?.hold(due.subject, tenant: due.tenant, in: transaction)
      var clocks = try await SubjectClocks.load(due.subject, tenant: due.tenant, at: now, in: transaction)
      let before = clocks.clocks.map(\.clock.outcome)
      let missed = try clocks.settle(at: now)
      guard clocks.isTouched else { return false }
      clocks.save(on: transaction, tenant: due.tenant, recordedAt: now)
      keeper?.keep(dueAt: clocks.nextDueAt, of: due.subject, tenant: due.tenant, in: transaction)
      Self.tell(missed, changed: clocks.clocks.map(\.clock.outcome) != before, of: due, at: now, in: transaction)
      return true
    }
  }

  /// What others learn of verdicts that time alone brought about, whichever job finds them first.
  /// - Parameter changed: whether any verdict is another one than before.
  static func tell(_ missed: [SubjectClock], changed: Bool, of due: DueSubject, at now: Instant, in transaction: Transaction) {
    for clock in missed { clock.tellBreach(tenant: due.tenant, at: now, in: transaction) }
    // Scorecards count what customers were promised.
    if changed, due.subject.kind == .ticket {
      transaction.notify("scorecard", of: due.subject.kind.rawValue, due.subject.id, tenant: due.tenant, at: now)
    }
  }
}

extension ClockSubject {
  /// Who tells people of it, and who hands the ticket on: by promises to customers, not by those of turns.
  var consumers: [String] { kind == .ticket ? ["notifications", "escalations"] : [] }
}

extension SubjectClocks {
  /// The clocks whose promises are broken.
  package var missed: Set<Int64> { Set(clocks.filter { $0.clock.outcome == .missed }.map(\.id)) }

  /// Tells of promises that an act found broken before a sweep did, or made so.
  /// - Parameter told: those of which others have told.
  package func tellBreaches(besides told: Set<Int64>, tenant: TenantId, at now: Instant, in transaction: Transaction) {
    for clock in clocks where clock.clock.outcome == .missed && !told.contains(clock.id) { clock.tellBreach(tenant: tenant, at: now, in: transaction) }
  }
}

extension SubjectClock {
  /// Time breaks promises, whoever finds it.
  fileprivate func tellBreach(tenant: TenantId, at now: Instant, in transaction: Transaction) {
    guard let event = breachEvent else { return }
    transaction.record(event, for: subject.consumers, tenant: tenant, actor: Actor(kind: .system, id: 0, via: .job), at: now)
  }

  /// For the history: the subject's own events belong to its module. Nil unless the clock is missed.
  fileprivate var breachEvent: Event? {
    guard let verdict = clock.verdict, verdict.outcome == .missed else { return nil }
    return Event(
      subjectKind: "clock", subject: id, seq: verdict.sequence, type: "sla.breached",
      payload: .object([
        "subjectKind": .text(subject.kind.rawValue), "metric": .text(clock.metric.rawValue), "priority": .integer(terms.priority),
        "breachedAt": .instant(verdict.breachedAt),
      ]), occurredAt: verdict.breachedAt ?? verdict.decidedAt)
  }
}
