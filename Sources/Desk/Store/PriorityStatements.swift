import Kernel
import Postgres

/// A cell of the priority matrix, as it counts for a tenant.
struct PriorityCells: Statement {
  struct Found: Sendable {
    let impact: Int64
    let urgency: Int64
    let priority: Int64
    /// Of the provider's matrix, where the customer has a cell of its own.
    let usual: Int64
    let isOwn: Bool
  }

  let tenant: TenantId

  static let sql = """
    select m.impact, m.urgency, coalesce(c.priority, m.priority), m.priority, c.priority is not null
    from desk.priority_matrix m
    left join desk.customer_priority c on c.tenant_id = $1 and c.impact = m.impact and c.urgency = m.urgency
    order by m.impact, m.urgency
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(impact: try row.next(), urgency: try row.next(), priority: try row.next(), usual: try row.next(), isOwn: try row.next())
  }
}

/// Sets a cell of the provider's matrix.
struct UpdatePriority: Statement {
  let impact: Int64
  let urgency: Int64
  let priority: Int64

  static let sql = "update desk.priority_matrix set priority = $3 where impact = $1 and urgency = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(impact)
    parameters.append(urgency)
    parameters.append(priority)
  }
}

/// Sets a customer's own cell.
struct SetCustomerPriority: Statement {
  let tenant: TenantId
  let impact: Int64
  let urgency: Int64
  let priority: Int64
  let now: Instant

  static let sql = """
    insert into desk.customer_priority (tenant_id, impact, urgency, priority, recorded_at) values ($1, $2, $3, $4, $5)
    on conflict (tenant_id, impact, urgency) do update set priority = excluded.priority, recorded_at = excluded.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(impact)
    parameters.append(urgency)
    parameters.append(priority)
    parameters.append(now)
  }
}

/// The provider's cell counts for the customer again.
struct ClearCustomerPriority: Statement {
  let tenant: TenantId
  let impact: Int64
  let urgency: Int64

  static let sql = "delete from desk.customer_priority where tenant_id = $1 and impact = $2 and urgency = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(impact)
    parameters.append(urgency)
  }
}
