import Contracts
import Kernel
import Postgres
import ServiceTime

/// A contract line, as contracts publish it.
struct MeasuredLine: Statement {
  struct Found: Sendable {
    let line: Int64
    let contract: Int64
    let currency: String
    let zone: String
  }

  let tenant: TenantId
  let publicId: PublicId

  static let sql = """
    select l.line_id, l.contract_id, c.currency, c.zone
    from contracts.pub_line l join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    where l.tenant_id = $1 and l.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(line: try row.next(), contract: try row.next(), currency: try row.next(), zone: try row.next())
  }
}

/// While suppliers' services provide a line. Their outages tell of its availability then.
struct ProvidedSpans: Statement {
  let tenant: TenantId
  let line: Int64

  static let sql = """
    select valid_from, ended_at from suppliers.pub_line_link where tenant_id = $1 and line_id = $2 and role <> 'backup' order by line_link_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> TimeSpan {
    let from: Instant = try row.next()
    let to: Instant? = try row.next()
    return TimeSpan(from, to ?? Instant(microseconds: .max))
  }
}

/// What is recorded.
struct NewMeasurement: Sendable {
  let line: Int64
  let measure: ServiceMeasure
  let service: String?
  let ci: String?
  let from: Instant
  let to: Instant
  let numerator: Int64
  let denominator: Int64
  let evidence: String
}

struct InsertMeasurement: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let measurement: NewMeasurement
  let supersedes: Int64?
  let withdraws: Bool
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into measurements.measurement
      (tenant_id, public_id, contract_line_id, metric, service, ci, from_at, to_at, numerator, denominator, evidence, supersedes, withdraws, actor_kind,
       actor_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(measurement.line)
    parameters.append(measurement.measure.code)
    parameters.append(measurement.service)
    parameters.append(measurement.ci)
    parameters.append(measurement.from)
    parameters.append(measurement.to)
    parameters.append(measurement.numerator)
    parameters.append(measurement.denominator)
    parameters.append(measurement.evidence)
    parameters.append(supersedes)
    parameters.append(withdraws)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A service of the catalogue that is for all or for this customer, by its code.
struct CataloguedService: Statement {
  let tenant: TenantId
  let code: String

  static let sql = "select code from catalog.pub_service where code = $2 and (only_tenant_id is null or only_tenant_id = $1)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(code)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Keeps out what would be counted twice: `covered_overlap_exclude` refuses a stretch that overlaps one of the same line, measure and
/// service, and of the same configuration item or of all: a range without bounds is all of them.
struct InsertCovered: Statement {
  let tenant: TenantId
  let id: Int64
  let measurement: NewMeasurement

  static let sql = """
    insert into measurements.covered (tenant_id, measurement_id, contract_line_id, metric, service, cis, during)
    values ($1, $2, $3, $4, $5, measurements.ci_range($6, $6, '[]'), tstzrange($7::timestamptz, $8::timestamptz, case when $7 = $8 then '[]' else '[)' end))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(measurement.line)
    parameters.append(measurement.measure.code)
    parameters.append(measurement.service ?? "")
    parameters.append(measurement.ci)
    parameters.append(measurement.from)
    parameters.append(measurement.to)
  }
}

/// A correction covers what it takes the place of.
struct PassCoveredOn: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64

  static let sql = "update measurements.covered set measurement_id = $3 where tenant_id = $1 and measurement_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
  }
}

/// What was taken back covers nothing.
struct DeleteCovered: Statement {
  let tenant: TenantId
  let measurement: Int64

  static let sql = "delete from measurements.covered where tenant_id = $1 and measurement_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(measurement)
  }
}

/// What is taken back uncovers what stood beside it of old, when nothing kept overlaps out: that goes on to count, and is covered now.
struct CoverWhatStands: Statement {
  let tenant: TenantId
  let withdrawn: Int64

  static let sql = """
    insert into measurements.covered (tenant_id, measurement_id, contract_line_id, metric, service, cis, during)
    select m.tenant_id, m.id, m.contract_line_id, m.metric, coalesce(m.service, ''), measurements.ci_range(m.ci, m.ci, '[]'),
      tstzrange(m.from_at, m.to_at, case when m.from_at = m.to_at then '[]' else '[)' end)
    from measurements.measurement w
    join measurements.measurement m on m.tenant_id = w.tenant_id and m.contract_line_id = w.contract_line_id and m.metric = w.metric
      and m.from_at <= w.to_at and m.to_at >= w.from_at
    where w.tenant_id = $1 and w.id = $2 and not m.withdraws
      and not exists (select from measurements.measurement a where a.tenant_id = m.tenant_id and a.supersedes = m.id)
    order by m.id
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(withdrawn)
  }
}

/// A measurement, with what took its place.
struct MeasurementRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let line: Int64
  let linePublicId: [UInt8]
  let metric: String
  let service: String?
  let ci: String?
  let from: Instant
  let to: Instant
  let numerator: Int64
  let denominator: Int64
  let evidence: String
  let withdraws: Bool
  let supersedes: [UInt8]?
  let supersededBy: [UInt8]?
  let recordedAt: Instant

  static let select = """
    select m.id, m.public_id, m.contract_line_id, l.public_id, m.metric, m.service, m.ci, m.from_at, m.to_at, m.numerator, m.denominator, m.evidence,
      m.withdraws, b.public_id, a.public_id, m.recorded_at
    from measurements.measurement m
    join contracts.pub_line l on l.tenant_id = m.tenant_id and l.line_id = m.contract_line_id
    left join measurements.measurement b on b.tenant_id = m.tenant_id and b.id = m.supersedes
    left join measurements.measurement a on a.tenant_id = m.tenant_id and a.supersedes = m.id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    line = try row.next()
    linePublicId = try row.next()
    metric = try row.next()
    service = try row.next()
    ci = try row.next()
    from = try row.next()
    to = try row.next()
    numerator = try row.next()
    denominator = try row.next()
    evidence = try row.next()
    withdraws = try row.next()
    supersedes = try row.next()
    supersededBy = try row.next()
    recordedAt = try row.next()
  }
}

struct MeasurementByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(MeasurementRow.select) where m.tenant_id = $1 and m.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> MeasurementRow { try MeasurementRow(&row) }
}

/// The measurements of a line, the newest first; those that were corrected too.
struct MeasurementsOfLine: Statement {
  let tenant: TenantId
  let line: Int64
  let beforeFrom: Instant
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    \(MeasurementRow.select) where m.tenant_id = $1 and m.contract_line_id = $2 and (m.from_at, m.id) < ($3, $4)
    order by m.from_at desc, m.id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(beforeFrom)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> MeasurementRow { try MeasurementRow(&row) }
}

/// Those that stand and touch a stretch of time.
struct StandingMeasurements: Statement {
  let tenant: TenantId
  let line: Int64
  let span: TimeSpan

  static let sql = """
    select m.metric, m.public_id, m.service, m.from_at, m.to_at, m.numerator, m.denominator
    from measurements.measurement m
    where m.tenant_id = $1 and m.contract_line_id = $2 and m.from_at >= $3 and m.to_at <= $4 and not m.withdraws
      and not exists (select from measurements.measurement a where a.tenant_id = m.tenant_id and a.supersedes = m.id)
    order by m.from_at, m.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(span.start)
    parameters.append(span.end)
  }

  static func decode(_ row: inout RowReader) throws -> (metric: String, value: MeasuredPeriod.Value) {
    (
      try row.next(),
      MeasuredPeriod.Value(
        publicId: try row.next(), service: try row.next(), from: try row.next(), to: try row.next(), numerator: try row.next(), denominator: try row.next())
    )
  }
}
