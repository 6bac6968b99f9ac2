import Kernel
import Postgres
import Renewals

/// Every version of a customer's contracts.
struct BookContracts: Statement {
  struct Found: Sendable {
    let contract: Int64
    let zone: String
    let validFrom: Instant
    let name: String
    let state: ContractState
    let startsAt: Instant
    let endsAt: Instant?
  }

  let tenant: TenantId
  let contract: Int64?

  static let sql = """
    select c.id, c.zone, v.valid_from, v.name, v.state, v.starts_at, v.ends_at
    from contracts.contract c join contracts.standing_contract_version v on v.tenant_id = c.tenant_id and v.contract_id = c.id
    where c.tenant_id = $1 and ($2::bigint is null or c.id = $2)
    order by c.id, v.valid_from
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contract: try row.next(), zone: try row.next(), validFrom: try row.next(), name: try row.next(),
      state: ContractState(rawValue: try row.next()) ?? .ended, startsAt: try row.next(), endsAt: try row.next())
  }
}

/// Every version of the lines of a customer's contracts.
struct BookLines: Statement {
  struct Found: Sendable {
    let contract: Int64
    let line: Int64
    let lineVersion: Int64
    let validFrom: Instant
    let name: String
    let state: LineState
    let sla: Int64
    let units: [Int64]
    let persons: [Int64]
    let onlyCoveredCis: Bool
    let sold: LinePrecedence.Sold?
  }

  let tenant: TenantId
  let contract: Int64?

  static let sql = """
    select l.contract_id, l.id, v.id, v.valid_from, v.name, v.state, v.sla_id,
      array_remove(array[v.unit_id] || array(
        select x.unit_id from contracts.contract_line_unit x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id), null),
      array(select x.person_id from contracts.contract_line_person x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id),
      v.only_covered_cis, coalesce(v.service_id, o.service_id), v.offering_id is not null
    from contracts.contract_line l join contracts.standing_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id
    left join catalog.pub_offering o on o.offering_id = v.offering_id
    where l.tenant_id = $1 and ($2::bigint is null or l.contract_id = $2)
    order by l.id, v.valid_from
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contract: try row.next(), line: try row.next(), lineVersion: try row.next(), validFrom: try row.next(), name: try row.next(),
      state: LineState(rawValue: try row.next()) ?? .ended, sla: try row.next(), units: try row.next(), persons: try row.next(),
      onlyCoveredCis: try row.next(), sold: try LinePrecedence.Sold(reading: &row))
  }
}

/// Every version of the SLAs that a customer's lines name.
struct BookSlas: Statement {
  struct Found: Sendable {
    let sla: Int64
    let slaVersion: Int64
    let validFrom: Instant
    let resolutionStopsAt: ResolutionStop
    let waits: WaitTerms
  }

  let tenant: TenantId

  static let sql = """
    select s.sla_id, s.id, s.valid_from, s.resolution_stops_at, s.supplier_waits_pause, s.provider_waits_pause, s.wait_limit_seconds,
      s.wait_total_seconds
    from contracts.standing_sla_version s
    where s.sla_id in (select v.sla_id from contracts.standing_line_version v where v.tenant_id = $1)
    order by s.sla_id, s.valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      sla: try row.next(), slaVersion: try row.next(), validFrom: try row.next(),
      resolutionStopsAt: ResolutionStop(rawValue: try row.next()) ?? .resolved, waits: try WaitTerms(&row))
  }
}

/// The targets of those versions that clocks count by.
struct BookTargets: Statement {
  struct Found: Sendable {
    let slaVersion: Int64
    let id: Int64
    let metric: Metric
    let selector: TargetSelector
    /// Its calendar's version is yet to be found; nil where nothing is promised.
    let promise: ClockPromise?
  }

  let tenant: TenantId

  static let sql = """
    select g.sla_version_id, g.id, g.metric, g.ticket_type, g.priority, g.service_id, g.ci_tier, g.budget_seconds, g.business_days, g.calendar_id,
      0::bigint, g.objective_millionths, g.period, g.pauses, g.warn_percents
    from contracts.sla_target g join contracts.standing_sla_version s on s.id = g.sla_version_id
    where s.sla_id in (select v.sla_id from contracts.standing_line_version v where v.tenant_id = $1)
    order by g.sla_version_id, g.metric
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  /// Nil for what is measured and not timed.
  static func decode(_ row: inout RowReader) throws -> Found? {
    let (version, id, metric): (Int64, Int64, String) = (try row.next(), try row.next(), try row.next())
    let (selector, promise) = (try TargetSelector(&row), try ClockPromise(&row))
    return Metric(rawValue: metric).map { Found(slaVersion: version, id: id, metric: $0, selector: selector, promise: promise) }
  }
}

/// Every version of the calendars of those targets.
struct BookCalendars: Statement {
  struct Found: Sendable {
    let calendar: Int64
    let version: Int64
    let validFrom: Instant
    let hash: [UInt8]
    let definition: Value
  }

  let tenant: TenantId

  static let sql = """
    select v.calendar_id, v.id, v.valid_from, v.definition_hash, v.definition from contracts.standing_calendar_version v
    where v.calendar_id in (
      select g.calendar_id from contracts.sla_target g join contracts.standing_sla_version s on s.id = g.sla_version_id
      where s.sla_id in (select l.sla_id from contracts.standing_line_version l where l.tenant_id = $1))
    order by v.calendar_id, v.valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(calendar: try row.next(), version: try row.next(), validFrom: try row.next(), hash: try row.next(), definition: try row.next())
  }
}

/// Which unit stands above which.
struct BookUnits: Statement {
  struct Found: Sendable {
    let unit: Int64
    let parent: Int64
  }

  let tenant: TenantId

  static let sql = "select id, parent_id from tenancy.org_unit where tenant_id = $1 and parent_id is not null"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(unit: try row.next(), parent: try row.next()) }
}
