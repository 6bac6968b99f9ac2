import BillingEngine
import Kernel
import Postgres
import Renewals
import ServiceTime

/// The versions of a contract that stand, oldest first.
struct StoryContracts: Statement {
  struct Found: Sendable {
    let validFrom: Instant
    let content: ContractContent
  }

  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select v.valid_from, v.name, v.state, v.starts_at, v.ends_at, v.renewal, v.notice_count, v.notice_unit, v.renewal_months
    from contracts.standing_contract_version v where v.tenant_id = $1 and v.contract_id = $2 order by v.valid_from
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      validFrom: try row.next(),
      content: ContractContent(
        name: try row.next(), state: ContractState(rawValue: try row.next()) ?? .ended, startsAt: try row.next(), endsAt: try row.next(),
        renewal: try RenewalTerms(&row)))
  }
}

/// The versions of its lines that stand, with the names that they refer to.
struct StoryLines: Statement {
  struct Found: Sendable {
    let line: Int64
    let publicId: [UInt8]
    let validFrom: Instant
    let state: LineState
    let slaName: String
    let units: [String]
    let persons: [String]
    let content: LineContent
    let sold: SoldRow
  }

  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select l.id, l.public_id, v.valid_from, v.state, s.name,
      array(select o.name from tenancy.org_unit o where o.tenant_id = v.tenant_id
        and (o.id = v.unit_id or o.id in (
          select x.unit_id from contracts.contract_line_unit x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id))
        order by o.name, o.id),
      array(select p.name from tenancy.person p where p.tenant_id = v.tenant_id and p.id in (
          select x.person_id from contracts.contract_line_person x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id)
        order by p.name, p.id),
      v.name, v.sla_id, '{}'::bigint[], '{}'::bigint[], v.only_covered_cis, v.quantity, v.quantity_unit, v.exclusions, v.price_reference, v.monthly_fee_minor,
      v.service_id, v.offering_id, \(SoldRow.columns)
    from contracts.contract_line l
    join contracts.standing_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id
    join contracts.sla s on s.id = v.sla_id
    \(SoldRow.join)
    where l.tenant_id = $1 and l.contract_id = $2 order by l.id, v.valid_from
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), publicId: try row.next(), validFrom: try row.next(), state: LineState(rawValue: try row.next()) ?? .ended,
      slaName: try row.next(), units: try row.next(), persons: try row.next(), content: try LineContent(&row), sold: try SoldRow(&row))
  }
}

/// The versions of the SLAs that its lines ever named.
struct StorySlas: Statement {
  struct Found: Sendable {
    let sla: Int64
    let slaVersion: Int64
    let validFrom: Instant
    let resolutionStopsAt: ResolutionStop
  }

  let tenant: TenantId
  let contract: Int64

  static let slasOfContract = """
    select v.sla_id from contracts.contract_line l
    join contracts.standing_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id
    where l.tenant_id = $1 and l.contract_id = $2
    """

  static let sql = """
    select s.sla_id, s.id, s.valid_from, s.resolution_stops_at from contracts.sla_version s where s.sla_id in (\(slasOfContract))
    order by s.sla_id, s.valid_from
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      sla: try row.next(), slaVersion: try row.next(), validFrom: try row.next(),
      resolutionStopsAt: ResolutionStop(rawValue: try row.next()) ?? .resolved)
  }
}

/// Their targets.
struct StoryTargets: Statement {
  struct Found: Sendable {
    let slaVersion: Int64
    let label: TargetLabel
    let explicitlyNone: Bool
    let budget: Budget?
    let calendar: Int64?
    let calendarName: String?
    let objective: Rate?
    let period: BillingPeriod.Kind?
    let countsFrom: OutageSeverity?
    let warnPercents: [Int64]
    let pauses: Bool
  }

  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select g.sla_version_id, \(TargetLabel.columns), g.explicitly_none, g.budget_seconds, g.business_days, g.calendar_id, k.name, g.objective_millionths,
      g.period, g.counts_from, g.warn_percents, g.pauses
    from contracts.sla_version v
    join contracts.sla_target g on g.sla_version_id = v.id
    left join contracts.calendar k on k.id = g.calendar_id
    left join catalog.pub_service s on s.service_id = g.service_id
    where v.sla_id in (\(StorySlas.slasOfContract)) and \(TargetLabel.isTold)
    order by g.sla_version_id, \(TargetLabel.order)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (version, label, explicitlyNone): (Int64, TargetLabel, Bool) = (try row.next(), try TargetLabel(&row), try row.next())
    let (seconds, days): (Int64?, Int64?) = (try row.next(), try row.next())
    let (calendar, calendarName): (Int64?, String?) = (try row.next(), try row.next())
    let objective = try Rate.millionths(&row)
    let (period, countsFrom): (String?, String?) = (try row.next(), try row.next())
    return Found(
      slaVersion: version, label: label, explicitlyNone: explicitlyNone, budget: Budget(seconds: seconds, businessDays: days), calendar: calendar,
      calendarName: calendarName, objective: objective, period: period.flatMap(BillingPeriod.Kind.init(rawValue:)),
      countsFrom: countsFrom.flatMap(OutageSeverity.init(rawValue:)), warnPercents: try row.next(), pauses: try row.next())
  }
}

/// When the versions of the calendars of those targets begin.
struct StoryCalendars: Statement {
  struct Found: Sendable {
    let calendar: Int64
    let validFrom: Instant
  }

  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select v.calendar_id, v.valid_from from contracts.standing_calendar_version v
    where v.calendar_id in (
      select g.calendar_id from contracts.sla_target g join contracts.sla_version s on s.id = g.sla_version_id
      where s.sla_id in (\(StorySlas.slasOfContract)))
    order by v.calendar_id, v.valid_from
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(calendar: try row.next(), validFrom: try row.next()) }
}
