import Kernel
import Postgres
import ServiceTime

/// Outages that are not there yet. Their public ids are in the order of the reports.
struct InsertOutages: Statement {
  struct Inserted: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  let tenant: TenantId
  let source: String
  let publicIds: [PublicId]
  let reports: [OutageReport]
  let now: Instant

  static let sql = """
    insert into suppliers.outage
      (tenant_id, public_id, service_id, severity, starts_at, ends_at, announced_at, title, source, external_key, recorded_at, updated_at)
    select $1, r.public_id, r.service_id, r.severity, r.starts_at, r.ends_at, r.announced_at, r.title, $2, r.external_key, $11, $11
    from unnest($3::bytea[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[])
      as r (public_id, service_id, severity, starts_at, ends_at, announced_at, title, external_key)
    returning id, public_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(publicIds.map(\.random))
    parameters.append(reports.map(\.service))
    parameters.append(reports.map(\.severity.rawValue))
    parameters.append(reports.map(\.startsAt))
    parameters.append(reports.map(\.endsAt))
    parameters.append(reports.map(\.announcedAt))
    parameters.append(reports.map(\.title))
    parameters.append(reports.map(\.key))
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Inserted { Inserted(id: try row.next(), publicId: try row.next()) }
}

/// What a source has told before, of each of these services under the key in the same place.
struct KnownOutages: Statement {
  let tenant: TenantId
  let source: String
  let services: [Int64]
  let keys: [String]

  static let sql = """
    select o.id, o.version, o.corrected, o.service_id, o.external_key, o.severity, o.starts_at, o.ends_at, o.announced_at, o.title
    from unnest($2::bigint[], $4::text[]) as w (service_id, external_key)
    join suppliers.outage o on o.service_id = w.service_id and o.external_key = w.external_key
    where o.tenant_id = $1 and o.source = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(services)
    parameters.append(source)
    parameters.append(keys)
  }

  static func decode(_ row: inout RowReader) throws -> OutagePlan.Known {
    OutagePlan.Known(
      id: try row.next(), version: try row.next(), isCorrected: try row.next(),
      report: OutageReport(
        service: try row.next(), key: try row.next(), severity: OutageSeverity(rawValue: try row.next()) ?? .partial, startsAt: try row.next(),
        endsAt: try row.next(), announcedAt: try row.next(), title: try row.next()))
  }
}

/// No row when another change came first.
struct UpdateOutage: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let severity: OutageSeverity
  let startsAt: Instant
  let endsAt: Instant?
  let announcedAt: Instant?
  let title: String?
  /// Nil: as it is.
  let withdrawn: Bool?
  /// Whether it is changed by hand: its source changes it no more then.
  let isCorrection: Bool
  let now: Instant

  static let sql = """
    update suppliers.outage
    set severity = $4, starts_at = $5, ends_at = $6, announced_at = $7, title = $8, withdrawn = coalesce($9, withdrawn), updated_at = $10,
      corrected = corrected or $11, version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(severity.rawValue)
    parameters.append(startsAt)
    parameters.append(endsAt)
    parameters.append(announcedAt)
    parameters.append(title)
    parameters.append(withdrawn)
    parameters.append(now)
    parameters.append(isCorrection)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct OutageRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let service: [UInt8]
  let serviceName: String
  let supplier: [UInt8]
  let severity: OutageSeverity
  let startsAt: Instant
  let endsAt: Instant?
  let announcedAt: Instant?
  let title: String?
  let source: String
  let externalKey: String
  let withdrawn: Bool
  let recordedAt: Instant
  let updatedAt: Instant
  let version: Int64

  static let select = """
    select o.id, o.public_id, v.public_id, v.name, s.public_id, o.severity, o.starts_at, o.ends_at, o.announced_at, o.title, o.source, o.external_key,
      o.withdrawn, o.recorded_at, o.updated_at, o.version
    from suppliers.outage o
    join suppliers.service v on v.id = o.service_id
    join suppliers.supplier s on s.id = v.supplier_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    service = try row.next()
    serviceName = try row.next()
    supplier = try row.next()
    severity = OutageSeverity(rawValue: try row.next()) ?? .partial
    startsAt = try row.next()
    endsAt = try row.next()
    announcedAt = try row.next()
    title = try row.next()
    source = try row.next()
    externalKey = try row.next()
    withdrawn = try row.next()
    recordedAt = try row.next()
    updatedAt = try row.next()
    version = try row.next()
  }

  var outage: Outage { Outage(from: startsAt, to: endsAt, severity, announcedAt: announcedAt) }
}

struct OutageByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(OutageRow.select) where o.tenant_id = $1 and o.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> OutageRow { try OutageRow(&row) }
}

/// All outages, newest first.
struct OutagesByStart: Statement {
  let tenant: TenantId
  let beforeStart: Instant
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    \(OutageRow.select) where o.tenant_id = $1 and (o.starts_at, o.id) < ($2, $3) order by o.starts_at desc, o.id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(beforeStart)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OutageRow { try OutageRow(&row) }
}

/// A service's outages, newest first.
struct OutagesOfService: Statement {
  let tenant: TenantId
  let service: Int64
  let beforeStart: Instant
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    \(OutageRow.select)
    where o.tenant_id = $1 and o.service_id = $2 and (o.starts_at, o.id) < ($3, $4) order by o.starts_at desc, o.id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(service)
    parameters.append(beforeStart)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OutageRow { try OutageRow(&row) }
}

/// What touches a stretch of time, its ends included: an outage that ends where another begins is one with it.
struct OutagesTouching: Statement {
  let tenant: TenantId
  let service: Int64
  let span: TimeSpan

  static let sql = """
    \(OutageRow.select)
    where o.tenant_id = $1 and o.service_id = $2 and not o.withdrawn
      and coalesce(o.ends_at, 'infinity'::timestamptz) >= $3 and o.starts_at <= $4
    order by o.starts_at, o.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(service)
    parameters.append(span.start)
    parameters.append(span.end)
  }

  static func decode(_ row: inout RowReader) throws -> OutageRow { try OutageRow(&row) }
}
