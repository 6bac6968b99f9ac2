import Kernel
import Postgres

struct InsertPerson: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let unit: Int64?
  let name: String
  let email: String?
  let phone: String?
  let language: String
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.person (tenant_id, public_id, unit_id, name, email, phone, language, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(unit)
    parameters.append(name)
    parameters.append(email)
    parameters.append(phone)
    parameters.append(language)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct FindPerson: Statement {
  struct Found: Sendable {
    let id: Int64
    let unit: Int64?
    let hasLeft: Bool
  }

  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = "select id, unit_id, left_at is not null from tenancy.person where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), unit: try row.next(), hasLeft: try row.next()) }
}

/// Whether a person has left. The row is held, so that nobody leaves while a login of his is made usable, nor the other way round.
struct PersonHasLeft: Statement {
  let tenant: TenantId
  let person: Int64

  static let sql = "select left_at is not null from tenancy.person where tenant_id = $1 and id = $2 for no key update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(person)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// A person with the unit's public id.
struct PersonRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  var name: String
  var email: String?
  var phone: String?
  var unit: Int64?
  var unitPublicId: [UInt8]?
  var language: String
  var leftAt: Instant?
  let version: Int64

  static let select = """
    select p.id, p.public_id, p.name, p.email, p.phone, p.unit_id, u.public_id, p.language, p.left_at, p.version
    from tenancy.person p left join tenancy.org_unit u on u.tenant_id = p.tenant_id and u.id = p.unit_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    email = try row.next()
    phone = try row.next()
    unit = try row.next()
    unitPublicId = try row.next()
    language = try row.next()
    leftAt = try row.next()
    version = try row.next()
  }
}

extension Parameters {
  /// `($n or unit_id = any ($n+1) or id = $n+2)`, of people.
  fileprivate mutating func append(people scope: RowScope) {
    append(scope.everything)
    append(scope.units.sorted())
    append(scope.person)
  }
}

/// People of one customer, by their ids: no more are read than one customer has.
struct PersonsOfTenant: Statement {
  let tenant: TenantId
  let scope: RowScope
  /// A part of the name, the e-mail address or the telephone number, in small letters; nil: everybody.
  let text: String?
  let withLeft: Bool
  let after: Int64
  let limit: Int64

  static let sql = """
    \(PersonRow.select)
    where p.tenant_id = $1 and ($2 or p.unit_id = any ($3) or p.id = $4) and p.id > $5
      and ($6::text is null or strpos(lower(p.name), $6) > 0 or strpos(p.email, $6) > 0 or strpos(p.phone, $6) > 0)
      and ($7 or p.left_at is null)
    order by p.id limit $8
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(people: scope)
    parameters.append(after)
    parameters.append(text)
    parameters.append(withLeft)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> PersonRow { try PersonRow(&row) }
}

struct PersonByPublicId: Statement {
  let tenant: TenantId
  let scope: RowScope
  let publicId: [UInt8]

  static let sql = "\(PersonRow.select) where p.tenant_id = $1 and ($2 or p.unit_id = any ($3) or p.id = $4) and p.public_id = $5"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(people: scope)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> PersonRow { try PersonRow(&row) }
}

/// Those who are there still, by e-mail address.
struct PersonsByEmail: Statement {
  struct Found: Sendable {
    let email: String
    let publicId: [UInt8]
  }

  let tenant: TenantId
  let emails: [String]
  let scope: RowScope

  static let sql = """
    select p.email, p.public_id from unnest($5::text[]) e (email)
    join tenancy.person p on p.tenant_id = $1 and p.email = e.email
    where p.tenant_id = $1 and ($2 or p.unit_id = any ($3) or p.id = $4) and p.left_at is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(people: scope)
    parameters.append(emails)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(email: try row.next(), publicId: try row.next()) }
}

/// No row when somebody else changed the person meanwhile.
struct UpdatePerson: Statement {
  let tenant: TenantId
  let person: PersonRow

  static let sql = """
    update tenancy.person set name = $4, email = $5, phone = $6, unit_id = $7, language = $8, left_at = $9, version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(person.id)
    parameters.append(person.version)
    parameters.append(person.name)
    parameters.append(person.email)
    parameters.append(person.phone)
    parameters.append(person.unit)
    parameters.append(person.language)
    parameters.append(person.leftAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The login of a person that can still be used, if there is one.
struct ActiveLoginOf: Statement {
  let tenant: TenantId
  let person: Int64

  static let sql = """
    select a.name from tenancy.account a where a.tenant_id = $1 and a.person_id = $2 and a.state = 'active' order by a.id limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(person)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
