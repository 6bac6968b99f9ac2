import Kernel
import Operations
import Postgres

struct InsertOffering: Statement {
  let publicId: PublicId
  let service: Int64
  let code: String
  let name: LocalText
  let now: Instant

  /// For whom its service is.
  static let sql = """
    insert into catalog.offering (public_id, service_id, code, names, state, recorded_at, only_tenant_id)
    select $1, s.id, $3, $4, 'draft', $5, s.only_tenant_id from catalog.service s where s.id = $2 returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(service)
    parameters.append(code)
    parameters.append(json: name.value)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

package struct OfferingRow: Sendable {
  package let id: Int64
  let publicId: [UInt8]
  package let code: String
  let name: LocalText
  let state: OfferingState
  package let service: Int64
  let servicePublicId: [UInt8]
  let serviceCode: String
  /// On the day that was asked for.
  let isServiceOffered: Bool
  /// The one customer that its service is for; nil: it is for all.
  let onlyTenant: TenantId?
  /// Of its newest published version.
  package let seq: Int64?
  package let versionId: Int64?
  let publishedAt: Instant?
  package let published: Value?
  /// What is being written; never on the customer's side.
  let draft: Value?
  let version: Int64

  /// The day is $1.
  private static let facts = """
    o.id, o.public_id, o.code, o.names, o.state, s.id, s.public_id, s.code, \(ServiceRow.stateOn) = 'catalogue', o.only_tenant_id, v.seq, v.id,
      v.published_at
    """
  private static let tables = """
    from catalog.offering o join catalog.service s on s.id = o.service_id
    left join catalog.offering_version v on v.offering_id = o.id and v.seq = o.published_seq
    left join catalog.offering_draft d on d.offering_id = o.id
    """

  static let select = "select \(facts), v.content, d.content, o.version \(tables)"
  /// For a listing, which shows neither: each may be hundreds of kilobytes.
  static let selectWithoutContent = "select \(facts), null::jsonb, null::jsonb, o.version \(tables)"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    code = try row.next()
    name = LocalText(try row.next() as Value?)
    state = OfferingState(rawValue: try row.next()) ?? .retired
    service = try row.next()
    servicePublicId = try row.next()
    serviceCode = try row.next()
    isServiceOffered = try row.next()
    onlyTenant = try row.next()
    seq = try row.next()
    versionId = try row.next()
    publishedAt = try row.next()
    published = try row.next()
    draft = try row.next()
    version = try row.next()
  }

  package var isOrderable: Bool { state == .published && isServiceOffered }

  /// Its newest version, where it was fetched with its content.
  var newest: OfferingVersionRow? {
    guard let versionId, let seq, let publishedAt, let published else { return nil }
    return OfferingVersionRow(id: versionId, seq: seq, publishedAt: publishedAt, content: published)
  }

  package func isFor(_ tenant: TenantId) -> Bool { onlyTenant == nil || onlyTenant == tenant }
}

struct OfferingByPublicId: Statement {
  let today: CalendarDate
  let publicId: PublicId
  /// The customers whose own services count; nil: all.
  let customers: [Int64]?

  static let sql = """
    \(OfferingRow.select) where o.public_id = $2 and (o.only_tenant_id is null or $3::bigint[] is null or o.only_tenant_id = any($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(publicId.random)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> OfferingRow { try OfferingRow(&row) }
}

/// Offerings as they are listed.
struct OfferingsListed: Statement {
  let today: CalendarDate
  let customers: [Int64]?
  let service: Int64?
  let state: OfferingState?
  let after: String
  let limit: Int64

  static let sql = """
    \(OfferingRow.selectWithoutContent)
    where (o.only_tenant_id is null or $2::bigint[] is null or o.only_tenant_id = any($2)) and ($3::bigint is null or o.service_id = $3)
      and ($4::text is null or o.state = $4) and o.code > $5
    order by o.code limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(customers)
    parameters.append(service)
    parameters.append(state?.rawValue)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OfferingRow { try OfferingRow(&row) }
}

/// All offerings with what they hold.
struct OfferingsByCode: Statement {
  let today: CalendarDate
  let after: String
  let limit: Int64

  static let sql = "\(OfferingRow.select) where o.code > $2 order by o.code limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OfferingRow { try OfferingRow(&row) }
}

/// What a customer can order of what its lines sell.
struct OrderableOfferings: Statement {
  let today: CalendarDate
  let tenant: TenantId
  let sold: Sold
  /// Only of this service, and only in this state.
  let service: Int64?
  let state: OfferingState?
  let after: String
  let limit: Int64

  static let sql = """
    \(OfferingRow.selectWithoutContent) \(isOrderable)
      and ($5::bigint is null or o.service_id = $5) and ($6::text is null or o.state = $6) and o.code > $7
    order by o.code limit $8
    """

  /// $2 the customer, $3 and $4 the services and offerings that its lines sell.
  static let isOrderable = """
    where (o.service_id = any($3) or o.id = any($4)) and (o.only_tenant_id is null or o.only_tenant_id = $2) and o.state = 'published'
      and \(ServiceRow.stateOn) = 'catalogue'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(tenant)
    parameters.append(sold.services)
    parameters.append(sold.offerings)
    parameters.append(service)
    parameters.append(state?.rawValue)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OfferingRow { try OfferingRow(&row) }
}

/// All that a customer can order, with what it holds: for its manual.
struct OfferingsSold: Statement {
  let today: CalendarDate
  let tenant: TenantId
  let sold: Sold

  static let sql = "\(OfferingRow.select) \(OrderableOfferings.isOrderable) order by o.code"

  func bind(to parameters: inout Parameters) {
    parameters.append(today)
    parameters.append(tenant)
    parameters.append(sold.services)
    parameters.append(sold.offerings)
  }

  static func decode(_ row: inout RowReader) throws -> OfferingRow { try OfferingRow(&row) }
}

/// No row when another change came first.
struct UpdateOffering: Statement {
  let id: Int64
  let version: Int64
  let name: LocalText
  let state: OfferingState
  let seq: Int64?

  static let sql = """
    update catalog.offering set names = $3, state = $4, published_seq = $5, version = version + 1 where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(json: name.value)
    parameters.append(state.rawValue)
    parameters.append(seq)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct SaveDraft: Statement {
  let offering: Int64
  let content: Value
  let now: Instant

  static let sql = """
    insert into catalog.offering_draft (offering_id, content, recorded_at) values ($1, $2, $3)
    on conflict (offering_id) do update set content = excluded.content, recorded_at = excluded.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(offering)
    parameters.append(json: content)
    parameters.append(now)
  }
}

struct DeleteDraft: Statement {
  let offering: Int64

  static let sql = "delete from catalog.offering_draft where offering_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(offering) }
}

/// A number that every change of families, services and offerings raises.
struct CatalogueRevision: Statement {
  static let sql = """
    select coalesce((select sum(version) from catalog.family), 0)::bigint + coalesce((select sum(version) from catalog.service), 0)::bigint
      + coalesce((select sum(version) from catalog.offering), 0)::bigint
    """

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
