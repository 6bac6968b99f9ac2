import BillingEngine
import Kernel
import Postgres
import ServiceTime

/// The versions of a line that stand, with what they cost.
struct TimelineLines: Statement {
  let tenant: TenantId
  let line: Int64

  static let sql = """
    select id, valid_from, state = 'active', monthly_fee_minor, sla_id from contracts.standing_line_version where tenant_id = $1 and contract_line_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> LineTimeline.LineVersion {
    LineTimeline.LineVersion(
      id: try row.next(), validFrom: try row.next(), isActive: try row.next(), monthlyFee: try row.next(), sla: try row.next())
  }
}

/// The versions of its contract that stand, with their terms.
struct TimelineContracts: Statement {
  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select valid_from, state = 'active', starts_at, ends_at from contracts.standing_contract_version where tenant_id = $1 and contract_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> LineTimeline.ContractVersion {
    LineTimeline.ContractVersion(validFrom: try row.next(), isActive: try row.next(), startsAt: try row.next(), endsAt: try row.next())
  }
}

/// The measured targets of the SLA version in force at an instant.
struct MeasuredTargets: Statement {
  let sla: Int64
  let at: Instant

  static let sql = """
    select g.id, g.metric, s.code, g.objective_millionths, g.period, g.counts_from
    from contracts.standing_sla_version v
    join contracts.sla_target g on g.sla_version_id = v.id
    left join catalog.pub_service s on s.service_id = g.service_id
    where v.sla_id = $1 and v.valid_from = (select max(n.valid_from) from contracts.standing_sla_version n where n.sla_id = $1 and n.valid_from <= $2)
      and (g.objective_millionths is not null or g.explicitly_none) and \(TargetLabel.isTold)
    order by g.metric, s.code nulls first
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(sla)
    parameters.append(at)
  }

  /// Nil for what is timed and not measured.
  static func decode(_ row: inout RowReader) throws -> MeasuredTarget? {
    let (id, code): (Int64, String) = (try row.next(), try row.next())
    let service: String? = try row.next()
    let objective = try Rate.millionths(&row)
    let (period, countsFrom): (String?, String?) = (try row.next(), try row.next())
    return ServiceMeasure(code: code).map {
      MeasuredTarget(
        id: id, measure: $0, service: service, objective: objective, period: period.flatMap(BillingPeriod.Kind.init(rawValue:)),
        countsFrom: countsFrom.flatMap(OutageSeverity.init(rawValue:)))
    }
  }
}
