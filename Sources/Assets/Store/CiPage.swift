import Kernel
import Operations
import Postgres

/// What a listing of CIs is narrowed to.
struct CiFilter: Sendable {
  var type: Int64?
  var state: String?
  var tier: String?
  var owner: Int64?
  var unit: Int64?
  /// A part of a name, serial number or asset tag, as a ``MatchKey``.
  var text: String?
}

/// A tenant's CIs in the order of their names, or of the ends of their warranties.
///
/// A condition that a parameter switches off helps no index once the server plans without looking at the parameters. What
/// narrows most therefore has a statement of its own, which has an index in this order.
struct CiPage: Sendable {
  let tenant: TenantId
  let scope: RowScope
  let after: Place
  let filter: CiFilter
  let limit: Int64

  /// Behind which row the page begins, in the order that it has.
  enum Place: Sendable {
    case name(String, id: Int64)
    /// Of those whose warranty ends before a day; without one the page is the first.
    case warranty(CalendarDate?, id: Int64, before: CalendarDate)
  }

  /// Conditions that a parameter switches off.
  static let narrowed = """
    and \(CiRow.isVisible) and ($7::bigint is null or c.type_id = $7)
      and ($8::text is null or c.state = $8) and ($9::text is null or c.ci_tier = $9) and ($10::bigint is null or c.owner_id = $10)
      and ($11::bigint is null or c.unit_id = $11)
      and ($12::text is null or strpos(c.name_key, $12) > 0 or strpos(c.serial_key, $12) > 0 or strpos(c.tag_key, $12) > 0)
    """

  /// With the order.
  static let rest = "\(narrowed) and (c.name_key, c.id) > ($5, $6) order by c.name_key, c.id limit $13"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(visible: scope)
    switch after {
    case .name(let name, let id):
      parameters.append(name)
      parameters.append(id)
    case .warranty(let day, let id, _):
      parameters.append(day)
      parameters.append(id)
    }
    parameters.append(filter.type)
    parameters.append(filter.state)
    parameters.append(filter.tier)
    parameters.append(filter.owner)
    parameters.append(filter.unit)
    parameters.append(filter.text)
    parameters.append(limit)
    if case .warranty(_, _, let before) = after { parameters.append(before) }
  }

  func rows(_ transaction: Transaction) async throws -> [CiRow] {
    if case .warranty = after { return try await transaction.query(CisByWarranty(page: self)) }
    if !scope.everything, scope.units.isEmpty { return try await transaction.query(OwnCis(page: self)) }
    if filter.owner != nil { return try await transaction.query(CisOfOwner(page: self)) }
    if filter.unit != nil { return try await transaction.query(CisOfUnit(page: self)) }
    if filter.type != nil { return try await transaction.query(CisOfType(page: self)) }
    return try await transaction.query(CisOfTenant(page: self))
  }
}

struct CisOfTenant: Statement {
  let page: CiPage

  static let sql = "\(CiRow.select) where c.tenant_id = $1 \(CiPage.rest)"

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}

struct CisOfType: Statement {
  let page: CiPage

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and c.type_id = $7 \(CiPage.rest)"

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}

struct CisOfOwner: Statement {
  let page: CiPage

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and c.owner_id = $10 \(CiPage.rest)"

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}

struct CisOfUnit: Statement {
  let page: CiPage

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and c.unit_id = $11 \(CiPage.rest)"

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}

/// What runs out: what is retired or disposed of needs no warranty, and is there only where its state is asked for.
struct CisByWarranty: Statement {
  let page: CiPage

  static let sql = """
    \(CiRow.select) where c.tenant_id = $1 and c.warranty_until < $14 and (c.warranty_until, c.id) > (coalesce($5::date, '-infinity'::date), $6)
      and ($8::text is not null or c.state not in ('retired', 'disposed')) \(CiPage.narrowed)
    order by c.warranty_until, c.id limit $13
    """

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}

/// Those of a caller who sees nothing but what he answers for.
struct OwnCis: Statement {
  let page: CiPage

  static let sql = "\(CiRow.select) where c.tenant_id = $1 and c.owner_id = $4 \(CiPage.rest)"

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CiRow { try CiRow(&row) }
}
