import Kernel
import Postgres

/// Leaves a job; at most one of a kind with `uniqueKey` waits or runs.
package struct EnqueueJob: Statement {
  package let tenant: TenantId
  package let kind: String
  package let uniqueKey: String?
  package let payload: Value
  package let runAt: Instant
  package let recordedAt: Instant

  package init(tenant: TenantId, kind: String, uniqueKey: String? = nil, payload: Value = .object([]), runAt: Instant, recordedAt: Instant) {
    self.tenant = tenant
    self.kind = kind
    self.uniqueKey = uniqueKey
    self.payload = payload
    self.runAt = runAt
    self.recordedAt = recordedAt
  }

  package static let sql = """
    insert into jobs.job (tenant_id, kind, unique_key, payload, run_at, recorded_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (tenant_id, kind, unique_key) do nothing
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(kind)
    parameters.append(uniqueKey)
    parameters.append(json: payload)
    parameters.append(runAt)
    parameters.append(recordedAt)
  }

  package static func decode(_ row: inout RowReader) throws {}
}

/// Leaves the job of a schedule; one that waits or runs stays as it is. One that was given up gets a single attempt every
/// ten minutes: whatever stood in its way (a full disk, a long outage) may be gone, and what nobody else repeats must not
/// wait for a person. If it is the job that kills its worker, it does so seldom.
///
/// It waits for nobody who keeps the job's row: a worker that makes room for it does so for long, and the others go on meanwhile.
struct EnqueueScheduled: Statement {
  static let uniqueKey = "schedule"
  static let pauseSeconds: Int64 = 600

  let tenant: TenantId
  let kind: String
  let now: Instant

  static let sql = """
    with given as (
      update jobs.job set state = 'ready', attempts = max_attempts - 1, run_at = $5
      where tenant_id = $1 and kind = $2 and unique_key = $3 and state = 'dead' returning id
    ), left_anew as (
      insert into jobs.job (tenant_id, kind, unique_key, run_at, recorded_at) values ($1, $2, $3, $4, $4)
      on conflict (tenant_id, kind, unique_key) do nothing returning id
    )
    select id from given union all select id from left_anew
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(kind)
    parameters.append(Self.uniqueKey)
    parameters.append(now)
    parameters.append(now.adding(seconds: Self.pauseSeconds))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Jobs of tenants that are due, but for those that are tried alone: a look across tenants, of each the first, then of each the second, so that none
/// waits for all of another's. The claim decides.
struct DueJobs: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let fence: Int64
    /// Behind whom the next look goes on; nil: it need not.
    var turn: TenantId?
  }

  let now: Instant
  let kinds: [String]
  /// Behind whom it goes on.
  let after: TenantId?
  let limit: Int32

  static let sql = "select tenant_id, id, fence, turn from finder.due_jobs($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(kinds)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), id: try row.next(), fence: try row.next(), turn: try row.next())
  }
}

/// The sweeps that are due, but for those that are tried alone: by their key, of which there is one job at the most.
struct DueSweeps: Statement {
  struct Found: Sendable {
    let job: DueJobs.Found
    let kind: String
  }

  let provider: TenantId
  let now: Instant
  let kinds: [String]

  static let sql = """
    select tenant_id, id, fence, kind from jobs.job
    where tenant_id = $1 and kind = any($2) and unique_key = $3 and state = 'ready' and not suspect and run_at <= $4
    order by run_at, kind
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(kinds)
    parameters.append(EnqueueScheduled.uniqueKey)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(job: DueJobs.Found(tenant: try row.next(), id: try row.next(), fence: try row.next(), turn: nil), kind: try row.next())
  }
}

/// Takes a job if nobody has since it was seen. The attempt is counted before the work begins, so that a job which
/// kills its worker is not begun for ever. One that is taken over, for its worker went silent, is suspect from now on.
struct ClaimJob: Statement {
  let found: DueJobs.Found
  let now: Instant
  let leaseUntil: Instant

  static let sql = """
    update jobs.job set state = 'running', fence = fence + 1, attempts = attempts + 1, lease_until = $4, suspect = suspect or state = 'running'
    where tenant_id = $1 and id = $2 and fence = $3 and (state = 'ready' or lease_until <= $5) and attempts < max_attempts
    returning tenant_id, id, kind, payload, attempts, max_attempts, fence
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(found.tenant)
    parameters.append(found.id)
    parameters.append(found.fence)
    parameters.append(leaseUntil)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Job {
    Job(
      tenant: try row.next(), id: try row.next(), kind: try row.next(), payload: try row.next(), attempts: try row.next(),
      maxAttempts: try row.next(), fence: try row.next())
  }
}

/// A job that has used up its attempts and whose worker went silent. Whoever gives it further ones has it tried alone.
struct BuryExpiredJob: Statement {
  let found: DueJobs.Found
  let now: Instant

  static let sql = """
    update jobs.job set state = 'dead', lease_until = null, suspect = true, last_error = 'its worker died'
    where tenant_id = $1 and id = $2 and fence = $3 and state = 'running' and lease_until <= $4 and attempts >= max_attempts
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(found.tenant)
    parameters.append(found.id)
    parameters.append(found.fence)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct ExtendLease: Statement {
  let job: Job
  let leaseUntil: Instant

  static let sql = "update jobs.job set lease_until = $4 where tenant_id = $1 and id = $2 and fence = $3 and state = 'running'"

  func bind(to parameters: inout Parameters) {
    parameters.append(job.tenant)
    parameters.append(job.id)
    parameters.append(job.fence)
    parameters.append(leaseUntil)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Completes a job: its row goes. No row: the lease was lost and somebody else has it.
struct CompleteJob: Statement {
  let job: Job

  static let sql = "delete from jobs.job where tenant_id = $1 and id = $2 and fence = $3 and state = 'running'"

  func bind(to parameters: inout Parameters) {
    parameters.append(job.tenant)
    parameters.append(job.id)
    parameters.append(job.fence)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// A job that its worker leaves undone, because it ends or makes room: as if it had not been begun.
struct GiveBackJob: Statement {
  let job: Job

  static let sql = """
    update jobs.job set state = 'ready', lease_until = null, attempts = attempts - 1
    where tenant_id = $1 and id = $2 and fence = $3 and state = 'running'
    """

  func bind(to parameters: inout Parameters) { CompleteJob(job: job).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws {}
}

/// A sweep whose time is over: its job waits again behind what waits, with all its attempts, and goes on behind the place.
struct PutDownJob: Statement {
  let job: Job
  let place: [Int64]
  let soFar: SweepTurn.Earlier
  let now: Instant

  static let sql = """
    update jobs.job set state = 'ready', lease_until = null, attempts = 0, suspect = false, run_at = $4, payload = $5
    where tenant_id = $1 and id = $2 and fence = $3 and state = 'running'
    """

  func bind(to parameters: inout Parameters) {
    CompleteJob(job: job).bind(to: &parameters)
    parameters.append(now)
    parameters.append(json: SweepTurn.payload(place, soFar))
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct FailJob: Statement {
  let job: Job
  let error: String
  let retryAt: Instant

  static let sql = """
    update jobs.job
    set state = case when attempts >= max_attempts then 'dead' else 'ready' end, lease_until = null, suspect = false, run_at = $4, last_error = $5
    where tenant_id = $1 and id = $2 and fence = $3 and state = 'running'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(job.tenant)
    parameters.append(job.id)
    parameters.append(job.fence)
    parameters.append(retryAt)
    parameters.append(error)
  }

  static func decode(_ row: inout RowReader) throws {}
}
