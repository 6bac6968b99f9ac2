import Kernel
import Operations
import Postgres

/// A configuration item with what it names.
struct CiRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let type: Int64
  let typeCode: String
  let typeNames: LocalText
  let nameKey: String
  let content: CiContent
  let confirmedAt: Instant
  let recordedAt: Instant
  let version: Int64

  static let select = """
    select c.id, c.public_id, c.type_id, t.code, t.names, c.name_key, c.name, c.state, c.owner_id, p.public_id, c.unit_id, u.public_id, c.ci_tier,
      c.service_id, s.code, c.serial, c.asset_tag, c.warranty_until, c.cost_minor, c.cost_currency, c.attributes, c.type_seq, c.confirmed_at,
      c.recorded_at, c.version
    from assets.ci c
    join assets.ci_type t on t.id = c.type_id
    left join tenancy.person p on p.tenant_id = c.tenant_id and p.id = c.owner_id
    left join tenancy.org_unit u on u.tenant_id = c.tenant_id and u.id = c.unit_id
    left join catalog.pub_service s on s.service_id = c.service_id
    """

  /// What a row scope leaves of them: $2 everything, $3 units, $4 a person.
  static let isVisible = "($2 or c.unit_id = any ($3) or c.owner_id = $4)"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    type = try row.next()
    typeCode = try row.next()
    let names: Value = try row.next()
    typeNames = LocalText(names)
    nameKey = try row.next()
    var content = CiContent(name: try row.next(), state: CiState(rawValue: try row.next()) ?? .disposed)
    content.owner = try Self.reference(&row)
    content.unit = try Self.reference(&row)
    content.tier = try row.next()
    let (service, code): (Int64?, String?) = (try row.next(), try row.next())
    // A customer's people do not see every service of the catalogue.
    content.service = service.map { CiContent.Service(row: $0, code: code ?? "") }
    content.serial = try row.next()
    content.assetTag = try row.next()
    content.warrantyUntil = try row.next()
    let (minor, currency): (Int64?, String?) = (try row.next(), try row.next())
    content.cost = minor.flatMap { minor in currency.flatMap { Currency(code: $0) }.map { Money(minorUnits: minor, currency: $0) } }
    let attributes: Value = try row.next()
    content.attributes = Dictionary((attributes.members ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    content.typeRevision = try row.next()
    self.content = content
    confirmedAt = try row.next()
    recordedAt = try row.next()
    version = try row.next()
  }

  private static func reference(_ row: inout RowReader) throws -> CiContent.Reference? {
    let (id, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    return id.map { CiContent.Reference(row: $0, bits: bits ?? []) }
  }
}

extension Parameters {
  /// $n everything, $n+1 units, $n+2 a person.
  mutating func append(visible scope: RowScope) {
    append(scope.everything)
    append(scope.units.sorted())
    append(scope.person)
  }
}

struct CiByPublicId: Statement {
  let tenant: TenantId
  let scope: RowScope
  let publicId: PublicId

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and \(CiRow.isVisible) and c.public_id = $5"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(visible: scope)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}
