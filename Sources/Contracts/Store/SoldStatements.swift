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

/// The services that lines name, and whether they can be sold now.
struct SellableServices: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let code: String
    let isSellable: Bool
  }

  let publicIds: [PublicId]

  static let sql = "select service_id, public_id, code, state = 'catalogue' from catalog.pub_service where public_id = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(publicIds.map(\.random)) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), publicId: try row.next(), code: try row.next(), isSellable: try row.next())
  }
}

/// The same of offerings: published, of a service in the catalogue.
struct SellableOfferings: Statement {
  let publicIds: [PublicId]

  static let sql = """
    select o.offering_id, o.public_id, o.code, o.state = 'published' and s.state = 'catalogue'
    from catalog.pub_offering o join catalog.pub_service s on s.service_id = o.service_id where o.public_id = any($1)
    """

  func bind(to parameters: inout Parameters) { parameters.append(publicIds.map(\.random)) }

  static func decode(_ row: inout RowReader) throws -> SellableServices.Found { try SellableServices.decode(&row) }
}
