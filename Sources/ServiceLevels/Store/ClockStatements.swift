import Contracts
import Kernel
import Postgres

extension SubjectClock {
  /// `c` is the clock, `v` its newest verdict.
  static let select = """
    select c.id, c.subject_kind, c.subject_id, c.metric, c.contract_line_version_id, c.line_reason, c.sla_version_id, c.sla_target_id, c.calendar_version_id,
      c.priority, c.budget_seconds, c.business_days, c.budget_open_seconds, c.pauses, c.stops_at, c.state, c.state_since, c.cause, c.evidence, c.started_at,
      c.last_event_at, c.consumed_seconds, c.run_started_at, c.run_started_with_seconds, c.run_ended_at, c.due_at, c.breach_at, c.observed_at,
      c.last_interval_seq, c.last_milestone_seq, c.supplier_waits_pause, c.wait_limit_seconds, c.wait_total_seconds, c.paused_seconds,
      c.wait_left_seconds, c.pause_ends_at, v.seq, v.verdict, v.cause, v.detail, v.judged_at, v.breached_at, v.elapsed_seconds, v.budget_seconds,
      v.calculation_version
    from service_levels.clock c
    left join service_levels.verdict v on v.tenant_id = c.tenant_id and v.clock_id = c.id and v.seq = c.last_verdict_seq
    """

  /// Columns in the order of ``select``.
  init(_ row: inout RowReader) throws {
    let id: Int64 = try row.next()
    let subject = ClockSubject(kind: ClockSubject.Kind(rawValue: try row.next()) ?? .ticket, id: try row.next())
    let metric = Metric(rawValue: try row.next()) ?? .resolution
    let lineVersion: Int64 = try row.next()
    let lineReason: String = try row.next()
    let slaVersion: Int64 = try row.next()
    let target: Int64 = try row.next()
    let calendarVersion: Int64 = try row.next()
    let priority: Int64 = try row.next()
    let seconds: Int64? = try row.next()
    let days: Int64? = try row.next()
    let openSeconds: Int64? = try row.next()
    let pauses: Bool = try row.next()
    let stopsAt = ResolutionStop(rawValue: try row.next()) ?? .resolved
    let state = Clock.State(rawValue: try row.next()) ?? .withdrawn
    let since: Instant = try row.next()
    let cause: String = try row.next()
    let evidence: String? = try row.next()
    var clock = Clock(
      metric: metric, budget: days.map(Budget.businessDays) ?? .workingSeconds(seconds ?? 0), budgetSeconds: openSeconds,
      calendarVersion: Id(calendarVersion), startedAt: try row.next(), state: state, stateSince: since, stateCause: cause, stateEvidence: evidence,
      lastEventAt: try row.next(), consumedSeconds: try row.next(), runStartedAt: try row.next(), runStartedWithSeconds: try row.next(),
      runEndedAt: try row.next(), dueAt: try row.next(), breachAt: try row.next(), observedAt: try row.next(), verdict: nil)
    let lastInterval: Int64 = try row.next()
    let lastMilestone: Int64 = try row.next()
    let waits = WaitTerms(supplierPauses: try row.next(), limitSeconds: try row.next(), totalSeconds: try row.next())
    clock.pausedSeconds = try row.next()
    clock.waitLeftSeconds = try row.next()
    clock.pauseEndsAt = try row.next()
    clock.verdict = try Verdict(&row)
    // While a missed clock runs on, its last instant in time is that of the miss; the column holds only what a job waits for.
    if clock.state == .running, clock.outcome == .missed { clock.breachAt = clock.verdict?.breachedAt }
    self.init(
      id: id, subject: subject,
      terms: Terms(
        lineVersion: lineVersion, lineReason: lineReason, slaVersion: slaVersion, target: target, priority: priority, pauses: pauses, stopsAt: stopsAt,
        waits: waits),
      clock: clock, lastIntervalSeq: lastInterval, lastMilestoneSeq: lastMilestone, isNew: false)
  }
}

extension Verdict {
  /// Columns in the order of `verdict`; nil when there is none.
  init?(_ row: inout RowReader) throws {
    let seq: Int64? = try row.next()
    let outcome: String? = try row.next()
    let cause: String? = try row.next()
    let detail: String? = try row.next()
    let judgedAt: Instant? = try row.next()
    let breachedAt: Instant? = try row.next()
    let consumed: Int64? = try row.next()
    let budget: Int64? = try row.next()
    let calculation: Int64? = try row.next()
    guard let seq, let cause, let judgedAt, let consumed, let calculation else { return nil }
    self.init(
      sequence: seq, outcome: outcome.flatMap(Outcome.init), cause: Cause(rawValue: cause) ?? .exceeded, detail: detail ?? "", decidedAt: judgedAt,
      breachedAt: breachedAt, consumedSeconds: consumed, budgetSeconds: budget, calculation: calculation)
  }
}

/// The live clocks of a subject.
struct ClocksOfSubject: Statement {
  let tenant: TenantId
  let subject: ClockSubject

  static let sql = """
    \(SubjectClock.select)
    where c.tenant_id = $1 and c.subject_kind = $2 and c.subject_id = $3 and c.state <> 'withdrawn' order by c.metric desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subject.kind.rawValue)
    parameters.append(subject.id)
  }

  static func decode(_ row: inout RowReader) throws -> SubjectClock { try SubjectClock(&row) }
}

/// Holds the live clocks of a subject until the transaction ends. They are read by a statement of their own that comes
/// after it: one that locks and joins sees a clock as its last writer left it, but the verdict beside it as it was before
/// the wait for that writer.
struct HoldClocks: Statement {
  let tenant: TenantId
  let subject: ClockSubject

  static let sql = """
    select c.id from service_levels.clock c
    where c.tenant_id = $1 and c.subject_kind = $2 and c.subject_id = $3 and c.state <> 'withdrawn' order by c.id for update
    """

  func bind(to parameters: inout Parameters) { ClocksOfSubject(tenant: tenant, subject: subject).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Ids for clocks that are about to be made.
struct NextClockIds: Statement {
  let count: Int64

  static let sql = "select nextval('service_levels.clock_id_seq') from generate_series(1, $1)"

  func bind(to parameters: inout Parameters) { parameters.append(count) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertClock: Statement {
  let tenant: TenantId
  let clock: SubjectClock
  let recordedAt: Instant

  static let sql = """
    insert into service_levels.clock
      (tenant_id, id, contract_line_version_id, line_reason, sla_version_id, sla_target_id, calendar_version_id, priority, budget_seconds, business_days,
       budget_open_seconds, pauses, stops_at, state, state_since, cause, evidence, last_event_at, consumed_seconds, run_started_at,
       run_started_with_seconds, run_ended_at, due_at, breach_at, breached_at, observed_at, verdict, last_interval_seq, last_milestone_seq,
       last_verdict_seq, supplier_waits_pause, wait_limit_seconds, wait_total_seconds, paused_seconds, wait_left_seconds, pause_ends_at, subject_kind,
       subject_id, metric, started_at, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30,
      $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41)
    """

  func bind(to parameters: inout Parameters) {
    clock.bindStanding(tenant, to: &parameters)
    parameters.append(clock.subject.kind.rawValue)
    parameters.append(clock.subject.id)
    parameters.append(clock.clock.metric.rawValue)
    parameters.append(clock.clock.startedAt)
    parameters.append(recordedAt)
  }
}

/// The row is locked by whoever holds the clock.
struct UpdateClock: Statement {
  let tenant: TenantId
  let clock: SubjectClock

  static let sql = """
    update service_levels.clock set contract_line_version_id = $3, line_reason = $4, sla_version_id = $5, sla_target_id = $6, calendar_version_id = $7,
      priority = $8, budget_seconds = $9, business_days = $10, budget_open_seconds = $11, pauses = $12, stops_at = $13, state = $14, state_since = $15,
      cause = $16, evidence = $17, last_event_at = $18, consumed_seconds = $19, run_started_at = $20, run_started_with_seconds = $21, run_ended_at = $22,
      due_at = $23, breach_at = $24, breached_at = $25, observed_at = $26, verdict = $27, last_interval_seq = $28, last_milestone_seq = $29,
      last_verdict_seq = $30, supplier_waits_pause = $31, wait_limit_seconds = $32, wait_total_seconds = $33, paused_seconds = $34,
      wait_left_seconds = $35, pause_ends_at = $36
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) { clock.bindStanding(tenant, to: &parameters) }
}

extension SubjectClock {
  /// $1 to $36: the key of a clock's row and what events change in it.
  func bindStanding(_ tenant: TenantId, to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(terms.lineVersion)
    parameters.append(terms.lineReason)
    parameters.append(terms.slaVersion)
    parameters.append(terms.target)
    parameters.append(clock.calendarVersion)
    parameters.append(terms.priority)
    switch clock.budget {
    case .workingSeconds(let seconds):
      parameters.append(seconds)
      parameters.append(Int64?.none)
    case .businessDays(let days):
      parameters.append(Int64?.none)
      parameters.append(days)
    }
    parameters.append(clock.budgetSeconds)
    parameters.append(terms.pauses)
    parameters.append(terms.stopsAt.rawValue)
    parameters.append(clock.state.rawValue)
    parameters.append(clock.stateSince)
    parameters.append(clock.stateCause)
    parameters.append(clock.stateEvidence)
    parameters.append(clock.lastEventAt)
    parameters.append(clock.consumedSeconds)
    parameters.append(clock.runStartedAt)
    parameters.append(clock.runStartedWithSeconds)
    parameters.append(clock.runEndedAt)
    parameters.append(clock.dueAt)
    parameters.append(clock.nextCheckAt)
    parameters.append(clock.outcome == .missed ? clock.verdict?.breachedAt : nil)
    parameters.append(clock.observedAt)
    parameters.append(clock.outcome?.rawValue)
    parameters.append(lastIntervalSeq)
    parameters.append(lastMilestoneSeq)
    parameters.append(clock.verdict?.sequence ?? 0)
    parameters.append(terms.waits.supplierPauses)
    parameters.append(terms.waits.limitSeconds)
    parameters.append(terms.waits.totalSeconds)
    parameters.append(clock.pausedSeconds)
    parameters.append(clock.waitLeftSeconds)
    parameters.append(clock.pauseEndsAt)
  }
}
