import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Records that a share of a clock's budget was passed, of which it warns or at which a rule of escalation acts, at the instant at which it was, however
/// much later that is. Apart from the
/// sweep of breaches, which it must not hold up.
package struct WarnSweep: LongSweep {
  package static let kind = "service_levels.warn"
  package static let everySeconds: Int64 = 15
  package static let isPrompt = true

  private static let actor = Actor(kind: .system, id: 0, via: .job)

  private let keepers: [ClockSubject.Kind: any ClockSubjectKeeper]
  private let round: ClockRound

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper], batch: Int32 = 500) {
    self.keepers = keepers
    round = ClockRound(batch: batch)
  }

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    try await round.go(at: now, &turn) { place, limit in
      try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(DueWarnings(now: now, after: place, limit: limit)) }
    } settle: { due in
      try await warn(due, at: now, tenancy)
    }
  }

  package func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool {
    try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(HasDueWarnings(stretch: stretch)).first ?? false }
  }

  private func warn(_ due: DueSubject, at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
      let keeper = keepers[due.subject.kind]
      try await keeper?.hold(due.subject, tenant: due.tenant, at: now, tenancy.random, in: transaction)
      var clocks = try await SubjectClocks.load(due.subject, tenant: due.tenant, at: now, in: transaction)
      // A version of a calendar that took effect meanwhile moves warnings too, and judges what ran out before it; any other budget
      // that ran out is the breach sweep's affair.
      let before = clocks.clocks.map(\.clock.outcome)
      try clocks.catchUp(until: now)
      let missed = zip(clocks.clocks, before).filter { $0.clock.outcome == .missed && $1 != .missed }.map(\.0)
      ClockSettlement.tell(missed, changed: clocks.clocks.map(\.clock.outcome) != before, of: due, at: now, in: transaction)
      let passed = clocks.warn(at: now)
      clocks.passShares(of: due.tenant, at: now)
      clocks.touchDueWarnings(at: now)
      clocks.save(on: transaction, tenant: due.tenant, recordedAt: now)
      keeper?.keep(clocks.standing, of: due.subject, tenant: due.tenant, in: transaction)
      for (clock, warning) in passed {
        transaction.record(clock.event(of: warning), for: due.subject.consumers, tenant: due.tenant, actor: Self.actor, at: now)
      }
    }
  }
}

extension SubjectClock {
  fileprivate func event(of warning: ClockWarning) -> Event {
    Event(
      subjectKind: "clock_warning", subject: id, seq: warning.percent, type: "sla.warned",
      payload: .object([
        "subjectKind": .text(subject.kind.rawValue), "metric": .text(clock.metric.rawValue), "priority": .integer(terms.priority),
        "percent": .integer(warning.percent), "dueAt": .instant(clock.dueAt),
      ]), occurredAt: warning.at)
  }
}

struct DueWarnings: Statement {
  let now: Instant
  let after: ClockPlace
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id, due_at, clock_id from finder.due_warnings($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) { DueClocks(now: now, after: after, limit: limit).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> DueClock { try DueClocks.decode(&row) }
}
