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

/// The suppliers' services that a line rests on, as suppliers publish them.
struct LinkedServices: Statement {
  struct Found: Sendable {
    let service: Int64
    let name: String
    let region: String
    let instance: String
    let isBackup: Bool
    let weight: Int64
    let validFrom: Instant
    let endedAt: Instant?
  }

  let tenant: TenantId
  let line: Int64

  static let sql = """
    select k.service_id, v.name, v.region, v.instance, k.role = 'backup', k.weight, k.valid_from, k.ended_at
    from suppliers.pub_line_link k join suppliers.pub_service v on v.service_id = k.service_id
    where k.tenant_id = $1 and k.line_id = $2 order by k.line_link_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      service: try row.next(), name: try row.next(), region: try row.next(), instance: try row.next(), isBackup: try row.next(),
      weight: try row.next(), validFrom: try row.next(), endedAt: try row.next())
  }
}

/// The outages of services that touch a stretch of time, its ends included. Rows of the provider's own tenant.
struct OutagesOfServices: Statement {
  struct Found: Sendable {
    let service: Int64
    let known: CreditMeasurement.KnownOutage
  }

  let provider: TenantId
  let services: [Int64]
  let span: TimeSpan

  static let sql = """
    select service_id, public_id, version, severity, starts_at, ends_at, announced_at from suppliers.pub_outage
    where tenant_id = $1 and service_id = any($2) and coalesce(ends_at, 'infinity'::timestamptz) >= $3 and starts_at <= $4
    order by service_id, starts_at, outage_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(services)
    parameters.append(span.start)
    parameters.append(span.end)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let service: Int64 = try row.next()
    let publicId: [UInt8] = try row.next()
    let version: Int64 = try row.next()
    let severity: String = try row.next()
    let outage = Outage(
      from: try row.next(), to: try row.next(), OutageSeverity(rawValue: severity) ?? .partial, announcedAt: try row.next())
    return Found(service: service, known: CreditMeasurement.KnownOutage(publicId: publicId, version: version, outage: outage))
  }
}
