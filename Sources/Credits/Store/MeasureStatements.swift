import BillingEngine
import Kernel
import Postgres
import ServiceTime

/// The promises of a line's versions that were kept or broken in a stretch of time, as service levels publish them.
struct JudgedPromises: Statement {
  let tenant: TenantId
  let lineVersions: [Int64]
  let metric: String
  /// Nil: of any.
  let priority: Int64?
  let span: TimeSpan

  static let sql = """
    select clock_id, subject_kind, subject_id, verdict = 'met', judged_at
    from service_levels.pub_judged
    where tenant_id = $1 and line_version_id = any($2) and judged_at >= $5 and judged_at < $6 and metric = $3 and ($4::bigint is null or priority = $4)
    order by judged_at, clock_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(lineVersions)
    parameters.append(metric)
    parameters.append(priority)
    parameters.append(span.start)
    parameters.append(span.end)
  }

  static func decode(_ row: inout RowReader) throws -> CreditMeasurement.Judged {
    CreditMeasurement.Judged(
      clock: try row.next(), subjectKind: try row.next(), subject: try row.next(), isMet: try row.next(), at: try row.next())
  }
}

/// The judgements that count of what was measured of a line in a period, one for each service that a target names.
struct MeasuredVerdicts: Statement {
  let tenant: TenantId
  let line: Int64
  let metric: String
  let period: BillingPeriod

  static let sql = """
    select distinct on (service) service, attained, attainable, verdict = 'met'
    from measurements.pub_verdict
    where tenant_id = $1 and line_id = $2 and metric = $3 and period_kind = $4 and period_from = $5
    order by service, seq desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(metric)
    parameters.append(period.kind.rawValue)
    parameters.append(period.first)
  }

  static func decode(_ row: inout RowReader) throws -> CreditMeasurement.Recorded {
    CreditMeasurement.Recorded(service: try row.next(), attained: try row.next(), attainable: try row.next(), isMet: try row.next())
  }
}
