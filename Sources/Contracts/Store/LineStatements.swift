import Kernel
import Operations
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
  /// The line's counter after the change.
  let seq: Int64
  let validFrom: Instant
  let state: LineState
  let content: LineContent
  let now: Instant

  static let sql = """
    insert into contracts.contract_line_version
      (tenant_id, contract_line_id, seq, valid_from, name, state, sla_id, unit_id, monthly_fee_minor, quantity, quantity_unit, exclusions,
       price_reference, recorded_at, service_id, offering_id, only_covered_cis, other_unit_ids, person_ids)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(seq)
    parameters.append(validFrom)
    parameters.append(content.name)
    parameters.append(state.rawValue)
    parameters.append(content.sla)
    parameters.append(content.units.first)
    parameters.append(content.monthlyFee)
    parameters.append(content.quantity?.count)
    parameters.append(content.quantity?.unit)
    parameters.append(json: content.exclusions.value)
    parameters.append(content.priceReference)
    parameters.append(now)
    parameters.append(content.service)
    parameters.append(content.offering)
    parameters.append(content.onlyCoveredCis)
    parameters.append(Array(content.units.dropFirst()))
    parameters.append(content.persons)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The units of a line version besides its first.
struct InsertLineUnits: Statement {
  let tenant: TenantId
  let version: Int64
  let units: [Int64]

  static let sql = """
    insert into contracts.contract_line_unit (tenant_id, contract_line_version_id, unit_id)
    select $1, $2, u from unnest($3::bigint[]) as u on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(units)
  }
}

struct InsertLinePersons: Statement {
  let tenant: TenantId
  let version: Int64
  let persons: [Int64]

  static let sql = """
    insert into contracts.contract_line_person (tenant_id, contract_line_version_id, person_id)
    select $1, $2, p from unnest($3::bigint[]) as p on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(persons)
  }
}

/// A line in one of its versions.
struct LineRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let contract: [UInt8]
  let currency: String
  /// By its newest version.
  let contractStartsAt: Instant
  let version: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let state: LineState
  let sla: [UInt8]
  let slaName: String
  /// The SLA's version in force at the same instant; nil before its first one.
  let slaVersion: Int64?
  let units: [[UInt8]]
  let persons: [[UInt8]]
  let versionId: Int64
  let content: LineContent
  let sold: SoldRow

  var name: String { content.name }
  var monthlyFee: Int64? { content.monthlyFee }

  /// `l` is the line, `v` its version, `c` the contract; $2 the instant. Units and persons stand in the order of their
  /// internal ids, the first unit in front.
  static let select = """
    select l.id, l.public_id, c.public_id, c.currency,
      (select cv.starts_at from contracts.standing_contract_version cv where cv.tenant_id = c.tenant_id and cv.contract_id = c.id
       order by cv.valid_from desc limit 1),
      l.version, v.valid_from, v.recorded_at, v.state, s.public_id, s.name,
      (select sv.id from contracts.standing_sla_version sv
       where sv.sla_id = s.id and ($2::timestamptz is null or sv.valid_from <= $2) order by sv.valid_from desc limit 1),
      array(select o.public_id from tenancy.org_unit o where o.tenant_id = v.tenant_id
        and (o.id = v.unit_id or o.id in (
          select x.unit_id from contracts.contract_line_unit x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id))
        order by o.id <> v.unit_id, o.id),
      array(select p.public_id from tenancy.person p where p.tenant_id = v.tenant_id and p.id in (
          select x.person_id from contracts.contract_line_person x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id)
        order by p.id),
      v.id, v.name, s.id,
      array(select o.id from tenancy.org_unit o where o.tenant_id = v.tenant_id
        and (o.id = v.unit_id or o.id in (
          select x.unit_id from contracts.contract_line_unit x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id))
        order by o.id <> v.unit_id, o.id),
      array(select x.person_id from contracts.contract_line_person x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id
        order by x.person_id),
      v.only_covered_cis, v.quantity, v.quantity_unit, v.exclusions, v.price_reference, v.monthly_fee_minor, v.service_id, v.offering_id, \(SoldRow.columns)
    from contracts.contract_line l
    join contracts.contract c on c.tenant_id = l.tenant_id and c.id = l.contract_id
    join contracts.standing_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id
    join contracts.sla s on s.id = v.sla_id
    \(SoldRow.join)
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    contract = try row.next()
    currency = try row.next()
    contractStartsAt = try row.next()
    version = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    state = LineState(rawValue: try row.next()) ?? .ended
    sla = try row.next()
    slaName = try row.next()
    slaVersion = try row.next()
    units = try row.next()
    persons = try row.next()
    versionId = try row.next()
    content = try LineContent(&row)
    sold = try SoldRow(&row)
  }
}

extension LineContent {
  /// Columns in the order name, sla, units, persons, only_covered_cis, quantity, quantity_unit, exclusions, price_reference, monthly_fee_minor,
  /// service, offering.
  init(_ row: inout RowReader) throws {
    let (name, sla): (String, Int64) = (try row.next(), try row.next())
    let (units, persons): ([Int64], [Int64]) = (try row.next(), try row.next())
    let onlyCoveredCis: Bool = try row.next()
    let (count, unit): (Int64?, String?) = (try row.next(), try row.next())
    let exclusions: Value? = try row.next()
    self.init(
      name: name, sla: sla, units: units, persons: persons, onlyCoveredCis: onlyCoveredCis,
      quantity: count.flatMap { count in unit.map { Quantity(count: count, unit: $0) } },
      exclusions: LocalText(exclusions), priceReference: try row.next(), monthlyFee: try row.next(), service: try row.next(), offering: try row.next())
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
        select max(n.valid_from) from contracts.standing_line_version n
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

/// The persons that lines and contacts name.
struct PersonsOfIds: Statement {
  let tenant: TenantId
  let publicIds: [PublicId]

  static let sql = "select id, public_id from tenancy.person where tenant_id = $1 and public_id = any($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> UnitsOfIds.Found { UnitsOfIds.Found(id: try row.next(), publicId: try row.next()) }
}

/// A line that a body names, for who reads contracts by what they publish.
package struct LineByPublicId: Statement {
  private let tenant: TenantId
  private let publicId: PublicId

  package init(tenant: TenantId, publicId: PublicId) { (self.tenant, self.publicId) = (tenant, publicId) }

  package static let sql = "select line_id from contracts.pub_line where tenant_id = $1 and public_id = $2"

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
