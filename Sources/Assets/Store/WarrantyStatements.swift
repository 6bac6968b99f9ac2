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

/// Takes the telling of a customer's warranties upon itself, the earliest end first; what another worker is at it leaves to that one. The versions of the
/// CIs stay: who is at one has nothing to see anew.
struct TakeWarranties: Statement {
  struct Found: Sendable {
    let ci: Int64
    let day: CalendarDate
  }

  let tenant: TenantId
  let days: ClosedRange<CalendarDate>
  let limit: Int64

  static let sql = """
    update assets.ci set warranty_told_on = warranty_until
    where tenant_id = $1 and id = any (array(
      select c.id from assets.ci c
      where c.tenant_id = $1 and c.warranty_until between $2 and $3 and c.warranty_told_on is distinct from c.warranty_until
        and c.state not in ('retired', 'disposed')
      order by c.warranty_until, c.id limit $4 for update skip locked))
    returning id, warranty_until
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(ci: try row.next(), day: try row.next()) }
}
