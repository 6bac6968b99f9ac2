import Kernel
import Operations
import Postgres
import Tenancy

/// The codes in use of some lists, each in its own order.
struct CodesInForce: Statement {
  let lists: [String]

  static let sql = "select c.list, c.key, c.names from desk.pub_code c where c.list = any ($1) order by c.list, c.position, c.key"

  func bind(to parameters: inout Parameters) { parameters.append(lists) }

  static func decode(_ row: inout RowReader) throws -> HandbookInForce.Code {
    HandbookInForce.Code(list: try row.next(), key: try row.next(), name: LocalText(try row.next() as Value))
  }
}

/// The provider's priority matrix.
struct PrioritiesInForce: Statement {
  static let sql = "select p.impact, p.urgency, p.priority from desk.pub_priority p order by p.impact, p.urgency"

  static func decode(_ row: inout RowReader) throws -> HandbookInForce.Priority {
    HandbookInForce.Priority(impact: try row.next(), urgency: try row.next(), priority: try row.next())
  }
}

/// Members of the staff by their public ids, also those who left; the provider's tenant is bound.
struct StaffByPublicIds: Statement {
  let provider: TenantId
  let publicIds: [[UInt8]]

  static let sql = """
    select a.public_id, a.name, a.state = 'active' from tenancy.account a where a.tenant_id = $1 and a.public_id = any ($2) and a.kind = 'staff'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicIds)
  }

  static func decode(_ row: inout RowReader) throws -> StaffBook.Entry {
    StaffBook.Entry(publicId: try row.next(), name: try row.next(), isActive: try row.next())
  }
}
