import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Finds timers that have run beyond their limit and marks them, each once, at the instant at which the limit passed. Nothing is billed
/// of them: whoever started one says when the work ended.
package struct TimerSweep: Sweep {
  package static let kind = "time_entries.timer"
  package static let everySeconds: Int64 = 60
  package static let isPrompt = true

  private static let actor = Actor(kind: .system, id: 0, via: .job)

  private let batch: Int32

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int32 = 500) { self.batch = batch }

  /// One that cannot be marked holds up no other, and is found again by the next run.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    var rest = LeftUndone()
    var last: DueTimers.Found?
    repeat {
      try Task.checkCancellation()
      let look = DueTimers(now: now, after: last, limit: batch)
      let due = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for found in due {
        do {
          try await tenancy.transaction(binding: [found.tenant], side: .staff) { try await mark(found, at: now, in: $0) }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("timer of staff \(found.staff)", error)
        }
      }
      last = due.count < Int(batch) ? nil : due.last
    } while last != nil
    if !rest.isEmpty { throw rest }
  }

  private func mark(_ found: DueTimers.Found, at now: Instant, in transaction: Transaction) async throws {
    let mark = MarkForgotten(provider: found.tenant, staff: found.staff, now: now)
    guard let forgottenAt = try await transaction.first(mark) else { return }
    transaction.record(
      Event(
        // A member of staff has one timer at a time, and each is forgotten at an instant of its own.
        subjectKind: "timer", subject: found.staff, seq: forgottenAt.seconds, type: "timer.forgotten", payload: .object([Value.Member]()),
        occurredAt: forgottenAt), tenant: found.tenant, actor: Self.actor, at: now)
  }
}
