import Kernel
import Postgres

/// The targets of the lines of some contracts that are in force at the end of a period in each contract's zone, or now when
/// the period is not over: what ``ObjectiveRule`` takes objectives from.
struct ObjectivesAtEnd: Statement {
  let tenant: TenantId
  let contracts: [Int64]
  /// The first day after the period.
  let end: CalendarDate
  let now: Instant

  static let sql = """
    select s.id, g.id, g.metric, g.ticket_type, g.priority, g.service_id, g.ci_tier,
      case when coalesce(g.period, 'month') = 'month' then g.objective_millionths end
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
      and g.metric in ('response', 'resolution')
    group by s.id, g.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(end)
    parameters.append(now)
  }

  /// Nil for what no scorecard counts.
  static func decode(_ row: inout RowReader) throws -> ObjectiveRule.Target? {
    let (slaVersion, id, metric): (Int64, Int64, String) = (try row.next(), try row.next(), try row.next())
    let (selector, objective) = (try TargetSelector(&row), try Rate.millionths(&row))
    return Metric(rawValue: metric).map {
      ObjectiveRule.Target(slaVersion: slaVersion, id: id, metric: $0, selector: selector, objective: objective)
    }
  }
}
