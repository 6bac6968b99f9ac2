import Kernel
import Postgres

/// The strictest objective by scored metric and priority over the lines of some contracts that are in force at the end of a
/// period in each contract's zone, or now when the period is not over.
struct ObjectivesAtEnd: Statement {
  let tenant: TenantId
  let contracts: [Int64]
  /// The first day after the period.
  let end: CalendarDate
  let now: Instant

  static let sql = """
    select g.metric, g.priority, max(g.objective_millionths)
    from (
      select c.tenant_id, c.id, least($4, ($3::date::timestamp at time zone c.zone) - interval '1 microsecond') as at
      from contracts.contract c where c.tenant_id = $1 and c.id = any($2)
    ) c
    join contracts.standing_contract_version cv on cv.tenant_id = c.tenant_id and cv.contract_id = c.id
      and cv.valid_from = (
        select max(n.valid_from) from contracts.standing_contract_version n
        where n.tenant_id = c.tenant_id and n.contract_id = c.id and n.valid_from <= c.at)
    join contracts.contract_line l on l.tenant_id = c.tenant_id and l.contract_id = c.id
    join contracts.standing_line_version lv on lv.tenant_id = l.tenant_id and lv.contract_line_id = l.id
      and lv.valid_from = (
        select max(n.valid_from) from contracts.standing_line_version n
        where n.tenant_id = l.tenant_id and n.contract_line_id = l.id and n.valid_from <= c.at)
    join contracts.sla_version s on s.sla_id = lv.sla_id
      and s.valid_from = (select max(n.valid_from) from contracts.sla_version n where n.sla_id = lv.sla_id and n.valid_from <= c.at)
    join contracts.sla_target g on g.sla_version_id = s.id
    where cv.state = 'active' and cv.starts_at <= c.at and (cv.ends_at is null or cv.ends_at > c.at) and lv.state = 'active'
      and g.objective_millionths is not null and g.metric in ('response', 'resolution')
    group by g.metric, g.priority
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(end)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> ContractTerms.Objective {
    ContractTerms.Objective(
      metric: Metric(rawValue: try row.next()) ?? .resolution, priority: try row.next(), rate: Rate(units: try row.next()))
  }
}
