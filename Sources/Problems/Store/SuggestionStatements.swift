import Kernel
import Postgres

/// Open problems that may be behind an incident: that name one of its CIs, or have its category; known errors first.
struct ProblemsToSuggest: Statement {
  struct Found: Sendable {
    let isByCi: Bool
    let isByCategory: Bool
    let row: ProblemRow
  }

  let provider: TenantId
  let tenant: TenantId
  let ticket: Int64
  let cis: [Int64]
  let category: String?
  let limit: Int64

  static let sql = """
    select m.by_ci, coalesce(p.category = $5, false), \(ProblemRow.columns) \(ProblemRow.tables)
    cross join lateral (
      select exists (
        select from problems.ci_link l where l.tenant_id = p.tenant_id and l.problem_id = p.id and l.ci_id = any ($4)) as by_ci) m
    where p.tenant_id = $1 and p.state in ('new', 'investigating', 'known_error') and (p.customer_id is null or p.customer_id = $2)
      and (m.by_ci or p.category = $5)
      and not exists (
        select from problems.incident_link k
        where k.tenant_id = p.tenant_id and k.problem_id = p.id and k.other_tenant_id = $2 and k.ticket_id = $3 and k.ended_seq is null)
    order by m.by_ci desc, p.state = 'known_error' desc, p.opened_at desc, p.id desc limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(cis)
    parameters.append(category)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(isByCi: try row.next(), isByCategory: try row.next(), row: try ProblemRow(&row)) }
}

/// The CIs that a ticket names.
struct CisNamedByTicket: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = "select n.ci_id from desk.pub_ticket_ci n where n.tenant_id = $1 and n.ticket_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
