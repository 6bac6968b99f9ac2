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

/// The gates before steps of a process, for all customers, that hold now.
struct GatesInForce: Statement {
  /// What the names of the steps begin with: `incident.`.
  let prefixes: [String]
  let now: Instant

  struct Found: Sendable {
    let publicId: [UInt8]
    let step: String
    let priority: Int64?
    let name: LocalText
    let purpose: LocalText
    /// Nil: this version cannot tell of it.
    let asks: HandbookInForce.Gate.Asks?
  }

  static let sql = """
    select g.public_id, g.step, g.priority, g.name, g.purpose, g.kind, g.needs from gates.pub_gate g
    where g.only_tenant_id is null and g.retired_at is null and g.valid_from <= $1
      and exists (select from unnest($2::text[]) w (prefix) where starts_with(g.step, w.prefix))
    order by g.step, g.gate_id limit 1000
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(prefixes)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      publicId: try row.next(), step: try row.next(), priority: try row.next(), name: LocalText(try row.next() as Value),
      purpose: LocalText(try row.next() as Value), asks: HandbookInForce.Gate.Asks(kind: try row.next(), try row.next()))
  }
}

/// Members of the staff by their public ids, also those who left, each with those permissions that he has for all customers; the provider's tenant is
/// bound.
struct StaffByPublicIds: Statement {
  let provider: TenantId
  let publicIds: [[UInt8]]
  let permissions: [String]
  let now: Instant

  static let sql = """
    select a.public_id, a.name, a.state = 'active', array(
      select distinct q.permission from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = any ($3)
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.scope = 'all' and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > $4))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = any ($2) and a.kind = 'staff'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicIds)
    parameters.append(permissions)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> StaffBook.Entry {
    StaffBook.Entry(publicId: try row.next(), name: try row.next(), isActive: try row.next(), permissions: try row.next())
  }
}
