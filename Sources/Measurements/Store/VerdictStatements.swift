import BillingEngine
import Contracts
import Kernel
import Postgres

/// A judgement of a period.
struct MeasuredVerdictRow: Sendable {
  let id: Int64
  let metric: String
  /// Empty: of any.
  let service: String
  let target: Int64
  let periodKind: String
  let periodName: String
  let periodFrom: CalendarDate
  let periodTo: CalendarDate
  let seq: Int64
  let attained: Int64?
  let attainable: Int64?
  let objective: Rate
  let verdict: String?
  let cause: String
  let calculation: Int64
  let evidence: Value
  let recordedAt: Instant

  static let columns = """
    id, metric, service, sla_target_id, period_kind, period_name, period_from, period_to, seq, attained, attainable, objective_millionths, verdict, cause,
      calculation_version, evidence, recorded_at
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    metric = try row.next()
    service = try row.next()
    target = try row.next()
    periodKind = try row.next()
    periodName = try row.next()
    periodFrom = try row.next()
    periodTo = try row.next()
    seq = try row.next()
    attained = try row.next()
    attainable = try row.next()
    objective = Rate(units: try row.next())
    verdict = try row.next()
    cause = try row.next()
    calculation = try row.next()
    evidence = try row.next()
    recordedAt = try row.next()
  }
}

/// The newest judgement of each target of a line in the periods that have one name.
struct NewestVerdicts: Statement {
  let tenant: TenantId
  let line: Int64
  let periodName: String

  static let sql = """
    select distinct on (metric, service, period_kind, period_from) \(MeasuredVerdictRow.columns)
    from measurements.verdict where tenant_id = $1 and contract_line_id = $2 and period_name = $3
    order by metric, service, period_kind, period_from, seq desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(periodName)
  }

  static func decode(_ row: inout RowReader) throws -> MeasuredVerdictRow { try MeasuredVerdictRow(&row) }
}

/// The judgements of a line, the newest period first; the superseded ones too.
struct VerdictsOfLine: Statement {
  let tenant: TenantId
  let line: Int64
  let beforePeriod: CalendarDate
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    select \(MeasuredVerdictRow.columns) from measurements.verdict
    where tenant_id = $1 and contract_line_id = $2 and (period_from, id) < ($3, $4) order by period_from desc, id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(beforePeriod)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> MeasuredVerdictRow { try MeasuredVerdictRow(&row) }
}

struct InsertMeasuredVerdict: Statement {
  let tenant: TenantId
  let line: Int64
  let target: MeasuredTarget
  let objective: Rate
  let period: BillingPeriod
  let measured: MeasuredPeriod
  let cause: String
  let before: MeasuredVerdictRow?
  let evidence: Value
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into measurements.verdict
      (tenant_id, contract_line_id, sla_target_id, metric, service, period_kind, period_name, period_from, period_to, seq, attained, attainable,
       objective_millionths, verdict, cause, calculation_version, supersedes, evidence, actor_kind, actor_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    returning \(MeasuredVerdictRow.columns)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(target.id)
    parameters.append(target.measure.code)
    parameters.append(target.service ?? "")
    parameters.append(period.kind.rawValue)
    parameters.append(period.description)
    parameters.append(period.first)
    parameters.append(period.end)
    parameters.append((before?.seq ?? 0) + 1)
    parameters.append(measured.attained)
    parameters.append(measured.attainable)
    parameters.append(objective.units)
    parameters.append(measured.verdict?.rawValue)
    parameters.append(cause)
    parameters.append(MeasuredPeriod.calculation)
    parameters.append(before?.id)
    parameters.append(json: evidence)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> MeasuredVerdictRow { try MeasuredVerdictRow(&row) }
}
