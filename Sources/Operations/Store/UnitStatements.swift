import Kernel
import Postgres

struct InsertUnit: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let kind: String
  let name: String
  let parent: Int64?
  let zone: String?
  let recordedAt: Instant

  static let sql = """
    insert into tenancy.org_unit (tenant_id, public_id, kind, name, parent_id, zone, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(kind)
    parameters.append(name)
    parameters.append(parent)
    parameters.append(zone)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct FindUnit: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = "select id from tenancy.org_unit where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct UnitsOfTenant: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let kind: String
    let name: String
    let parent: [UInt8]?
    let zone: String?
    let version: Int64
  }

  let tenant: TenantId
  let after: Int64
  let limit: Int64

  static let sql = """
    select u.id, u.public_id, u.kind, u.name, p.public_id, u.zone, u.version
    from tenancy.org_unit u left join tenancy.org_unit p on p.tenant_id = u.tenant_id and p.id = u.parent_id
    where u.tenant_id = $1 and u.id > $2 order by u.id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), kind: try row.next(), name: try row.next(), parent: try row.next(), zone: try row.next(),
      version: try row.next())
  }
}

/// A unit and those above it, nearest first.
package struct UnitsAbove: Statement {
  let tenant: TenantId
  let unit: Int64

  package static let sql = """
    with recursive above as (
      select u.id, u.parent_id, 0 as distance from tenancy.org_unit u where u.tenant_id = $1 and u.id = $2
      union all
      select u.id, u.parent_id, a.distance + 1 from tenancy.org_unit u join above a on u.id = a.parent_id
      where u.tenant_id = $1 and a.distance < 100
    )
    select id from above order by distance
    """

  package init(tenant: TenantId, unit: Int64) {
    self.tenant = tenant
    self.unit = unit
  }

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(unit)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
