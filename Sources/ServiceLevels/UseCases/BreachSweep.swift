import Contracts
import Jobs
import Kernel
import Operations
import Postgres
import ServiceTime
import Tenancy

/// Finds the clocks whose budget ran out while nobody touched their subject, and records the miss at the instant at which
/// it happened, however much later that is.
package struct BreachSweep: Sweep {
  package static let kind = "service_levels.breach"
  package static let everySeconds: Int64 = 15

  private static let batch: Int32 = 1000
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    while true {
      try Task.checkCancellation()
      let due = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) {
        try await $0.query(DueClocks(now: now, limit: Self.batch))
      }
      var judged = 0
      for (tenant, clocks) in Dictionary(grouping: due, by: \.tenant).sorted(by: { $0.key < $1.key }) {
        judged += try await judge(clocks, of: tenant, at: now, tenancy)
      }
      // A batch that moved nothing (all of it touched since, or within the second of its breach) ends the sweep; the next one looks again.
      guard due.count == Int(Self.batch), judged > 0 else { return }
    }
  }

  private func judge(_ due: [DueClocks.Found], of tenant: TenantId, at now: Instant, _ tenancy: Tenancy) async throws -> Int {
    var judged = 0
    for found in due {
      judged += try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
        let (_, clocks) = try await transaction.query(
          HoldClock(tenant: tenant, id: found.id), DueClock(tenant: tenant, id: found.id, breachAt: found.breachAt))
        guard var clock = clocks.first else { return 0 }
        let calendar = try await ContractTerms.calendar(version: clock.clock.calendarVersion.rawValue, in: transaction)
        guard let breach = try clock.passed(now, calendar) else { return 0 }
        clock.save(on: transaction, tenant: tenant, recordedAt: now)
        transaction.record(clock.breachEvent(breach), tenant: tenant, actor: Self.actor, at: now)
        transaction.notify("scorecard", of: clock.subject.kind.rawValue, clock.subject.id, tenant: tenant, at: now)
        return 1
      }
    }
    return judged
  }
}

/// Clocks of any tenant that wait for a breach that is past.
struct DueClocks: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let breachAt: Instant
  }

  let now: Instant
  let limit: Int32

  static let sql = "select tenant_id, id, breach_at from finder.due_clocks($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), breachAt: try row.next()) }
}

extension SubjectClock {
  /// Lets time pass up to `now`.
  /// - Returns: the verdict, if the budget was exceeded.
  mutating func passed(_ now: Instant, _ calendar: CompiledCalendar) throws -> Verdict? {
    let transition = try clock.applying(.passed(now: now), calendar: calendar)
    follow(transition)
    return transition.verdicts.last
  }

  /// For the history: the subject's own events belong to its module.
  func breachEvent(_ verdict: Verdict) -> Event {
    Event(
      subjectKind: "clock", subject: id, seq: verdict.sequence, type: "sla.breached",
      payload: .object([
        "subjectKind": .text(subject.kind.rawValue), "metric": .text(clock.metric.rawValue), "priority": .integer(terms.priority),
        "breachedAt": .instant(verdict.breachedAt),
      ]), occurredAt: verdict.breachedAt ?? verdict.decidedAt)
  }
}
