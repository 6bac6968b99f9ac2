import BillingEngine
import Kernel
import Postgres

/// The targets of the lines of some contracts that are in force at the end of periods in each contract's zone, or now where a
/// period is not over: what ``ObjectiveRule`` takes objectives from. Only of SLA versions that agree an objective by periods of the kind.
package struct ObjectivesAtEnd: Statement {
  let tenant: TenantId
  let contracts: [Int64]
  /// At most one of each kind.
  let periods: [BillingPeriod]
  let now: Instant

  package init(tenant: TenantId, contracts: [Int64], periods: [BillingPeriod], now: Instant) {
    self.tenant = tenant
    self.contracts = contracts
    self.periods = periods
    self.now = now
  }

  package static let sql = """
    select c.period, bool_and(c.is_over), s.id, g.id, g.metric, g.ticket_type, g.priority, g.service_id, g.ci_tier,
      case when coalesce(g.period, 'month') = c.period then g.objective_millionths end
    from (
      select e.tenant_id, e.id, e.period, e.ends_at <= $5 as is_over, least($5, e.ends_at - interval '1 microsecond') as at
      from (
        select c.tenant_id, c.id, p.period, p.end_on::timestamp at time zone c.zone as ends_at
        from contracts.contract c cross join unnest($3::text[], $4::date[]) as p (period, end_on)
        where c.tenant_id = $1 and c.id = any($2)
      ) e
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
    join contracts.standing_sla_version s on s.sla_id = lv.sla_id
      and s.valid_from = (select max(n.valid_from) from contracts.standing_sla_version n where n.sla_id = lv.sla_id and n.valid_from <= c.at)
    join contracts.sla_target g on g.sla_version_id = s.id
    where cv.state = 'active' and cv.starts_at <= c.at and (cv.ends_at is null or cv.ends_at > c.at) and lv.state = 'active'
      and g.metric in ('response', 'resolution')
      and exists (
        select from contracts.sla_target o
        where o.sla_version_id = s.id and o.metric in ('response', 'resolution') and o.objective_millionths is not null
          and coalesce(o.period, 'month') = c.period)
    group by c.period, s.id, g.id
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(periods.map(\.kind.rawValue))
    parameters.append(periods.map(\.end))
    parameters.append(now)
  }

  /// Nil for what no scorecard counts.
  package static func decode(_ row: inout RowReader) throws -> ObjectiveRule.Target? {
    let (period, isOver): (String, Bool) = (try row.next(), try row.next())
    let (slaVersion, id, metric): (Int64, Int64, String) = (try row.next(), try row.next(), try row.next())
    let (selector, objective) = (try TargetSelector(&row), try Rate.millionths(&row))
    guard let metric = Metric(rawValue: metric), let kind = BillingPeriod.Kind(rawValue: period) else { return nil }
    return ObjectiveRule.Target(
      slaVersion: slaVersion, id: id, metric: metric, selector: selector, period: kind, isOver: isOver, objective: objective)
  }
}
