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
        guard var clock = try await transaction.first(ClockDueForChange(tenant: tenant, id: found.id, breachAt: found.breachAt)) else { return 0 }
        guard try clock.passed(now) else { return 0 }
        clock.save(on: transaction, tenant: tenant, recordedAt: now)
        let event = clock.breachEvent
        transaction.enqueue(InsertEvent(event: event, tenant: tenant, actor: .system, recordedAt: now))
        transaction.enqueue(InsertOutbox(subjectOf: clock, consumer: "scorecard", tenant: tenant, recordedAt: now))
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
