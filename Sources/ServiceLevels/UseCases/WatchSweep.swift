import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Works out anew, for clocks that run, when they pass the next share at which a rule of escalation acts: those of before the rules were changed, and
/// whatever was written without looking at them. A share that passed meanwhile is then due at its true instant, and recorded at that.
package struct WatchSweep: LongSweep {
  package static let kind = "service_levels.watch"
  package static let everySeconds: Int64 = 15

  private let keepers: [ClockSubject.Kind: any ClockSubjectKeeper]
  private let round: ClockRound

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper], batch: Int32 = 500) {
    self.keepers = keepers
    round = ClockRound(batch: batch)
  }

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    try await round.go(at: now, &turn) { place, limit in
      try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(UnwatchedClocks(after: place, limit: limit)) }
    } settle: { due in
      try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
        try await keepers[due.subject.kind]?.hold(due.subject, tenant: due.tenant, at: now, tenancy.random, in: transaction)
        var clocks = try await SubjectClocks.load(due.subject, tenant: due.tenant, at: now, in: transaction)
        clocks.touchRunning()
        clocks.save(on: transaction, tenant: due.tenant, recordedAt: now)
      }
    }
  }
}

struct UnwatchedClocks: Statement {
  let after: ClockPlace
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id, revision, clock_id from finder.unwatched_clocks($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(after.order)
    parameters.append(after.tenant)
    parameters.append(after.clock)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueClock { try DueClock(&row) { try $0.next() } }
}
