import Kernel
import Postgres

struct InsertSupplierContact: Statement {
  let publicId: PublicId
  let supplier: Int64
  let name: String
  let duty: String?
  let email: String?
  let phone: String?
  let now: Instant

  static let sql = """
    insert into suppliers.contact (public_id, supplier_id, name, duty, email, phone, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(supplier)
    parameters.append(name)
    parameters.append(duty)
    parameters.append(email)
    parameters.append(phone)
    parameters.append(now)
  }
}

struct SupplierContactRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let supplier: [UInt8]
  let name: String
  let duty: String?
  let email: String?
  let phone: String?
  let endedAt: Instant?
  let version: Int64

  static let select = """
    select c.id, c.public_id, s.public_id, c.name, c.duty, c.email, c.phone, c.ended_at, c.version
    from suppliers.contact c join suppliers.supplier s on s.id = c.supplier_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    supplier = try row.next()
    name = try row.next()
    duty = try row.next()
    email = try row.next()
    phone = try row.next()
    endedAt = try row.next()
    version = try row.next()
  }
}

struct SupplierContactByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(SupplierContactRow.select) where c.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> SupplierContactRow { try SupplierContactRow(&row) }
}

struct ContactsOfSupplier: Statement {
  let supplier: Int64
  let afterId: Int64
  let limit: Int64

  static let sql = "\(SupplierContactRow.select) where c.supplier_id = $1 and c.id > $2 order by c.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierContactRow { try SupplierContactRow(&row) }
}

/// No row when another change came first.
struct CloseSupplierContact: Statement {
  let id: Int64
  let version: Int64
  let at: Instant

  static let sql = "update suppliers.contact set ended_at = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
