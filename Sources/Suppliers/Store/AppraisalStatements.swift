import Kernel
import Postgres

struct InsertAppraisal: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let supplier: Int64
  let scheme: Int64
  let schemeVersion: Int64
  let zone: String
  let periodKind: String
  let periodName: String
  let days: Range<CalendarDate>
  let restates: Int64?
  let cause: String?
  let now: Instant

  static let sql = """
    insert into suppliers.appraisal
      (tenant_id, public_id, supplier_id, scheme_id, scheme_version_id, zone, period_kind, period_name, period_from, period_to, restates, cause, state,
       recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'draft', $13)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(supplier)
    parameters.append(scheme)
    parameters.append(schemeVersion)
    parameters.append(zone)
    parameters.append(periodKind)
    parameters.append(periodName)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
    parameters.append(restates)
    parameters.append(cause)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An appraisal, with its figures once it is closed.
struct AppraisalRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let supplierId: Int64
  let supplier: [UInt8]
  let supplierCode: String
  let supplierName: String
  let schemeId: Int64
  let scheme: [UInt8]
  let schemeName: String
  let schemeVersion: Int64
  let terms: Value
  let zone: String
  let periodKind: String
  let periodName: String
  let periodFrom: CalendarDate
  let periodTo: CalendarDate
  let restatesId: Int64?
  let restates: [UInt8]?
  let cause: String?
  let state: AppraisalState
  let recordedAt: Instant
  let version: Int64
  let figures: Value?
  let closedAt: Instant?
  let closedBy: String?
  /// Of the result; -1 without one.
  let points: Int64

  static let columns = """
    a.id, a.public_id, s.id, s.public_id, s.code, s.name, m.id, m.public_id, m.name, v.id, v.terms, a.zone, a.period_kind, a.period_name, a.period_from,
    a.period_to, a.restates,
    (select o.public_id from suppliers.appraisal o where o.tenant_id = a.tenant_id and o.id = a.restates),
    a.cause, a.state, a.recorded_at, a.version, r.figures, r.closed_at, r.actor_name, coalesce(r.points, -1)
    """

  /// `a` is the appraisal.
  static let joins = """
    join suppliers.supplier s on s.id = a.supplier_id
    join suppliers.appraisal_scheme m on m.id = a.scheme_id
    join suppliers.appraisal_scheme_version v on v.id = a.scheme_version_id
    left join suppliers.appraisal_result r on r.tenant_id = a.tenant_id and r.appraisal_id = a.id
    """

  var days: Range<CalendarDate> { periodFrom..<max(periodFrom, periodTo) }

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    supplierId = try row.next()
    supplier = try row.next()
    supplierCode = try row.next()
    supplierName = try row.next()
    schemeId = try row.next()
    scheme = try row.next()
    schemeName = try row.next()
    schemeVersion = try row.next()
    terms = try row.next()
    zone = try row.next()
    periodKind = try row.next()
    periodName = try row.next()
    periodFrom = try row.next()
    periodTo = try row.next()
    restatesId = try row.next()
    restates = try row.next()
    cause = try row.next()
    state = AppraisalState(rawValue: try row.next()) ?? .superseded
    recordedAt = try row.next()
    version = try row.next()
    figures = try row.next()
    closedAt = try row.next()
    closedBy = try row.next()
    points = try row.next()
  }
}

struct AppraisalByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select \(AppraisalRow.columns) from suppliers.appraisal a \(AppraisalRow.joins) where a.tenant_id = $1 and a.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalRow { try AppraisalRow(&row) }
}

/// Appraisals, the latest periods first.
struct AppraisalsByPeriod: Statement {
  let tenant: TenantId
  let state: AppraisalState?
  let beforeDay: CalendarDate
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    select \(AppraisalRow.columns) from suppliers.appraisal a \(AppraisalRow.joins)
    where a.tenant_id = $1 and ($2::text is null or a.state = $2) and (a.period_to, a.id) < ($3, $4) order by a.period_to desc, a.id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(state?.rawValue)
    parameters.append(beforeDay)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalRow { try AppraisalRow(&row) }
}

/// The same of one supplier.
struct AppraisalsOfSupplier: Statement {
  let tenant: TenantId
  let supplier: Int64
  let state: AppraisalState?
  let beforeDay: CalendarDate
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    select \(AppraisalRow.columns) from suppliers.appraisal a \(AppraisalRow.joins)
    where a.tenant_id = $1 and a.supplier_id = $2 and ($3::text is null or a.state = $3) and (a.period_to, a.id) < ($4, $5)
    order by a.period_to desc, a.id desc limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(state?.rawValue)
    parameters.append(beforeDay)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalRow { try AppraisalRow(&row) }
}

/// What stands of a scheme and period, the best supplier first.
struct AppraisalsCompared: Statement {
  let tenant: TenantId
  let scheme: Int64
  let days: Range<CalendarDate>
  let belowPoints: Int64
  let afterId: Int64
  let limit: Int64

  static let sql = """
    select \(AppraisalRow.columns)
    from suppliers.appraisal_result r
    join suppliers.appraisal a on a.tenant_id = r.tenant_id and a.id = r.appraisal_id and a.state = 'closed'
    join suppliers.supplier s on s.id = a.supplier_id
    join suppliers.appraisal_scheme m on m.id = a.scheme_id
    join suppliers.appraisal_scheme_version v on v.id = a.scheme_version_id
    where r.tenant_id = $1 and r.scheme_id = $2 and r.period_from = $3 and r.period_to = $4
      and (r.points < $5 or (r.points = $5 and r.appraisal_id > $6))
    order by r.points desc, r.appraisal_id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(scheme)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
    parameters.append(belowPoints)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalRow { try AppraisalRow(&row) }
}

/// The closed appraisal of a supplier, scheme and period, if there is one.
struct StandingAppraisal: Statement {
  let tenant: TenantId
  let supplier: Int64
  let scheme: Int64
  let days: Range<CalendarDate>

  static let sql = """
    select public_id from suppliers.appraisal
    where tenant_id = $1 and supplier_id = $2 and scheme_id = $3 and period_from = $4 and period_to = $5 and state = 'closed'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(scheme)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// No row when another change came first.
struct AdvanceAppraisal: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let state: AppraisalState

  static let sql = """
    update suppliers.appraisal set state = $4, version = version + 1 where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Writes the figures down, once.
struct InsertAppraisalResult: Statement {
  let tenant: TenantId
  let appraisal: AppraisalRow
  let figures: AppraisalFigures
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into suppliers.appraisal_result
      (tenant_id, appraisal_id, scheme_id, period_from, period_to, figures, grade, points, coverage_millionths, actor_kind, actor_id, actor_name, closed_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(appraisal.id)
    parameters.append(appraisal.schemeId)
    parameters.append(appraisal.periodFrom)
    parameters.append(appraisal.periodTo)
    parameters.append(json: figures.value)
    parameters.append(figures.score.grade?.rawValue)
    parameters.append(figures.points)
    parameters.append(figures.score.coverage.units)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }
}
