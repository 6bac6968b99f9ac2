import Kernel
import Operations
import Postgres

/// What the lines of a tenant's contracts in force sell, and to whom.
package struct SalesInForce: Statement {
  package struct Found: Hashable, Sendable {
    package let line: Int64
    let service: Int64?
    let offering: Int64?
    let audience: Audience
    let contractStartsAt: Instant
    let lineValidFrom: Instant
  }

  let tenant: TenantId
  let at: Instant

  package init(tenant: TenantId, at: Instant) {
    self.tenant = tenant
    self.at = at
  }

  /// $1 the tenant, $2 the instant: the line, its service and offering, its units and persons, when the term and the version began.
  package static let sql = """
    with term as (
      select distinct on (t.contract_id) t.contract_id, t.state, t.starts_at, t.ends_at from contracts.pub_contract_term t
      where t.tenant_id = $1 and t.valid_from <= $2 order by t.contract_id, t.valid_from desc),
    sale as (
      select distinct on (s.line_id) s.line_id, s.contract_id, s.state, s.service_id, s.offering_id, s.unit_ids, s.person_ids, s.valid_from
      from contracts.pub_line_sale s
      where s.tenant_id = $1 and s.valid_from <= $2 order by s.line_id, s.valid_from desc)
    select sale.line_id, sale.service_id, sale.offering_id, sale.unit_ids, sale.person_ids, term.starts_at, sale.valid_from
    from sale join term on term.contract_id = sale.contract_id
    where term.state = 'active' and term.starts_at <= $2 and (term.ends_at is null or term.ends_at > $2) and sale.state = 'active'
      and num_nonnulls(sale.service_id, sale.offering_id) > 0
    order by sale.line_id
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), service: try row.next(), offering: try row.next(), audience: Audience(units: try row.next(), persons: try row.next()),
      contractStartsAt: try row.next(), lineValidFrom: try row.next())
  }
}

/// Whom a row scope lets its holder order for: the units with those above them, and which of some persons.
struct OrderReach: Statement {
  enum Found: Sendable {
    case unit(Int64)
    case person(Int64)
  }

  let tenant: TenantId
  let scope: RowScope
  /// The persons that lines name.
  let persons: [Int64]

  static let sql = """
    with recursive own as (
      select p.id, p.unit_id from tenancy.person p where p.tenant_id = $1 and (p.id = $3 or (p.id = any($4) and p.unit_id = any($2)))),
    above as (
      select u.id, u.parent_id from tenancy.org_unit u
      where u.tenant_id = $1 and (u.id = any($2) or u.id in (select o.unit_id from own o where o.id = $3))
      union
      select u.id, u.parent_id from tenancy.org_unit u join above a on u.id = a.parent_id where u.tenant_id = $1)
    select a.id, true from above a union all select o.id, false from own o
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(scope.units.sorted())
    parameters.append(scope.person)
    parameters.append(persons)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let id: Int64 = try row.next()
    let isUnit: Bool = try row.next()
    return isUnit ? .unit(id) : .person(id)
  }
}

/// What lines in force sell of the catalogue: services with all their offerings, and single offerings.
struct Sold: Sendable {
  let services: [Int64]
  let offerings: [Int64]

  init(_ sales: [SalesInForce.Found]) {
    services = sales.compactMap(\.service)
    offerings = sales.compactMap(\.offering)
  }

  func covers(_ offering: OfferingRow) -> Bool { offerings.contains(offering.id) || services.contains(offering.service) }
}
