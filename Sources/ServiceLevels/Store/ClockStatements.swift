import Contracts
import Kernel
import Postgres

extension SubjectClock {
  /// `c` is the clock, `v` its newest verdict; of the subjects of ``ClockSubject/clocks``.
  static let select = """
    select c.id, c.subject_kind, c.subject_id, c.metric, c.contract_line_version_id, c.line_reason, c.sla_version_id, c.sla_target_id, c.calendar_version_id,
      c.priority, c.budget_seconds, c.business_days, c.budget_open_seconds, c.pauses, c.stops_at, c.state, c.state_since, c.cause, c.evidence, c.started_at,
      c.last_event_at, c.consumed_seconds, c.run_started_at, c.run_started_with_seconds, c.run_ended_at, c.due_at, c.breach_at, c.observed_at,
      c.last_interval_seq, c.last_milestone_seq, c.supplier_waits_pause, c.provider_waits_pause, c.wait_limit_seconds, c.wait_total_seconds,
      c.paused_seconds, c.wait_left_seconds, c.pause_ends_at, c.party_id, c.supplier_contract_version_id, c.supplier_target_id, c.renewed_at, c.miss_stands, c.warn_percents,
      c.warned_percent, c.next_warn_at, c.next_calendar_version_id, c.passed_percent, c.next_share_at, c.share_revision,
      v.seq, v.verdict,
      v.cause, v.detail, v.judged_at, v.breached_at, v.elapsed_seconds, v.budget_seconds, v.calculation_version
    \(ClockSubject.clocks)
    left join service_levels.verdict v on v.tenant_id = c.tenant_id and v.clock_id = c.id and v.seq = c.last_verdict_seq
    """

  /// Columns in the order of ``select``.
  init(_ row: inout RowReader) throws {
    let id: Int64 = try row.next()
    let subject = ClockSubject(kind: ClockSubject.Kind(rawValue: try row.next()) ?? .ticket, id: try row.next())
    let metric = Metric(rawValue: try row.next()) ?? .resolution
    let lineVersion: Int64? = try row.next()
    let reason: String = try row.next()
    let slaVersion: Int64? = try row.next()
    let target: Int64? = try row.next()
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
    let waits = WaitTerms(
      supplierPauses: try row.next(), providerPauses: try row.next(), limitSeconds: try row.next(), totalSeconds: try row.next())
    clock.pausedSeconds = try row.next()
    clock.waitLeftSeconds = try row.next()
    clock.pauseEndsAt = try row.next()
    let party: Int64? = try row.next()
    let supplierVersion: Int64? = try row.next()
    let supplierTarget: Int64? = try row.next()
    clock.renewedAt = try row.next()
    clock.missStands = try row.next()
    let warnPercents: [Int64] = try row.next()
    let warnedPercent: Int64? = try row.next()
    let nextWarnAt: Instant? = try row.next()
    let nextCalendarVersion: Int64? = try row.next()
    clock.nextCalendarVersion = nextCalendarVersion.map { Id($0) }
    let (passedPercent, nextShareAt, shareRevision): (Int64?, Instant?, Int64) = (try row.next(), try row.next(), try row.next())
    clock.verdict = try Verdict(&row)
    // While a missed clock runs on, its last instant in time is that of the miss; the column holds only what a job waits for.
    if clock.state == .running, clock.outcome == .missed { clock.breachAt = clock.verdict?.breachedAt }
    self.init(
      id: id, subject: subject,
      terms: Terms(
        promise: Terms.Promise(
          subject.kind, party: party, lineVersion: lineVersion, slaVersion: slaVersion, target: target, supplierVersion: supplierVersion,
          supplierTarget: supplierTarget), reason: reason, priority: priority, pauses: pauses, stopsAt: stopsAt, waits: waits,
        warnPercents: warnPercents),
      clock: clock, lastIntervalSeq: lastInterval, lastMilestoneSeq: lastMilestone, isNew: false)
    self.warnedPercent = warnedPercent
    self.nextWarnAt = nextWarnAt
    self.passedPercent = passedPercent
    self.nextShareAt = nextShareAt
    self.shareRevision = shareRevision
  }
}

extension SubjectClock.Terms.Promise {
  /// The columns that the kind of subject has are not null; the table's checks see to it.
  init(
    _ kind: ClockSubject.Kind, party: Int64?, lineVersion: Int64?, slaVersion: Int64?, target: Int64?, supplierVersion: Int64?, supplierTarget: Int64?
  ) {
    self =
      switch kind {
      case .ticket, .request: .line(version: lineVersion ?? 0, slaVersion: slaVersion ?? 0, target: target ?? 0)
      case .assignment: .team(party ?? 0, slaVersion: slaVersion ?? 0, target: target ?? 0)
      case .dispatch: .supplier(contract: party ?? 0, version: supplierVersion ?? 0, target: supplierTarget ?? 0)
      }
  }

  var party: Int64? {
    switch self {
    case .line: nil
    case .team(let team, _, _): team
    case .supplier(let contract, _, _): contract
    }
  }

  var lineVersion: Int64? { if case .line(let version, _, _) = self { version } else { nil } }

  var slaVersion: Int64? {
    switch self {
    case .line(_, let version, _), .team(_, let version, _): version
    case .supplier: nil
    }
  }

  /// A target of an SLA or OLA.
  var slaTarget: Int64? {
    switch self {
    case .line(_, _, let target), .team(_, _, let target): target
    case .supplier: nil
    }
  }

  var supplierVersion: Int64? { if case .supplier(_, let version, _) = self { version } else { nil } }
  var supplierTarget: Int64? { if case .supplier(_, _, let target) = self { target } else { nil } }
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

extension ClockSubject {
  /// Binds subjects to `$2` and `$3`, which ``clocks`` reads pair by pair.
  static func bind(_ subjects: [ClockSubject], to parameters: inout Parameters) {
    parameters.append(subjects.map(\.kind.rawValue))
    parameters.append(subjects.map(\.id))
  }

  /// The clocks of the subjects: each pair is found by the index of subjects. The pairs come first, for the planner keeps the
  /// order of many relations as it is written.
  static let clocks = """
    from unnest($2::text[], $3::bigint[]) w (kind, id)
    join service_levels.clock c on c.tenant_id = $1 and c.subject_kind = w.kind and c.subject_id = w.id
    """
}

/// The live clocks of some subjects, and those that were missed before they were withdrawn.
struct ClocksOfSubjects: Statement {
  let tenant: TenantId
  let subjects: [ClockSubject]

  static let sql = "\(SubjectClock.select) where c.tenant_id = $1 and (c.state <> 'withdrawn' or c.verdict = 'missed') order by c.id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    ClockSubject.bind(subjects, to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> SubjectClock { try SubjectClock(&row) }
}

/// The clocks of a subject that were withdrawn before they were missed, in their order.
struct GoneClocks: Statement {
  let tenant: TenantId
  let subject: ClockSubject

  static let sql = "\(SubjectClock.select) where c.tenant_id = $1 and c.state = 'withdrawn' and c.verdict = 'withdrawn' order by c.id"

  func bind(to parameters: inout Parameters) { ClocksOfSubjects(tenant: tenant, subjects: [subject]).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> SubjectClock { try SubjectClock(&row) }
}

/// Holds the live clocks of some subjects until the transaction ends. They are read by a statement of their own that comes
/// after it: one that locks and joins sees a clock as its last writer left it, but the verdict beside it as it was before
/// the wait for that writer.
struct HoldClocks: Statement {
  let tenant: TenantId
  let subjects: [ClockSubject]

  static let sql = """
    select c.id \(ClockSubject.clocks)
    where c.tenant_id = $1 and c.state <> 'withdrawn' order by c.id for update of c
    """

  func bind(to parameters: inout Parameters) { ClocksOfSubjects(tenant: tenant, subjects: subjects).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Ids for clocks that are about to be made.
package struct NextClockIds: Statement {
  private let count: Int64

  package init(count: Int64) { self.count = count }

  package static let sql = "select nextval('service_levels.clock_id_seq') from generate_series(1, $1)"

  package func bind(to parameters: inout Parameters) { parameters.append(count) }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
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
       last_verdict_seq, supplier_waits_pause, wait_limit_seconds, wait_total_seconds, paused_seconds, wait_left_seconds, pause_ends_at, party_id,
       supplier_contract_version_id, supplier_target_id, renewed_at, miss_stands, warn_percents, warned_percent, next_warn_at, next_calendar_version_id, provider_waits_pause,
       passed_percent, next_share_at, share_revision, subject_kind, subject_id, metric, started_at, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30,
      $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54)
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
      wait_left_seconds = $35, pause_ends_at = $36, party_id = $37, supplier_contract_version_id = $38, supplier_target_id = $39, renewed_at = $40,
      miss_stands = $41, warn_percents = $42, warned_percent = $43, next_warn_at = $44, next_calendar_version_id = $45, provider_waits_pause = $46,
      passed_percent = $47, next_share_at = $48, share_revision = $49
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) { clock.bindStanding(tenant, to: &parameters) }
}

extension SubjectClock {
  /// $1 to $49: the key of a clock's row and what events change in it.
  func bindStanding(_ tenant: TenantId, to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(terms.promise.lineVersion)
    parameters.append(terms.reason)
    parameters.append(terms.promise.slaVersion)
    parameters.append(terms.promise.slaTarget)
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
    parameters.append(terms.promise.party)
    parameters.append(terms.promise.supplierVersion)
    parameters.append(terms.promise.supplierTarget)
    parameters.append(clock.renewedAt)
    parameters.append(clock.missStands)
    parameters.append(terms.warnPercents)
    parameters.append(warnedPercent)
    parameters.append(nextWarnAt)
    parameters.append(clock.nextCalendarVersion)
    parameters.append(terms.waits.providerPauses)
    parameters.append(passedPercent)
    parameters.append(nextShareAt)
    parameters.append(shareRevision)
  }
}
