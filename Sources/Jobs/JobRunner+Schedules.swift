import Kernel
import Postgres
import ServiceTime
import Tenancy

extension JobRunner {
  /// Leaves the jobs of the sweeps whose time has come by their schedules. Whoever moves a schedule on leaves its job, in one transaction: so
  /// however many workers look, one job is left. A schedule that cannot be moved on holds up no other.
  package func enqueueScheduled() async throws {
    let now = tenancy.clock.now()
    let schedules = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(DueSchedules(now: now)) }
    for schedule in schedules where sweeps[schedule.kind] != nil {
      do {
        try await tenancy.transaction(binding: [schedule.tenant], side: .staff) { transaction in
          var isDue = try await transaction.execute(AdvanceSchedule(found: schedule, now: now)) == 1
          if !isDue { isDue = try await advancePlanned(schedule, now, in: transaction) }
          guard isDue else { return }
          transaction.enqueue(EnqueueScheduled(tenant: schedule.tenant, kind: schedule.kind, now: now))
        }
      } catch  where !Task.isCancelled {
        logger.error("schedule not moved on", metadata: ["kind": "\(schedule.kind)", "error": "\(error)"])
      }
    }
  }

  /// Moves the schedule of a time of day on.
  /// - Returns: whether it was to run since it was looked at: once, however often that was. A day on which its calendar is closed by now is
  ///   passed over.
  private func advancePlanned(_ found: DueSchedules.Found, _ now: Instant, in transaction: Transaction) async throws -> Bool {
    guard let held = try await transaction.first(HoldPlanned(found: found, now: now)) else { return false }
    guard let time = held.time else {
      // A zone that went out of the database of zones: it goes on day by day.
      let tomorrow = now.adding(seconds: 86_400)
      try await transaction.execute(AdvancePlanned(found: found, next: .init(lookAt: tomorrow, runAt: tomorrow), isDue: true, now: now))
      return true
    }
    let plan = SchedulePlan(time: time, calendar: held.calendar)
    let days = try await openDays(of: plan, from: held.lookAt, in: transaction)
    let isDue = plan.next(after: held.lookAt.adding(seconds: -1), on: days).runAt <= now
    try await transaction.execute(AdvancePlanned(found: found, next: plan.next(after: now, on: days), isDue: isDue, now: now))
    return isDue
  }

  private func openDays(of plan: SchedulePlan, from instant: Instant, in transaction: Transaction) async throws -> OpenDays? {
    guard let calendar = plan.calendar, let calendars else { return nil }
    do {
      return try await calendars.openDays(of: calendar, from: instant, in: transaction)
    } catch  where !Task.isCancelled {
      // One that cannot be read does not hold up its schedule.
      logger.error("calendar of a schedule not read", metadata: ["calendar": "\(calendar)", "error": "\(error)"])
      return nil
    }
  }
}
