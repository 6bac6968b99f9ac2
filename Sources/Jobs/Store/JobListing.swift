import Kernel
import Postgres

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
    /// Of its job; nil: none waits or runs.
    package let state: String?
    package let runAt: Instant?
    package let attempts: Int64?
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
    select s.kind, s.every_seconds, s.next_at, s.began_at, s.ended_at, s.outcome, s.undone, s.fault, j.state, j.run_at, j.attempts
    from jobs.schedule s left join jobs.job j on j.tenant_id = s.tenant_id and j.kind = s.kind and j.unique_key = 'schedule'
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
      outcome: try row.next(), undone: try row.next(), fault: try row.next(), state: try row.next(), runAt: try row.next(), attempts: try row.next())
  }
}
