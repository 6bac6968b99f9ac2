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
    let impactName: Value
    let urgencyName: Value
    let priorityName: Value
  }

  let tenant: TenantId

  static let sql = """
    select m.impact, m.urgency, coalesce(c.priority, m.priority), m.priority, c.priority is not null, i.names, u.names, p.names
    from desk.priority_matrix m
    left join desk.customer_priority c on c.tenant_id = $1 and c.impact = m.impact and c.urgency = m.urgency
    join desk.code i on i.list = 'impact' and i.key = m.impact::text
    join desk.code u on u.list = 'urgency' and u.key = m.urgency::text
    join desk.code p on p.list = 'priority' and p.key = coalesce(c.priority, m.priority)::text
    order by m.impact, m.urgency
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      impact: try row.next(), urgency: try row.next(), priority: try row.next(), usual: try row.next(), isOwn: try row.next(),
      impactName: try row.next(), urgencyName: try row.next(), priorityName: try row.next())
  }
}

/// What the impact, the urgency and the priority of a ticket are called.
struct RatingNames: Statement {
  struct Found: Sendable {
    let impact: Value
    let urgency: Value
    let priority: Value
  }

  let tenant: TenantId
  let ticket: PublicId

  static let sql = """
    select i.names, u.names, p.names from desk.ticket t
    join desk.code i on i.list = 'impact' and i.key = t.impact::text
    join desk.code u on u.list = 'urgency' and u.key = t.urgency::text
    join desk.code p on p.list = 'priority' and p.key = t.priority::text
    where t.tenant_id = $1 and t.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(impact: try row.next(), urgency: try row.next(), priority: try row.next())
  }
}

/// The provider's matrix alone.
struct MatrixCells: Statement {
  static let sql = "select impact, urgency, priority from desk.priority_matrix"

  static func decode(_ row: inout RowReader) throws -> PriorityCell {
    PriorityCell(impact: try row.next(), urgency: try row.next(), priority: try row.next())
  }
}

/// Holds the levels that the matrix is made of, in one order for all.
struct HoldLevels: Statement {
  static let sql = "select id from desk.code where list in ('impact', 'urgency') order by id for update"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Cells of levels that are new.
struct InsertPriorities: Statement {
  let cells: [PriorityCell]

  static let sql = """
    insert into desk.priority_matrix (impact, urgency, priority)
    select c.impact, c.urgency, c.priority from unnest($1::bigint[], $2::bigint[], $3::bigint[]) c (impact, urgency, priority)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(cells.map(\.impact))
    parameters.append(cells.map(\.urgency))
    parameters.append(cells.map(\.priority))
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
