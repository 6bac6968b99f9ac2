import Kernel
import Postgres

/// The lines of all customers that promise an SLA, now or from a later version on.
struct LinesOfSla: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let line: Int64
  }

  let sla: Int64
  let at: Instant
  let limit: Int64

  static let sql = "select tenant_id, contract_line_id from finder.lines_of_sla($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(sla)
    parameters.append(at)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), line: try row.next()) }
}

/// What people call them: customer, contract and line, each by its newest name. Bound to their tenants.
struct NamesOfLines: Statement {
  let uses: [LinesOfSla.Found]

  static let sql = """
    select t.code || ' / ' || c.name || ' / ' || v.name
    from unnest($1::bigint[], $2::bigint[]) as w (tenant_id, line_id)
    join tenancy.tenant t on t.id = w.tenant_id
    join contracts.contract_line l on l.tenant_id = w.tenant_id and l.id = w.line_id
    cross join lateral (
      select n.name from contracts.standing_contract_version n where n.tenant_id = l.tenant_id and n.contract_id = l.contract_id
      order by n.valid_from desc limit 1) c
    cross join lateral (
      select n.name from contracts.standing_line_version n where n.tenant_id = l.tenant_id and n.contract_line_id = l.id
      order by n.valid_from desc limit 1) v
    where l.tenant_id = any($1)
    order by 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(uses.map(\.tenant.rawValue))
    parameters.append(uses.map(\.line))
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
