import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Records that a share of a clock's budget was passed, at the instant at which it was, however much later that is. Apart from the
/// sweep of breaches, which it must not hold up.
package struct WarnSweep: Sweep {
  package static let kind = "service_levels.warn"
  package static let everySeconds: Int64 = 15

  private static let batch: Int32 = 500
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  private let keepers: [ClockSubject.Kind: any ClockSubjectKeeper]

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper]) { self.keepers = keepers }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    while true {
      try Task.checkCancellation()
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) {
        try await $0.query(DueWarnings(now: now, limit: Self.batch))
      }
      for due in Set(found.compactMap { $0 }).sorted(by: { ($0.tenant, $0.subject.id) < ($1.tenant, $1.subject.id) }) {
        try Task.checkCancellation()
        try await warn(due, at: now, tenancy)
      }
      // What was done is not found again.
      guard found.count >= Int(Self.batch) else { return }
    }
  }

  private func warn(_ due: DueSubject, at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
      let keeper = keepers[due.subject.kind]
      try await keeper?.hold(due.subject, tenant: due.tenant, in: transaction)
      var clocks = try await SubjectClocks.load(due.subject, tenant: due.tenant, at: now, in: transaction)
      // A version of a calendar that took effect meanwhile moves warnings too, and judges what ran out before it; any other budget
      // that ran out is the breach sweep's affair.
      let before = clocks.clocks.map(\.clock.outcome)
      try clocks.catchUp(until: now)
      let missed = zip(clocks.clocks, before).filter { $0.clock.outcome == .missed && $1 != .missed }.map(\.0)
      ClockSettlement.tell(missed, changed: clocks.clocks.map(\.clock.outcome) != before, of: due, at: now, in: transaction)
      let passed = clocks.warn(at: now)
      clocks.touchDueWarnings(at: now)
      clocks.save(on: transaction, tenant: due.tenant, recordedAt: now)
      keeper?.keep(dueAt: clocks.nextDueAt, of: due.subject, tenant: due.tenant, in: transaction)
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
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id from finder.due_warnings($1, $2)"

  func bind(to parameters: inout Parameters) { DueClocks(now: now, limit: limit).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> DueSubject? { try DueSubject(&row) }
}
