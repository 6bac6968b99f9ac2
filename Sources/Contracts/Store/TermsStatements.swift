import Kernel
import Postgres

/// The lines of a tenant that are in force at an instant.
struct LinesInForce: Statement {
  let tenant: TenantId
  let at: Instant

  static let sql = """
    select c.id, l.id, lv.id, s.sla_id, s.id, c.zone, cv.name, lv.name, s.resolution_stops_at, s.supplier_waits_pause,
      s.wait_limit_seconds, s.wait_total_seconds,
      array_remove(array[lv.unit_id] || array(
        select x.unit_id from contracts.contract_line_unit x where x.tenant_id = lv.tenant_id and x.contract_line_version_id = lv.id), null),
      array(select x.person_id from contracts.contract_line_person x where x.tenant_id = lv.tenant_id and x.contract_line_version_id = lv.id),
      cv.starts_at, lv.valid_from
    from contracts.contract c
    cross join lateral (
      select n.name, n.state, n.starts_at, n.ends_at from contracts.standing_contract_version n
      where n.tenant_id = c.tenant_id and n.contract_id = c.id and n.valid_from <= $2 order by n.valid_from desc limit 1) cv
    join contracts.contract_line l on l.tenant_id = c.tenant_id and l.contract_id = c.id
    cross join lateral (
      select n.id, n.tenant_id, n.name, n.state, n.sla_id, n.unit_id, n.valid_from from contracts.standing_line_version n
      where n.tenant_id = l.tenant_id and n.contract_line_id = l.id and n.valid_from <= $2 order by n.valid_from desc limit 1) lv
    join contracts.sla_version s on s.sla_id = lv.sla_id
      and s.valid_from = (select max(n.valid_from) from contracts.sla_version n where n.sla_id = lv.sla_id and n.valid_from <= $2)
    where c.tenant_id = $1 and cv.state = 'active' and cv.starts_at <= $2 and (cv.ends_at is null or cv.ends_at > $2) and lv.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> LinePrecedence.Candidate {
    let terms = LineTerms(
      contract: try row.next(), line: try row.next(), lineVersion: try row.next(), sla: try row.next(), slaVersion: try row.next(),
      contractZone: try row.next(), contractName: try row.next(), lineName: try row.next(),
      resolutionStopsAt: ResolutionStop(rawValue: try row.next()) ?? .resolved, reason: .noneInForce, waits: try WaitTerms(&row))
    return LinePrecedence.Candidate(
      terms: terms, units: try row.next(), persons: try row.next(), contractStartsAt: try row.next(), lineValidFrom: try row.next())
  }
}

extension WaitTerms {
  /// Columns in the order supplier_waits_pause, wait_limit_seconds, wait_total_seconds.
  init(_ row: inout RowReader) throws {
    self.init(supplierPauses: try row.next(), limitSeconds: try row.next(), totalSeconds: try row.next())
  }
}

/// A unit and those above it, nearest first.
struct UnitsAbove: Statement {
  let tenant: TenantId
  let unit: Int64

  static let sql = """
    with recursive above as (
      select u.id, u.parent_id, 0 as distance from tenancy.org_unit u where u.tenant_id = $1 and u.id = $2
      union all
      select u.id, u.parent_id, a.distance + 1 from tenancy.org_unit u join above a on u.id = a.parent_id
      where u.tenant_id = $1 and a.distance < 100
    )
    select id from above order by distance
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(unit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The targets of an SLA version for a priority, with the calendar versions in force at an instant.
struct TargetsInForce: Statement {
  let slaVersion: Int64
  let priority: Int64
  let at: Instant

  static let sql = """
    select g.id, g.metric, g.priority, g.budget_seconds, g.business_days, g.calendar_id, v.id, g.objective_millionths, g.pauses
    from contracts.sla_target g
    join contracts.standing_calendar_version v on v.calendar_id = g.calendar_id
      and v.valid_from = (select max(n.valid_from) from contracts.standing_calendar_version n where n.calendar_id = g.calendar_id and n.valid_from <= $3)
    where g.sla_version_id = $1 and g.priority = $2
    order by g.metric
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(slaVersion)
    parameters.append(priority)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> TargetTerms { try TargetTerms(&row) }
}

/// The calendar versions behind ``TargetsInForce``, by the hashes under which compiled ones are kept.
struct CalendarsInForce: Statement {
  struct Found: Sendable {
    let version: Int64
    let hash: [UInt8]
  }

  let slaVersion: Int64
  let priority: Int64
  let at: Instant

  static let sql = """
    select v.id, v.definition_hash
    from contracts.sla_target g
    join contracts.standing_calendar_version v on v.calendar_id = g.calendar_id
      and v.valid_from = (select max(n.valid_from) from contracts.standing_calendar_version n where n.calendar_id = g.calendar_id and n.valid_from <= $3)
    where g.sla_version_id = $1 and g.priority = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(slaVersion)
    parameters.append(priority)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(version: try row.next(), hash: try row.next()) }
}

struct CalendarVersionInForce: Statement {
  let calendar: Int64
  let at: Instant

  static let sql = "select v.id from contracts.calendar_version v where v.calendar_id = $1 and v.valid_from <= $2 order by v.valid_from desc limit 1"

  func bind(to parameters: inout Parameters) {
    parameters.append(calendar)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension TargetTerms {
  /// Columns in the order id, metric, priority, budget_seconds, business_days, calendar, calendar version, objective, pauses.
  init(_ row: inout RowReader) throws {
    let id: Int64 = try row.next()
    let metric: String = try row.next()
    let priority: Int64 = try row.next()
    let seconds: Int64? = try row.next()
    let days: Int64? = try row.next()
    self.init(
      id: id, metric: Metric(rawValue: metric) ?? .resolution, priority: priority,
      budget: days.map(Budget.businessDays) ?? .seconds(seconds ?? 0), calendar: try row.next(), calendarVersion: try row.next(),
      objective: try Rate.millionths(&row), pauses: try row.next())
  }
}
