import Kernel
import Postgres
import ServiceTime

/// The jobs of a tenant, oldest first.
package struct JobsOfTenant: Statement {
  package struct Found: Sendable {
    package let id: Int64
    package let kind: String
    package let state: String
    package let attempts: Int64
    package let maxAttempts: Int64
    package let runAt: Instant
    package let lastError: String?
    package let recordedAt: Instant
  }

  let tenant: TenantId
  let state: String?
  let after: Int64
  let limit: Int64

  package init(tenant: TenantId, state: String?, after: Int64, limit: Int64) {
    self.tenant = tenant
    self.state = state
    self.after = after
    self.limit = limit
  }

  package static let sql = """
    select id, kind, state, attempts, max_attempts, run_at, last_error, recorded_at from jobs.job
    where tenant_id = $1 and ($2::text is null or state = $2) and id > $3 order by id limit $4
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(state)
    parameters.append(after)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), kind: try row.next(), state: try row.next(), attempts: try row.next(), maxAttempts: try row.next(), runAt: try row.next(),
      lastError: try row.next(), recordedAt: try row.next())
  }
}

/// Jobs that nobody has begun for long, by their kinds and across tenants: no worker knows such a kind, or none is there. Those of sweeps are told of
/// by their schedules.
package struct WaitingJobs: Statement {
  package struct Found: Sendable {
    package let kind: String
    /// A thousand stands for more.
    package let count: Int64
    /// Since when the first of them is due.
    package let since: Instant
  }

  /// So long a job waits where workers keep up: longer than the pause before any other attempt.
  package static let patienceSeconds: Int64 = 900

  let now: Instant

  package init(now: Instant) { self.now = now }

  package static let sql = "select kind, waiting, since from finder.waiting_jobs($1, 100)"

  package func bind(to parameters: inout Parameters) { parameters.append(now.adding(seconds: -Self.patienceSeconds)) }

  package static func decode(_ row: inout RowReader) throws -> Found { Found(kind: try row.next(), count: try row.next(), since: try row.next()) }
}

/// Gives a dead job all its attempts again; no row: there is none, or it is not dead.
package struct RetryJob: Statement {
  let tenant: TenantId
  let id: Int64
  let now: Instant

  package init(tenant: TenantId, id: Int64, now: Instant) {
    self.tenant = tenant
    self.id = id
    self.now = now
  }

  package static let sql = """
    update jobs.job set state = 'ready', attempts = 0, run_at = $3, fence = fence + 1 where tenant_id = $1 and id = $2 and state = 'dead' returning id
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(now)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The schedules of a tenant by their kinds, each with its job, if one waits or runs.
package struct ScheduleListing: Statement {
  package struct Found: Sendable {
    package let kind: String
    package let everySeconds: Int64
    package let nextAt: Instant
    package let beganAt: Instant?
    package let endedAt: Instant?
    package let outcome: String?
    package let undone: Int64
    package let fault: String?
    /// Whether the worker that was started last runs it.
    package let isDeclared: Bool
    /// Of its job; nil: none waits or runs.
    package let state: String?
    package let runAt: Instant?
    package let attempts: Int64?
    /// Whether it may have a time of day.
    package let mayBeScheduled: Bool
    package let plan: Plan?

    /// When it runs next.
    package var dueAt: Instant { plan?.nextAt ?? nextAt }
  }

  /// The time of day at which it runs.
  package struct Plan: Sendable {
    /// `02:30`
    package let time: String
    package let zone: String
    /// The name of the calendar on whose open days it runs; nil: on every day.
    package let calendar: String?
    package let nextAt: Instant
  }

  let tenant: TenantId
  let after: String
  let limit: Int64

  package init(tenant: TenantId, after: String, limit: Int64) {
    self.tenant = tenant
    self.after = after
    self.limit = limit
  }

  package static let sql = """
    select s.kind, s.every_seconds, s.next_at, s.began_at, s.ended_at, s.outcome, s.undone, s.fault,
      not exists (
        select from jobs.schedule d where d.tenant_id = s.tenant_id and d.declared_at > coalesce(s.declared_at, '-infinity'::timestamptz)),
      j.state, j.run_at, j.attempts, s.may_be_scheduled, s.at_minute, s.zone, s.planned_at, c.name
    from jobs.schedule s left join jobs.job j on j.tenant_id = s.tenant_id and j.kind = s.kind and j.unique_key = 'schedule'
    left join contracts.pub_calendar c on c.calendar_id = s.calendar_id
    where s.tenant_id = $1 and s.kind > $2 order by s.kind limit $3
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(after)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      kind: try row.next(), everySeconds: try row.next(), nextAt: try row.next(), beganAt: try row.next(), endedAt: try row.next(),
      outcome: try row.next(), undone: try row.next(), fault: try row.next(), isDeclared: try row.next(), state: try row.next(), runAt: try row.next(),
      attempts: try row.next(), mayBeScheduled: try row.next(), plan: try plan(&row))
  }

  private static func plan(_ row: inout RowReader) throws -> Plan? {
    let minute: Int64? = try row.next()
    let zone: String? = try row.next()
    let nextAt: Instant? = try row.next()
    let calendar: String? = try row.next()
    guard let minute, let zone, let nextAt else { return nil }
    return Plan(time: DailyTime.text(minute), zone: zone, calendar: calendar, nextAt: nextAt)
  }
}

extension ScheduleListing.Found {
  /// What the clocks show when it runs next, in the zone of its time of day, otherwise in UTC.
  package var nextByTheClock: (date: CalendarDate, time: String, zone: String) {
    let zone = plan.flatMap { Zone.named($0.zone) }
    let local = zone?.wallClockSeconds(at: dueAt) ?? dueAt.seconds
    let date = CalendarDate(daysSinceEpoch: local.flooredQuotient(by: 86_400))
    return (date, DailyTime.text(local.flooredRemainder(by: 86_400) / 60), zone?.identifier ?? "UTC")
  }
}
