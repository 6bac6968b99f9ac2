import Jobs
import Kernel
import Operations
import Postgres
import Synchronization
import Tenancy

/// Works out anew, for clocks that run, when they pass the next share at which a rule of escalation acts: those of before the rules were changed, and
/// whatever was written without looking at them. A share that passed meanwhile is then due at its true instant, and recorded at that.
package struct WatchSweep: LongSweep {
  package static let kind = "service_levels.watch"
  package static let everySeconds: Int64 = 15

  private let keepers: [ClockSubject.Kind: any ClockSubjectKeeper]
  private let round: ClockRound
  private let quiet = QuietRounds()

  package init(keepers: [ClockSubject.Kind: any ClockSubjectKeeper], batch: Int32 = 500) {
    self.keepers = keepers
    round = ClockRound(batch: batch)
  }

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    let changedSince = quiet.changedSince(at: now)
    // One that goes on behind a place has not seen what lies before it.
    var isQuiet = turn.place == nil
    try await round.go(at: now, &turn) { place, limit in
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) {
        try await $0.query(UnwatchedClocks(changedSince: changedSince, after: place, limit: limit))
      }
      if !found.isEmpty { isQuiet = false }
      return found
    } settle: { due in
      try await tenancy.transaction(binding: [due.tenant], side: .staff) { transaction in
        try await keepers[due.subject.kind]?.hold(due.subject, tenant: due.tenant, at: now, tenancy.random, in: transaction)
        var clocks = try await SubjectClocks.load(due.subject, tenant: due.tenant, at: now, in: transaction)
        clocks.touchRunning()
        clocks.save(on: transaction, tenant: due.tenant, recordedAt: now)
      }
    }
    if isQuiet { quiet.add(at: now, changedSince: changedSince) }
  }
}

/// When rounds found nothing, in the memory of one worker: of rules for one customer, of which there may be some for each of thousands, only those that
/// have changed since are asked about.
final class QuietRounds: Sendable {
  private struct Quiet {
    var lastAt: Instant
    /// The last one that asked about all customers.
    var ofAllAt: Instant
  }

  /// So much longer than an act may take, and than clocks of servers differ: an act that read the rules as they were may end after the round.
  private static let overlap: Int64 = 600
  /// So often all are asked about, whatever has changed.
  private static let longest: Int64 = 3600

  private let quiet = Mutex<Quiet?>(nil)

  /// Since when a customer's rules must have changed for him to be asked about; nil: all are.
  func changedSince(at now: Instant) -> Instant? {
    quiet.withLock { quiet in
      guard let quiet, quiet.lastAt <= now, now < quiet.ofAllAt.adding(seconds: Self.longest) else { return nil }
      return quiet.lastAt.adding(seconds: -Self.overlap)
    }
  }

  /// A whole round found nothing.
  func add(at now: Instant, changedSince: Instant?) {
    quiet.withLock { quiet in quiet = Quiet(lastAt: now, ofAllAt: changedSince == nil ? now : quiet?.ofAllAt ?? now) }
  }
}

struct UnwatchedClocks: Statement {
  /// Of rules for one customer only what has changed since then; nil: all.
  let changedSince: Instant?
  let after: ClockPlace
  let limit: Int32

  static let sql = "select tenant_id, subject_kind, subject_id, revision, clock_id from finder.unwatched_clocks($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(changedSince)
    parameters.append(after.order)
    parameters.append(after.tenant)
    parameters.append(after.clock)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueClock { try DueClock(&row) { try $0.next() } }
}
