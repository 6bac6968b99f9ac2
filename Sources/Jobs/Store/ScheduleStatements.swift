import Kernel
import Postgres

struct DueSchedules: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let kind: String
  }

  let now: Instant

  static let sql = "select tenant_id, kind from finder.due_schedules($1, 100)"

  func bind(to parameters: inout Parameters) { parameters.append(now) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), kind: try row.next()) }
}

/// Moves the schedule of an interval on if it is still due. However long the server was down, the next time lies ahead of now: a missed
/// window runs once.
struct AdvanceSchedule: Statement {
  let found: DueSchedules.Found
  let now: Instant

  static let sql = """
    update jobs.schedule set last_at = $3, next_at = $3 + every_seconds * interval '1 second'
    where tenant_id = $1 and kind = $2 and next_at <= $3 and at_minute is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(found.tenant)
    parameters.append(found.kind)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Declares a schedule, as each worker does when it starts; its interval follows the code, and so does whether it may have a time of day: one that
/// may no longer loses it.
struct DeclareSchedule: Statement {
  let tenant: TenantId
  let kind: String
  let everySeconds: Int64
  let mayBeScheduled: Bool
  let now: Instant

  static let sql = """
    insert into jobs.schedule (tenant_id, kind, every_seconds, next_at, declared_at, may_be_scheduled) values ($1, $2, $3, $4, $4, $5)
    on conflict (tenant_id, kind) do update set every_seconds = excluded.every_seconds, declared_at = excluded.declared_at,
      may_be_scheduled = excluded.may_be_scheduled,
      next_at = case when schedule.at_minute is null or excluded.may_be_scheduled then schedule.next_at else excluded.next_at end,
      at_minute = case when excluded.may_be_scheduled then schedule.at_minute end,
      zone = case when excluded.may_be_scheduled then schedule.zone end,
      calendar_id = case when excluded.may_be_scheduled then schedule.calendar_id end,
      planned_at = case when excluded.may_be_scheduled then schedule.planned_at end
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(kind)
    parameters.append(everySeconds)
    parameters.append(now)
    parameters.append(mayBeScheduled)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// How a run of a sweep ended, beside its schedule.
struct RecordRun: Statement {
  let job: Job
  let began: Instant
  let ended: Instant
  let outcome: SweepOutcome
  let undone: Int64
  let fault: String?

  /// - Parameter undone: by the whole round, as far as it came.
  init(job: Job, began: Instant, ended: Instant, undone: SweepTurn.Earlier, isOver: Bool) {
    (self.job, self.began, self.ended) = (job, began, ended)
    outcome = !isOver ? .putDown : undone.undone == 0 ? .done : .undone
    (self.undone, fault) = (undone.undone, undone.fault)
  }

  init(job: Job, began: Instant, ended: Instant, fault: String) {
    (self.job, self.began, self.ended, self.fault) = (job, began, ended, fault)
    outcome = .failed
    undone = 0
  }

  static let sql = """
    update jobs.schedule set began_at = $3, ended_at = $4, outcome = $5, undone = $6, fault = $7 where tenant_id = $1 and kind = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(job.tenant)
    parameters.append(job.kind)
    parameters.append(began)
    parameters.append(ended)
    parameters.append(outcome.rawValue)
    parameters.append(undone)
    parameters.append(fault.map { String($0.prefix(300)) })
  }

  static func decode(_ row: inout RowReader) throws {}
}
