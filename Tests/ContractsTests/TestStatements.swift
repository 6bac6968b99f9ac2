import Kernel
import Postgres

/// The internal ids of units and persons, in the order of their public ids in the request.
struct InternalIds: Statement {
  let tenant: TenantId
  let ids: [[UInt8]]

  static let sql = """
    select i.id from unnest($2::bytea[]) with ordinality as w (public_id, place)
    join (
      select public_id, id from tenancy.org_unit where tenant_id = $1 union all select public_id, id from tenancy.person where tenant_id = $1
    ) i on i.public_id = w.public_id
    order by w.place
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Services of the catalogue, SLA versions and contracts, by their internal ids.
struct ServiceIds: Statement {
  static let sql = "select service_id from catalog.pub_service order by service_id"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct SlaVersionIds: Statement {
  static let sql = "select id from contracts.sla_version order by id"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ContractIds: Statement {
  let tenant: TenantId
  static let sql = "select contract_id from contracts.pub_contract where tenant_id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
