import Kernel
import Postgres
import Renewals

struct InsertContact: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let contract: Int64
  let person: Int64
  let role: ContactRole
  let validFrom: Instant
  let now: Instant

  static let sql = """
    insert into contracts.contract_contact (tenant_id, public_id, contract_id, person_id, role, valid_from, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(contract)
    parameters.append(person)
    parameters.append(role.rawValue)
    parameters.append(validFrom)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Somebody who speaks for a contract.
struct ContactRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let contract: [UInt8]
  let person: [UInt8]
  let name: String
  let email: String?
  let role: String
  let validFrom: Instant
  let validUntil: Instant?
  let version: Int64

  static let select = """
    select k.id, k.public_id, c.public_id, p.public_id, p.name, p.email, k.role, k.valid_from, k.valid_until, k.version
    from contracts.contract_contact k
    join contracts.contract c on c.tenant_id = k.tenant_id and c.id = k.contract_id
    join tenancy.person p on p.tenant_id = k.tenant_id and p.id = k.person_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    contract = try row.next()
    person = try row.next()
    name = try row.next()
    email = try row.next()
    role = try row.next()
    validFrom = try row.next()
    validUntil = try row.next()
    version = try row.next()
  }
}

struct ContactByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(ContactRow.select) where k.tenant_id = $1 and k.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ContactRow { try ContactRow(&row) }
}

/// The contacts of a contract in the order in which they were named; with an instant, only those who hold then.
struct ContactsOfContract: Statement {
  let tenant: TenantId
  let contract: Int64
  let at: Instant?
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(ContactRow.select)
    where k.tenant_id = $1 and k.contract_id = $2 and k.id > $4
      and ($3::timestamptz is null or (k.valid_from <= $3 and (k.valid_until is null or k.valid_until > $3)))
    order by k.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(at)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ContactRow { try ContactRow(&row) }
}

/// Ends a contact; no row when another change came first.
struct EndContactRow: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let until: Instant

  static let sql = """
    update contracts.contract_contact set valid_until = $4, version = version + 1 where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(until)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
