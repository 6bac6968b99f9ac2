import Kernel
import Postgres

struct SupplierServiceRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let supplierId: Int64
  let supplier: [UInt8]
  let supplierCode: String
  let supplierZone: String
  let name: String
  let region: String
  let instance: String
  let version: Int64

  /// `v` is the service, `s` its supplier.
  static let select = """
    select v.id, v.public_id, s.id, s.public_id, s.code, s.zone, v.name, v.region, v.instance, v.version
    from suppliers.service v join suppliers.supplier s on s.id = v.supplier_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    supplierId = try row.next()
    supplier = try row.next()
    supplierCode = try row.next()
    supplierZone = try row.next()
    name = try row.next()
    region = try row.next()
    instance = try row.next()
    version = try row.next()
  }
}

/// Services that are not there yet. In the order of their places in the lists, unless one is there already.
struct InsertServices: Statement {
  let supplier: Int64
  let publicIds: [PublicId]
  let names: [String]
  let regions: [String]
  let instances: [String]
  let now: Instant

  static let sql = """
    insert into suppliers.service (public_id, supplier_id, name, region, instance, recorded_at)
    select n.public_id, $1, n.name, n.region, n.instance, $6
    from unnest($2::bytea[], $3::text[], $4::text[], $5::text[]) as n (public_id, name, region, instance)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(publicIds.map(\.random))
    parameters.append(names)
    parameters.append(regions)
    parameters.append(instances)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ServiceByPublicId: Statement {
  let publicId: PublicId

  static let sql = "\(SupplierServiceRow.select) where v.public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> SupplierServiceRow { try SupplierServiceRow(&row) }
}

/// Locks a service: of two people who link it to a line at once, the second finds the first one's link.
struct HoldService: Statement {
  let id: Int64

  static let sql = "select id from suppliers.service where id = $1 for no key update"

  func bind(to parameters: inout Parameters) { parameters.append(id) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A supplier's services in the order of their names.
struct ServicesOfSupplier: Statement {
  let supplier: Int64
  let afterName: String
  let afterRegion: String
  let afterInstance: String
  let limit: Int64

  static let sql = """
    \(SupplierServiceRow.select)
    where v.supplier_id = $1 and (v.name, v.region, v.instance) > ($2, $3, $4) order by v.name, v.region, v.instance limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(afterName)
    parameters.append(afterRegion)
    parameters.append(afterInstance)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierServiceRow { try SupplierServiceRow(&row) }
}

/// The services of a supplier that have one of these names.
struct ServicesByName: Statement {
  let supplier: Int64
  let names: [String]

  static let sql = "\(SupplierServiceRow.select) where v.supplier_id = $1 and v.name = any($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(names)
  }

  static func decode(_ row: inout RowReader) throws -> SupplierServiceRow { try SupplierServiceRow(&row) }
}

struct ServicesOfIds: Statement {
  let publicIds: [PublicId]

  static let sql = "\(SupplierServiceRow.select) where v.public_id = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(publicIds.map(\.random)) }

  static func decode(_ row: inout RowReader) throws -> SupplierServiceRow { try SupplierServiceRow(&row) }
}
