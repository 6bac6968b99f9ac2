import Kernel
import Postgres

/// What a service is to a line.
package enum LinkRole: String, Sendable, CaseIterable {
  /// The line rests on it: while it is down, so is the line.
  case provides
  /// It takes over: the line is down only while it is down as well.
  case backup
}

/// A customer's contract line, as contracts publish it.
struct LineOfId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select line_id from contracts.pub_line where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same line, and since when it is one: what it rests on it has rested on since then, where nobody says otherwise.
struct LineToLink: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = """
    select l.line_id, min(v.valid_from) from contracts.pub_line l
    join contracts.pub_line_terms v on v.tenant_id = l.tenant_id and v.line_id = l.line_id
    where l.tenant_id = $1 and l.public_id = $2 group by l.line_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> (line: Int64, begins: Instant) { (try row.next(), try row.next()) }
}

/// A link that says the same of some time from an instant on.
struct LinkInForce: Statement {
  let tenant: TenantId
  let line: Int64
  let service: Int64
  let contract: Int64?
  let role: LinkRole
  let from: Instant

  static let sql = """
    select public_id from suppliers.line_link
    where tenant_id = $1 and contract_line_id = $2 and service_id = $3 and supplier_contract_id is not distinct from $4::bigint and role = $5
      and (ended_at is null or ended_at > $6)
    order by id limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(service)
    parameters.append(contract)
    parameters.append(role.rawValue)
    parameters.append(from)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

struct InsertSupplierLink: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let line: Int64
  let service: Int64
  let contract: Int64?
  let role: LinkRole
  let weight: Int64
  let validFrom: Instant
  let now: Instant

  static let sql = """
    insert into suppliers.line_link
      (tenant_id, public_id, contract_line_id, service_id, supplier_contract_id, role, weight, valid_from, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(line)
    parameters.append(service)
    parameters.append(contract)
    parameters.append(role.rawValue)
    parameters.append(weight)
    parameters.append(validFrom)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct LinkRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let line: [UInt8]
  let service: [UInt8]
  let serviceName: String
  let supplier: [UInt8]
  let supplierCode: String
  let contract: [UInt8]?
  let role: LinkRole
  let weight: Int64
  let validFrom: Instant
  let endedAt: Instant?
  let isNotNeeded: Bool
  let version: Int64

  static let select = """
    select l.id, l.public_id, k.public_id, v.public_id, v.name, s.public_id, s.code, c.public_id, l.role, l.weight, l.valid_from, l.ended_at,
      l.not_needed, l.version
    from suppliers.line_link l
    join contracts.pub_line k on k.tenant_id = l.tenant_id and k.line_id = l.contract_line_id
    join suppliers.service v on v.id = l.service_id
    join suppliers.supplier s on s.id = v.supplier_id
    left join suppliers.contract c on c.id = l.supplier_contract_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    line = try row.next()
    service = try row.next()
    serviceName = try row.next()
    supplier = try row.next()
    supplierCode = try row.next()
    contract = try row.next()
    role = LinkRole(rawValue: try row.next()) ?? .provides
    weight = try row.next()
    validFrom = try row.next()
    endedAt = try row.next()
    isNotNeeded = try row.next()
    version = try row.next()
  }
}

struct SupplierLinkByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(LinkRow.select) where l.tenant_id = $1 and l.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> LinkRow { try LinkRow(&row) }
}

struct LinksOfLine: Statement {
  let tenant: TenantId
  let line: Int64
  let afterId: Int64
  let limit: Int64

  static let sql = "\(LinkRow.select) where l.tenant_id = $1 and l.contract_line_id = $2 and l.id > $3 order by l.id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> LinkRow { try LinkRow(&row) }
}

/// No row when another change came first.
struct CloseSupplierLink: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let at: Instant
  let isNotNeeded: Bool

  static let sql = """
    update suppliers.line_link set ended_at = $4, not_needed = $5, version = version + 1 where tenant_id = $1 and id = $2 and version = $3
    returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(at)
    parameters.append(isNotNeeded)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An underpinning contract and whose it is.
struct UnderpinningHead: Statement {
  struct Found: Sendable {
    let id: Int64
    let supplier: Int64
  }

  let publicId: PublicId

  static let sql = "select id, supplier_id from suppliers.contract where public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), supplier: try row.next()) }
}
