import Kernel
import Postgres

struct InsertSupplier: Statement {
  let publicId: PublicId
  let code: String
  let name: String
  let zone: String
  let now: Instant

  static let sql = """
    insert into suppliers.supplier (public_id, code, name, zone, state, recorded_at) values ($1, $2, $3, $4, 'active', $5) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(code)
    parameters.append(name)
    parameters.append(zone)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct SupplierRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let code: String
  let name: String
  let zone: String
  let isActive: Bool
  let recordedAt: Instant
  let version: Int64

  static let columns = "s.id, s.public_id, s.code, s.name, s.zone, s.state = 'active', s.recorded_at, s.version"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    code = try row.next()
    name = try row.next()
    zone = try row.next()
    isActive = try row.next()
    recordedAt = try row.next()
    version = try row.next()
  }
}

struct SupplierByPublicId: Statement {
  let publicId: PublicId

  static let sql = "select \(SupplierRow.columns) from suppliers.supplier s where s.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> SupplierRow { try SupplierRow(&row) }
}

/// The same, kept from others until the transaction ends: imports of one supplier come one after the other.
struct LockSupplier: Statement {
  let publicId: PublicId

  static let sql = "select \(SupplierRow.columns) from suppliers.supplier s where s.public_id = $1 for update"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> SupplierRow { try SupplierRow(&row) }
}

struct SuppliersByCode: Statement {
  let after: String
  let limit: Int64

  static let sql = "select \(SupplierRow.columns) from suppliers.supplier s where s.code > $1 order by s.code limit $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierRow { try SupplierRow(&row) }
}

/// No row when another change came first.
struct UpdateSupplier: Statement {
  let id: Int64
  let version: Int64
  let name: String
  let zone: String
  let isActive: Bool

  static let sql = """
    update suppliers.supplier set name = $3, zone = $4, state = case when $5 then 'active' else 'ended' end, version = version + 1
    where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
    parameters.append(zone)
    parameters.append(isActive)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
