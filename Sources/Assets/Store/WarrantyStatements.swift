import Kernel
import Operations
import Postgres
import Tenancy

/// Customers of whom a warranty ends within some days and was not told of, by their numbers.
struct TenantsWithWarranties: Statement {
  let days: ClosedRange<CalendarDate>
  let after: Int64
  let limit: Int32

  static let sql = "select tenant_id from finder.tenants_with_warranties($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// A CI, and the end of its warranty that is told.
struct DueWarranty: Sendable {
  let ci: Int64
  let day: CalendarDate
}

/// A customer's warranties that end within some days and were not told of: the earliest end first, from behind one of them on.
struct WarrantiesToTell: Statement {
  let tenant: TenantId
  let days: ClosedRange<CalendarDate>
  let after: DueWarranty?
  let limit: Int64

  static let sql = """
    select c.id, c.warranty_until from assets.ci c
    where c.tenant_id = $1 and c.warranty_until between $2 and $3 and c.warranty_told_on is distinct from c.warranty_until
      and c.state not in ('retired', 'disposed') and (c.warranty_until, c.id) > ($2, $4)
    order by c.warranty_until, c.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(after?.day ?? days.lowerBound)
    parameters.append(days.upperBound)
    parameters.append(after?.ci ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueWarranty { DueWarranty(ci: try row.next(), day: try row.next()) }
}

/// Takes the telling of one upon itself. No row when another worker has, or it ends on another day. The version of the CI stays: who is at it has nothing to
/// see anew.
struct TakeWarranty: Statement {
  let tenant: TenantId
  let due: DueWarranty

  static let sql = """
    update assets.ci set warranty_told_on = warranty_until
    where tenant_id = $1 and id = $2 and warranty_until = $3 and warranty_told_on is distinct from warranty_until
      and state not in ('retired', 'disposed')
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(due.ci)
    parameters.append(due.day)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
