import Catalog
import Kernel
import Operations
import Postgres

/// What of the catalogue a line version sells, as people and other interfaces name it.
struct SoldRow: Sendable {
  let service: [UInt8]?
  let serviceCode: String?
  let serviceName: LocalText
  let offering: [UInt8]?
  let offeringCode: String?
  let offeringName: LocalText

  static let columns = """
    sold_service.public_id, sold_service.code, sold_service.name_en, sold_service.name_zh,
      sold_offering.public_id, sold_offering.code, sold_offering.name_en, sold_offering.name_zh
    """

  /// `v` is the line version.
  static let join = """
    left join catalog.pub_service sold_service on sold_service.service_id = v.service_id
    left join catalog.pub_offering sold_offering on sold_offering.offering_id = v.offering_id
    """

  init(_ row: inout RowReader) throws {
    service = try row.next()
    serviceCode = try row.next()
    serviceName = LocalText(english: try row.next(), chinese: try row.next())
    offering = try row.next()
    offeringCode = try row.next()
    offeringName = LocalText(english: try row.next(), chinese: try row.next())
  }
}

/// The services that lines name, and whether they can be sold to a customer on a day.
struct SellableServices: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let code: String
    let isSellable: Bool
  }

  let publicIds: [PublicId]
  let tenant: TenantId
  let day: CalendarDate

  /// One that was designed for another customer is not there.
  static let sql = """
    select s.service_id, s.public_id, s.code, coalesce(s.catalogued_on <= $3, false) and coalesce(s.retired_on > $3, true)
    from catalog.pub_service s where s.public_id = any($1) and (s.only_tenant_id is null or s.only_tenant_id = $2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicIds.map(\.random))
    parameters.append(tenant)
    parameters.append(day)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), publicId: try row.next(), code: try row.next(), isSellable: try row.next())
  }
}

/// The same of offerings: published, of a service in the catalogue.
struct SellableOfferings: Statement {
  let services: SellableServices

  static let sql = """
    select o.offering_id, o.public_id, o.code,
      o.state = 'published' and coalesce(s.catalogued_on <= $3, false) and coalesce(s.retired_on > $3, true)
    from catalog.pub_offering o join catalog.pub_service s on s.service_id = o.service_id
    where o.public_id = any($1) and (o.only_tenant_id is null or o.only_tenant_id = $2)
    """

  func bind(to parameters: inout Parameters) { services.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> SellableServices.Found { try SellableServices.decode(&row) }
}

/// The service that a ticket of a customer names, by its code: one that has entered the catalogue, and is for all or for this customer.
package struct ServiceOfTicket: Statement {
  let tenant: TenantId
  let code: String
  /// Whether it must be sold by a line in force at `at`: a customer is told of nothing else.
  let onlySold: Bool
  let at: Instant

  package init(tenant: TenantId, code: String, onlySold: Bool, at: Instant) {
    (self.tenant, self.code, self.onlySold, self.at) = (tenant, code, onlySold, at)
  }

  package static let sql = """
    select s.service_id from catalog.pub_service s
    where s.code = $3 and s.has_entered and (s.only_tenant_id is null or s.only_tenant_id = $1)
      and (not $4::boolean or s.service_id in (
        select coalesce(f.service_id, o.service_id)
        from (\(SalesInForce.sql)) as f (line_id, service_id, offering_id, unit_ids, person_ids, starts_at, valid_from)
        left join catalog.pub_offering o on o.offering_id = f.offering_id))
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
    parameters.append(code)
    parameters.append(onlySold)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The services that contract lines sell at an instant; none of a line that is not in force then, or sells nothing of the catalogue.
package struct ServicesOfLines: Statement {
  package struct Found: Sendable {
    package let line: Int64
    package let service: Int64
    package let code: String
  }

  let tenant: TenantId
  let lines: [Int64]
  let at: Instant

  package init(tenant: TenantId, lines: [Int64], at: Instant) { (self.tenant, self.lines, self.at) = (tenant, lines, at) }

  package static let sql = """
    select f.line_id, s.service_id, s.code
    from (\(SalesInForce.sql)) as f (line_id, service_id, offering_id, unit_ids, person_ids, starts_at, valid_from)
    left join catalog.pub_offering o on o.offering_id = f.offering_id
    join catalog.pub_service s on s.service_id = coalesce(f.service_id, o.service_id)
    where f.line_id = any($3) and s.has_entered
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
    parameters.append(lines)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(line: try row.next(), service: try row.next(), code: try row.next())
  }
}
