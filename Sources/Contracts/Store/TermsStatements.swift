import BillingEngine
import Kernel
import Postgres

/// The lines of a tenant that are in force at an instant. The lines of each contract are looked up by it (`offset 0`): read as a join, all
/// lines of the tenant are read again for each of its contracts. Which versions were withdrawn, and for whom a line is, is read from the rows
/// of contracts and lines: looked up in the tables that say so (`contracts.standing_line_version`, `contract_line_unit` ...) it took twice the time.
struct LinesInForce: Statement {
  let tenant: TenantId
  let at: Instant

  static let sql = """
    select c.id, l.id, lv.id, s.sla_id, s.id, c.zone, cv.name, lv.name, s.resolution_stops_at, s.supplier_waits_pause,
      s.provider_waits_pause, s.wait_limit_seconds, s.wait_total_seconds,
      lv.unit_id, lv.other_unit_ids, lv.person_ids, lv.only_covered_cis, cv.starts_at, lv.valid_from,
      case when lv.offering_id is null then lv.service_id
        else (select o.service_id from catalog.pub_offering o where o.offering_id = lv.offering_id) end,
      lv.offering_id is not null
    from contracts.contract c
    cross join lateral (
      select n.name, n.state, n.starts_at, n.ends_at from contracts.contract_version n
      where n.tenant_id = c.tenant_id and n.contract_id = c.id and n.valid_from <= $2 and n.id <> all (c.withdrawn_versions)
      order by n.valid_from desc limit 1) cv
    cross join lateral (
      select n.tenant_id, n.id, n.withdrawn_versions from contracts.contract_line n
      where n.tenant_id = c.tenant_id and n.contract_id = c.id offset 0) l
    cross join lateral (
      select n.id, n.name, n.state, n.sla_id, n.unit_id, n.other_unit_ids, n.person_ids, n.only_covered_cis, n.valid_from,
        n.service_id, n.offering_id
      from contracts.contract_line_version n
      where n.tenant_id = l.tenant_id and n.contract_line_id = l.id and n.valid_from <= $2 and n.id <> all (l.withdrawn_versions)
      order by n.valid_from desc limit 1) lv
    cross join lateral (
      select n.sla_id, n.id, n.resolution_stops_at, n.supplier_waits_pause, n.provider_waits_pause, n.wait_limit_seconds, n.wait_total_seconds
      from contracts.sla_version n where n.sla_id = lv.sla_id and n.valid_from <= $2 and not n.withdrawn order by n.valid_from desc limit 1) s
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
    let (unit, others): (Int64?, [Int64]) = (try row.next(), try row.next())
    let (persons, onlyCoveredCis): ([Int64], Bool) = (try row.next(), try row.next())
    let (startsAt, validFrom): (Instant, Instant) = (try row.next(), try row.next())
    return LinePrecedence.Candidate(
      terms: terms, units: (unit.map { [$0] } ?? []) + others, persons: persons, onlyCoveredCis: onlyCoveredCis,
      sold: try LinePrecedence.Sold(reading: &row), contractStartsAt: startsAt, lineValidFrom: validFrom)
  }
}

extension LinePrecedence.Sold {
  /// Columns in the order service, whether it is only an offering of it; nil where nothing is sold.
  init?(reading row: inout RowReader) throws {
    let (service, isOffering): (Int64?, Bool) = (try row.next(), try row.next())
    guard let service else { return nil }
    self.init(service: service, isOffering: isOffering)
  }
}

extension WaitTerms {
  /// Columns in the order supplier_waits_pause, provider_waits_pause, wait_limit_seconds, wait_total_seconds.
  init(_ row: inout RowReader) throws {
    self.init(supplierPauses: try row.next(), providerPauses: try row.next(), limitSeconds: try row.next(), totalSeconds: try row.next())
  }
}

/// The targets of an SLA version that are for a ticket of some kind, with the calendar versions in force at an instant, by the
/// hashes under which compiled ones are kept: what ``TargetPrecedence`` chooses from. Targets of services are most of a large
/// SLA: of them only those of the one service are read, by the index (twice, for it is either none or that one). As one table, and no
/// union, the calendars that its targets name are few by its statistics, and each is looked up once.
struct TargetCandidates: Statement {
  struct Found: Sendable {
    let candidate: TargetPrecedence.Candidate
    /// Nil where nothing is promised.
    let calendarHash: [UInt8]?
  }

  let slaVersion: Int64
  let facts: TargetFacts
  let at: Instant

  static let sql = """
    select g.id, g.metric, g.ticket_type, g.priority, g.service_id, g.ci_tier, g.budget_seconds, g.business_days, g.calendar_id, v.id,
      g.objective_millionths, g.period, g.pauses, g.warn_percents, v.definition_hash
    from contracts.sla_target g
    left join lateral (
      select n.id, n.definition_hash from contracts.standing_calendar_version n
      where n.calendar_id = g.calendar_id and n.valid_from <= $6 order by n.valid_from desc limit 1) v on true
    where g.sla_version_id = $1 and (g.service_id is null or g.service_id = $4)
      and (g.ticket_type is null or g.ticket_type = $2) and (g.priority is null or g.priority = $3) and (g.ci_tier is null or g.ci_tier = $5)
      and (g.explicitly_none or v.id is not null)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(slaVersion)
    parameters.append(facts.ticketType.rawValue)
    parameters.append(facts.priority)
    parameters.append(facts.service)
    parameters.append(facts.ciTier)
    parameters.append(at)
  }

  /// Nil for what is measured and not timed.
  static func decode(_ row: inout RowReader) throws -> Found? {
    let (id, metric): (Int64, String) = (try row.next(), try row.next())
    let selector = try TargetSelector(&row)
    let promise = try ClockPromise(&row)
    let hash: [UInt8]? = try row.next()
    return Metric(rawValue: metric).map {
      Found(candidate: TargetPrecedence.Candidate(id: id, metric: $0, selector: selector, promise: promise), calendarHash: hash)
    }
  }
}

struct CalendarVersionInForce: Statement {
  let calendar: Int64
  let at: Instant

  static let sql = "select v.id from contracts.standing_calendar_version v where v.calendar_id = $1 and v.valid_from <= $2 order by v.valid_from desc limit 1"

  func bind(to parameters: inout Parameters) {
    parameters.append(calendar)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension TargetSelector {
  /// Columns in the order ticket_type, priority, service, ci_tier.
  package init(_ row: inout RowReader) throws {
    let type: String? = try row.next()
    self.init(ticketType: type.flatMap(TicketType.init(rawValue:)), priority: try row.next(), service: try row.next(), ciTier: try row.next())
  }
}

extension ClockPromise {
  /// Columns in the order budget_seconds, business_days, calendar, calendar version, objective, period, pauses, warn_percents; nil
  /// where nothing is promised.
  init?(_ row: inout RowReader) throws {
    let (seconds, days): (Int64?, Int64?) = (try row.next(), try row.next())
    let (calendar, version): (Int64?, Int64?) = (try row.next(), try row.next())
    let objective = try Rate.millionths(&row)
    let period: String? = try row.next()
    let pauses: Bool = try row.next()
    let warnPercents: [Int64] = try row.next()
    guard let budget = Budget(seconds: seconds, businessDays: days), let calendar, let version else { return nil }
    self.init(
      budget: budget, calendar: calendar, calendarVersion: version, objective: objective, period: period.flatMap(BillingPeriod.Kind.init(rawValue:)),
      pauses: pauses, warnPercents: warnPercents)
  }
}

extension Budget {
  /// Nil unless there is exactly one.
  init?(seconds: Int64?, businessDays: Int64?) {
    switch (seconds, businessDays) {
    case (let seconds?, nil): self = .seconds(seconds)
    case (nil, let days?): self = .businessDays(days)
    default: return nil
    }
  }

  var seconds: Int64? { if case .seconds(let seconds) = self { seconds } else { nil } }
  var businessDays: Int64? { if case .businessDays(let days) = self { days } else { nil } }
}
