import Kernel
import Postgres
import ServiceTime

/// Gives a sweep a time of day, or its interval back. No row: there is no such sweep that may have one.
package struct PlanSchedule: Statement {
  let tenant: TenantId
  let kind: String
  let plan: SchedulePlan?
  let next: SchedulePlan.Next?
  let now: Instant

  package init(tenant: TenantId, kind: String, plan: SchedulePlan, next: SchedulePlan.Next, now: Instant) {
    self.tenant = tenant
    self.kind = kind
    self.plan = plan
    self.next = next
    self.now = now
  }

  /// By its interval: at once, for its time of day may have been long ago.
  package init(intervalOf kind: String, tenant: TenantId, now: Instant) {
    self.tenant = tenant
    self.kind = kind
    self.plan = nil
    self.next = nil
    self.now = now
  }

  package static let sql = """
    update jobs.schedule set at_minute = $3, zone = $4, calendar_id = $5, planned_at = $6, next_at = $7
    where tenant_id = $1 and kind = $2 and may_be_scheduled returning kind
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(kind)
    parameters.append(plan?.time.minute)
    parameters.append(plan?.time.zone.identifier)
    parameters.append(plan?.calendar)
    parameters.append(next?.runAt)
    parameters.append(next?.lookAt ?? now)
  }

  package static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// The sweeps that may have a time of day, by their kinds.
package struct SchedulableKinds: Statement {
  let tenant: TenantId

  package init(tenant: TenantId) { self.tenant = tenant }

  package static let sql = "select kind from jobs.schedule where tenant_id = $1 and may_be_scheduled order by kind"

  package func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  package static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// The schedule of a time of day, if a worker is still to look at it; held, so that one alone does.
struct HoldPlanned: Statement {
  struct Held: Sendable {
    /// Since when it waits to be looked at.
    let lookAt: Instant
    /// Nil where the zone is not known any more.
    let time: DailyTime?
    let calendar: Int64?
  }

  let found: DueSchedules.Found
  let now: Instant

  static let sql = """
    select next_at, at_minute, zone, calendar_id from jobs.schedule
    where tenant_id = $1 and kind = $2 and next_at <= $3 and at_minute is not null and zone is not null for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(found.tenant)
    parameters.append(found.kind)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Held {
    let lookAt: Instant = try row.next()
    let minute: Int64 = try row.next()
    let zone: String = try row.next()
    return Held(lookAt: lookAt, time: Zone.named(zone).flatMap { DailyTime(minute: minute, zone: $0) }, calendar: try row.next())
  }
}

/// Moves the schedule of a time of day on.
struct AdvancePlanned: Statement {
  let found: DueSchedules.Found
  let next: SchedulePlan.Next
  let isDue: Bool
  let now: Instant

  static let sql = """
    update jobs.schedule set next_at = $3, planned_at = $4, last_at = case when $5 then $6 else last_at end where tenant_id = $1 and kind = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(found.tenant)
    parameters.append(found.kind)
    parameters.append(next.lookAt)
    parameters.append(next.runAt)
    parameters.append(isDue)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}
