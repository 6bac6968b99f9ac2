import Contracts
import Kernel
import Postgres

/// Every clock that a subject had, with the names of all that it was measured against.
struct ClockChains: Statement {
  struct Found: Sendable {
    let id: Int64
    /// Of a promise to a customer.
    let contract: [UInt8]?
    let line: [UInt8]?
    let lineName: String?
    let lineValidFrom: Instant?
    /// Of an SLA or OLA.
    let sla: [UInt8]?
    let slaName: String?
    let slaValidFrom: Instant?
    let objective: Int64?
    let selector: TargetSelector
    let calendar: [UInt8]?
    let calendarName: String?
    let calendarZone: String?
    let calendarValidFrom: Instant?
  }

  let tenant: TenantId
  let subjects: [ClockSubject]

  static let sql = """
    select c.id, k.public_id, l.public_id, lv.name, lv.valid_from, g.sla_public_id, g.sla_name, g.sla_valid_from, g.objective_millionths,
      g.ticket_type, g.priority, g.service_id, g.ci_tier,
      cv.public_id, cv.name, cv.zone, cv.valid_from
    \(ClockSubject.clocks)
    left join contracts.pub_line_version lv on lv.tenant_id = c.tenant_id and lv.line_version_id = c.contract_line_version_id
    left join contracts.pub_line l on l.tenant_id = lv.tenant_id and l.line_id = lv.line_id
    left join contracts.pub_contract k on k.tenant_id = l.tenant_id and k.contract_id = l.contract_id
    left join contracts.pub_target g on g.target_id = c.sla_target_id
    left join contracts.pub_calendar_version cv on cv.calendar_version_id = c.calendar_version_id
    where c.tenant_id = $1
    """

  func bind(to parameters: inout Parameters) { ClocksOfSubjects(tenant: tenant, subjects: subjects).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), contract: try row.next(), line: try row.next(), lineName: try row.next(), lineValidFrom: try row.next(),
      sla: try row.next(), slaName: try row.next(), slaValidFrom: try row.next(), objective: try row.next(), selector: try TargetSelector(&row),
      calendar: try row.next(),
      calendarName: try row.next(), calendarZone: try row.next(), calendarValidFrom: try row.next())
  }
}

/// All clocks of some subjects, the withdrawn ones too.
struct AllClocksOfSubjects: Statement {
  let tenant: TenantId
  let subjects: [ClockSubject]

  static let sql = "\(SubjectClock.select) where c.tenant_id = $1 order by c.id"

  func bind(to parameters: inout Parameters) { ClocksOfSubjects(tenant: tenant, subjects: subjects).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> SubjectClock { try SubjectClock(&row) }
}

/// The closed intervals of all clocks of some subjects, with the priority whose target counted then.
struct IntervalsOfSubjects: Statement {
  let tenant: TenantId
  let subjects: [ClockSubject]

  static let sql = """
    select i.clock_id, i.seq, i.from_at, i.to_at, i.state, i.cause, i.evidence, i.working_seconds, coalesce(i.priority, g.priority, c.priority), cv.name
    \(ClockSubject.clocks)
    join service_levels.interval i on i.tenant_id = c.tenant_id and i.clock_id = c.id
    left join contracts.pub_target g on g.target_id = i.sla_target_id
    left join contracts.pub_calendar_version cv on cv.calendar_version_id = i.calendar_version_id
    where c.tenant_id = $1 order by i.clock_id, i.seq
    """

  func bind(to parameters: inout Parameters) { ClocksOfSubjects(tenant: tenant, subjects: subjects).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> (clock: Int64, record: IntervalRecord) {
    (
      try row.next(),
      IntervalRecord(
        seq: try row.next(), from: try row.next(), to: try row.next(), state: try row.next(), cause: try row.next(), evidence: try row.next(),
        workingSeconds: try row.next(), priority: try row.next(), calendar: try row.next())
    )
  }
}

struct MilestonesOfSubjects: Statement {
  let tenant: TenantId
  let subjects: [ClockSubject]

  static let sql = """
    select m.clock_id, m.seq, m.observed_at, m.source, m.recorded_at
    \(ClockSubject.clocks)
    join service_levels.milestone m on m.tenant_id = c.tenant_id and m.clock_id = c.id
    where c.tenant_id = $1 order by m.clock_id, m.seq
    """

  func bind(to parameters: inout Parameters) { ClocksOfSubjects(tenant: tenant, subjects: subjects).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> (clock: Int64, record: MilestoneRecord) {
    (try row.next(), MilestoneRecord(seq: try row.next(), observedAt: try row.next(), source: try row.next(), recordedAt: try row.next()))
  }
}

/// Every verdict of all clocks of some subjects, the superseded ones too.
struct VerdictsOfSubjects: Statement {
  let tenant: TenantId
  let subjects: [ClockSubject]

  static let sql = """
    select v.clock_id, v.seq, v.verdict, v.cause, v.detail, v.judged_at, v.breached_at, v.elapsed_seconds, v.budget_seconds,
      coalesce(v.priority, g.priority, c.priority), v.calculation_version, v.supersedes, v.recorded_at
    \(ClockSubject.clocks)
    join service_levels.verdict v on v.tenant_id = c.tenant_id and v.clock_id = c.id
    left join contracts.pub_target g on g.target_id = v.sla_target_id
    where c.tenant_id = $1 order by v.clock_id, v.seq
    """

  func bind(to parameters: inout Parameters) { ClocksOfSubjects(tenant: tenant, subjects: subjects).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> (clock: Int64, record: VerdictRecord) {
    (
      try row.next(),
      VerdictRecord(
        seq: try row.next(), verdict: try row.next(), cause: try row.next(), detail: try row.next(), judgedAt: try row.next(),
        breachedAt: try row.next(), elapsedSeconds: try row.next(), budgetSeconds: try row.next(), priority: try row.next(),
        calculation: try row.next(), supersedes: try row.next(), recordedAt: try row.next())
    )
  }
}
