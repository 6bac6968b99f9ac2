import Kernel
import Postgres
import Renewals

/// Somebody at a supplier, as a contract's contact needs it.
struct ContactToName: Statement {
  struct Found: Sendable {
    let id: Int64
    let supplier: Int64
    let isEnded: Bool
  }

  let publicId: PublicId

  static let sql = "select id, supplier_id, ended_at is not null from suppliers.contact where public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), supplier: try row.next(), isEnded: try row.next()) }
}

struct InsertUnderpinningContact: Statement {
  let publicId: PublicId
  let contract: Int64
  let contact: Int64
  let role: ContactRole
  let validFrom: Instant
  let now: Instant

  static let sql = """
    insert into suppliers.contract_contact (public_id, contract_id, contact_id, role, valid_from, recorded_at) values ($1, $2, $3, $4, $5, $6) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(contract)
    parameters.append(contact)
    parameters.append(role.rawValue)
    parameters.append(validFrom)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Who at the supplier speaks for a contract.
struct UnderpinningContactRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let contract: [UInt8]
  let contact: [UInt8]
  let name: String
  let email: String?
  let phone: String?
  let role: String
  let validFrom: Instant
  let validUntil: Instant?
  /// When the person ended to be the supplier's contact at all.
  let contactEndedAt: Instant?
  let version: Int64

  static let select = """
    select k.id, k.public_id, c.public_id, p.public_id, p.name, p.email, p.phone, k.role, k.valid_from, k.valid_until, p.ended_at, k.version
    from suppliers.contract_contact k
    join suppliers.contract c on c.id = k.contract_id
    join suppliers.contact p on p.id = k.contact_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    contract = try row.next()
    contact = try row.next()
    name = try row.next()
    email = try row.next()
    phone = try row.next()
    role = try row.next()
    validFrom = try row.next()
    validUntil = try row.next()
    contactEndedAt = try row.next()
    version = try row.next()
  }
}

struct UnderpinningContactByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(UnderpinningContactRow.select) where k.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> UnderpinningContactRow { try UnderpinningContactRow(&row) }
}

/// The contacts of a contract in the order in which they were named; with an instant, only those who hold then.
struct ContactsOfUnderpinning: Statement {
  let contract: Int64
  let at: Instant?
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(UnderpinningContactRow.select)
    where k.contract_id = $1 and k.id > $3
      and ($2::timestamptz is null or (k.valid_from <= $2 and (k.valid_until is null or k.valid_until > $2) and (p.ended_at is null or p.ended_at > $2)))
    order by k.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(contract)
    parameters.append(at)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> UnderpinningContactRow { try UnderpinningContactRow(&row) }
}

/// Ends a contact; no row when another change came first.
struct EndUnderpinningContactRow: Statement {
  let id: Int64
  let version: Int64
  let until: Instant

  static let sql = "update suppliers.contract_contact set valid_until = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(until)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
