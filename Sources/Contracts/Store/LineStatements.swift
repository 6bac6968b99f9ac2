import Kernel
import Postgres

struct InsertLine: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let contract: Int64
  let now: Instant

  static let sql = "insert into contracts.contract_line (tenant_id, public_id, contract_id, recorded_at) values ($1, $2, $3, $4) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(contract)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertLineVersion: Statement {
  let tenant: TenantId
  let line: Int64
  let validFrom: Instant
  let name: String
  let state: LineState
  let sla: Int64
  let unit: Int64?
  let monthlyFee: Int64?
  let now: Instant

  static let sql = """
    insert into contracts.contract_line_version
      (tenant_id, contract_line_id, valid_from, name, state, sla_id, unit_id, monthly_fee_minor, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(validFrom)
    parameters.append(name)
    parameters.append(state.rawValue)
    parameters.append(sla)
    parameters.append(unit)
    parameters.append(monthlyFee)
    parameters.append(now)
  }
}

/// A line in one of its versions.
struct LineRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let contract: [UInt8]
  let currency: String
  let version: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let name: String
  let state: LineState
  let sla: [UInt8]
  let slaId: Int64
  let slaName: String
  /// The SLA's version in force at the same instant; nil before its first one.
  let slaVersion: Int64?
  let unit: [UInt8]?
  let unitId: Int64?
  let monthlyFee: Int64?

  /// `l` is the line, `v` its version, `c` the contract; $2 the instant.
  static let select = """
    select l.id, l.public_id, c.public_id, c.currency, l.version, v.valid_from, v.recorded_at, v.name, v.state, s.public_id, s.id, s.name,
      (select sv.id from contracts.sla_version sv
       where sv.sla_id = s.id and ($2::timestamptz is null or sv.valid_from <= $2) order by sv.valid_from desc limit 1),
      u.public_id, u.id, v.monthly_fee_minor
    from contracts.contract_line l
    join contracts.contract c on c.tenant_id = l.tenant_id and c.id = l.contract_id
    join contracts.contract_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id
    join contracts.sla s on s.id = v.sla_id
    left join tenancy.org_unit u on u.tenant_id = v.tenant_id and u.id = v.unit_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    contract = try row.next()
    currency = try row.next()
    version = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    name = try row.next()
    state = LineState(rawValue: try row.next()) ?? .ended
    sla = try row.next()
    slaId = try row.next()
    slaName = try row.next()
    slaVersion = try row.next()
    unit = try row.next()
    unitId = try row.next()
    monthlyFee = try row.next()
  }
}

/// A line in the version in force at an instant; the newest, future ones included, for a change.
struct LineAt: Statement {
  let tenant: TenantId
  let publicId: PublicId
  /// Nil: the newest version.
  let at: Instant?

  static let sql = """
    \(LineRow.select)
    where l.tenant_id = $1 and l.public_id = $3 and ($2::timestamptz is null or v.valid_from <= $2)
    order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> LineRow { try LineRow(&row) }
}

/// A contract's lines in the order in which they were made, each in the version in force at an instant.
struct LinesAt: Statement {
  let tenant: TenantId
  let at: Instant
  let contract: Int64
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(LineRow.select)
    where l.tenant_id = $1 and l.contract_id = $3 and l.id > $4
      and v.valid_from = (
        select max(n.valid_from) from contracts.contract_line_version n
        where n.tenant_id = l.tenant_id and n.contract_line_id = l.id and n.valid_from <= $2)
    order by l.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
    parameters.append(contract)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> LineRow { try LineRow(&row) }
}

/// Counts a change of a line; no row when another change came first.
struct AdvanceLine: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64

  static let sql = """
    update contracts.contract_line set version = version + 1 where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The units that lines name.
struct UnitsOfIds: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  let tenant: TenantId
  let publicIds: [PublicId]

  static let sql = "select id, public_id from tenancy.org_unit where tenant_id = $1 and public_id = any($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}
