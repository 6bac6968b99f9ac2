import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Settles subjects whose clocks time has moved: found in batches across tenants, each done in a transaction of its own, so
/// that a step is small, nothing is done twice, and a stop loses nothing.
struct ClockSettlement: Sendable {
  let keepers: [ClockSubject.Kind: any ClockSubjectKeeper]
  let round: ClockRound

  init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper], batch: Int32) {
    self.keepers = keepers
    round = ClockRound(batch: batch)
  }

  /// - Parameter find: as many behind a place as the limit says.
  func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn, find: (ClockPlace, Int32) async throws -> [DueClock]) async throws {
    try await round.go(at: now, &turn, find: find) { try await settle($0, at: now, tenancy) }
  }

  private func settle(_ due: DueSubject, at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
      let keeper = keepers[due.subject.kind]
      try await keeper?.hold(due.subject, tenant: due.tenant, at: now, tenancy.random, in: transaction)
      var clocks = try await SubjectClocks.load(due.subject, tenant: due.tenant, at: now, in: transaction)
      let before = clocks.clocks.map(\.clock.outcome)
      let missed = try clocks.settle(at: now)
      guard clocks.isTouched else { return }
      clocks.save(on: transaction, tenant: due.tenant, recordedAt: now)
      keeper?.keep(clocks.standing, of: due.subject, tenant: due.tenant, in: transaction)
      Self.tell(missed, changed: clocks.clocks.map(\.clock.outcome) != before, of: due, at: now, in: transaction)
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
  /// Who tells people of promises to customers; and who hands on what they are of, by those and by what turns promise.
  var consumers: [String] {
    switch kind {
    case .ticket, .request: ["notifications", "escalations"]
    case .assignment, .dispatch: ["escalations"]
    }
  }
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
