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

  private static let batch: Int32 = 500
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    while true {
      try Task.checkCancellation()
      let due = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) {
        try await $0.query(DueTimers(now: now, limit: Self.batch))
      }
      for found in due {
        try await tenancy.transaction(binding: [found.tenant], side: .staff) { transaction in
          let mark = MarkForgotten(provider: found.tenant, staff: found.staff, now: now)
          guard let forgottenAt = try await transaction.first(mark) else { return }
          transaction.record(
            Event(
              // A member of staff has one timer at a time, and each is forgotten at an instant of its own.
              subjectKind: "timer", subject: found.staff, seq: forgottenAt.seconds, type: "timer.forgotten", payload: .object([Value.Member]()),
              occurredAt: forgottenAt), tenant: found.tenant, actor: Self.actor, at: now)
        }
      }
      guard due.count == Int(Self.batch) else { return }
    }
  }
}
