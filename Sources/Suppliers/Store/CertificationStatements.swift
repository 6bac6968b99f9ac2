import Kernel
import Postgres

struct InsertCertification: Statement {
  let publicId: PublicId
  let supplier: Int64
  let name: String
  let issuer: String?
  let reference: String?
  let validFrom: CalendarDate
  let expiresOn: CalendarDate
  let warnOn: CalendarDate
  let now: Instant

  static let sql = """
    insert into suppliers.certification (public_id, supplier_id, name, issuer, reference, valid_from, expires_on, warn_on, recorded_at, tell_on)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(supplier)
    parameters.append(name)
    parameters.append(issuer)
    parameters.append(reference)
    parameters.append(validFrom)
    parameters.append(expiresOn)
    parameters.append(warnOn)
    parameters.append(now)
  }
}

struct CertificationRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let supplier: [UInt8]
  let supplierCode: String
  let name: String
  let issuer: String?
  let reference: String?
  let validFrom: CalendarDate
  let expiresOn: CalendarDate
  let warnOn: CalendarDate
  let endedAt: Instant?
  let version: Int64

  static let select = """
    select c.id, c.public_id, s.public_id, s.code, c.name, c.issuer, c.reference, c.valid_from, c.expires_on, c.warn_on, c.ended_at, c.version
    from suppliers.certification c join suppliers.supplier s on s.id = c.supplier_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    supplier = try row.next()
    supplierCode = try row.next()
    name = try row.next()
    issuer = try row.next()
    reference = try row.next()
    validFrom = try row.next()
    expiresOn = try row.next()
    warnOn = try row.next()
    endedAt = try row.next()
    version = try row.next()
  }
}

struct CertificationByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(CertificationRow.select) where c.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> CertificationRow { try CertificationRow(&row) }
}

struct CertificationsOfSupplier: Statement {
  let supplier: Int64
  let afterExpiry: CalendarDate
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(CertificationRow.select) where c.supplier_id = $1 and (c.expires_on, c.id) > ($2, $3) order by c.expires_on, c.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(afterExpiry)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> CertificationRow { try CertificationRow(&row) }
}

/// Over all suppliers that we work with: what expires next and is to be warned of by a day. What has expired stays until it is
/// end-dated.
struct CertificationsDue: Statement {
  let on: CalendarDate
  let afterExpiry: CalendarDate
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(CertificationRow.select)
    where c.ended_at is null and s.state = 'active' and c.warn_on <= $1 and (c.expires_on, c.id) > ($2, $3) order by c.expires_on, c.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(on)
    parameters.append(afterExpiry)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> CertificationRow { try CertificationRow(&row) }
}

/// No row when another change came first.
struct CloseCertification: Statement {
  let id: Int64
  let version: Int64
  let at: Instant

  static let sql = "update suppliers.certification set ended_at = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
