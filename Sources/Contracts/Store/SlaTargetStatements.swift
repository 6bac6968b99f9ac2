import BillingEngine
import Kernel
import Postgres
import ServiceTime

struct InsertSlaTargets: Statement {
  let slaVersion: Int64
  let targets: [SlaRule.Target]
  let onlyTenant: TenantId?

  /// Arrays of arrays are one to `unnest`: the warnings of each target travel as text.
  static let sql = """
    insert into contracts.sla_target
      (sla_version_id, metric, ticket_type, priority, service_id, ci_tier, explicitly_none, calendar_id, budget_seconds, business_days,
       objective_millionths, period, counts_from, warn_percents, pauses, only_tenant_id)
    select $1, t.metric, t.ticket_type, t.priority, t.service_id, t.ci_tier, t.explicitly_none, t.calendar_id, t.budget_seconds, t.business_days,
      t.objective, t.period, t.counts_from, t.warn_percents::bigint[], t.pauses, $16
    from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
      $12::text[], $13::text[], $14::text[], $15::boolean[])
      as t (metric, ticket_type, priority, service_id, ci_tier, explicitly_none, calendar_id, budget_seconds, business_days, objective, period, counts_from,
        warn_percents, pauses)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(slaVersion)
    parameters.append(targets.map(\.metric.code))
    parameters.append(targets.map(\.selector.ticketType?.rawValue))
    parameters.append(targets.map(\.selector.priority))
    parameters.append(targets.map(\.selector.service))
    parameters.append(targets.map(\.selector.ciTier))
    parameters.append(targets.map { $0.promise == .none })
    parameters.append(targets.map(\.promise.calendar))
    parameters.append(targets.map(\.promise.budget?.seconds))
    parameters.append(targets.map(\.promise.budget?.businessDays))
    parameters.append(targets.map(\.promise.objective?.units))
    parameters.append(targets.map(\.promise.period?.rawValue))
    parameters.append(targets.map(\.promise.countsFrom?.rawValue))
    parameters.append(targets.map { "{\($0.promise.warnPercents.map { String($0) }.joined(separator: ","))}" })
    parameters.append(targets.map(\.promise.pauses))
    parameters.append(onlyTenant)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension SlaRule.Target.Promise {
  fileprivate var budget: Budget? { if case .clock(let budget, _, _, _, _, _) = self { budget } else { nil } }

  fileprivate var calendar: Int64? {
    switch self {
    case .none, .measured: nil
    case .clock(_, let calendar, _, _, _, _): calendar
    }
  }

  fileprivate var objective: Rate? {
    switch self {
    case .none: nil
    case .clock(_, _, let objective, _, _, _): objective
    case .measured(let objective, _, _): objective
    }
  }

  fileprivate var period: BillingPeriod.Kind? {
    switch self {
    case .none: nil
    case .clock(_, _, _, let period, _, _): period
    case .measured(_, let period, _): period
    }
  }

  fileprivate var countsFrom: OutageSeverity? { if case .measured(_, _, let severity) = self { severity } else { nil } }
  fileprivate var pauses: Bool { if case .clock(_, _, _, _, let pauses, _) = self { pauses } else { false } }
  fileprivate var warnPercents: [Int64] { if case .clock(_, _, _, _, _, let percents) = self { percents } else { [] } }
}

/// The targets of SLA versions as people read them.
struct TargetsOfSlaVersions: Statement {
  struct Found: Sendable {
    let slaVersion: Int64
    let label: TargetLabel
    let explicitlyNone: Bool
    let calendar: [UInt8]?
    let calendarName: String?
    let budget: Budget?
    let objective: Rate?
    let period: String?
    let countsFrom: String?
    let warnPercents: [Int64]
    let pauses: Bool
  }

  let slaVersions: [Int64]

  static let sql = """
    select g.sla_version_id, \(TargetLabel.columns), g.explicitly_none, c.public_id, c.name, g.budget_seconds, g.business_days, g.objective_millionths,
      g.period, g.counts_from, g.warn_percents, g.pauses
    from contracts.sla_target g
    left join contracts.calendar c on c.id = g.calendar_id
    left join catalog.pub_service s on s.service_id = g.service_id
    where g.sla_version_id = any($1) and \(TargetLabel.isTold)
    order by g.sla_version_id, \(TargetLabel.order)
    """

  func bind(to parameters: inout Parameters) { parameters.append(slaVersions) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      slaVersion: try row.next(), label: try TargetLabel(&row), explicitlyNone: try row.next(), calendar: try row.next(), calendarName: try row.next(),
      budget: Budget(seconds: try row.next(), businessDays: try row.next()), objective: try Rate.millionths(&row), period: try row.next(),
      countsFrom: try row.next(), warnPercents: try row.next(), pauses: try row.next())
  }
}

extension TargetLabel {
  /// `g` is the target, `s` its service as the catalogue publishes it.
  static let columns = "g.metric, g.ticket_type, g.priority, s.code, g.ci_tier"
  /// Not of a service that row security hides from the reader: without its code the target would look like one of any service.
  static let isTold = "(g.service_id is null or s.service_id is not null)"
  /// The widest first.
  static let order =
    "array_position(array['response', 'update', 'resolution'], g.metric), g.metric, s.code nulls first, g.ci_tier nulls first, g.ticket_type nulls first, g.priority nulls first"

  init(_ row: inout RowReader) throws {
    let metric: String = try row.next()
    let type: String? = try row.next()
    self.init(
      metric: metric, ticketType: type.flatMap(TicketType.init(rawValue:)), priority: try row.next(), service: try row.next(), ciTier: try row.next())
  }
}

/// Services of the catalogue that targets name. One that was designed for a customer is there for that one alone.
struct ServicesOfCodes: Statement {
  let codes: [String]
  /// The customers whose own services count besides those for all; nil: all.
  let customers: [Int64]?

  static let sql = """
    select code, service_id from catalog.pub_service
    where code = any($1) and (only_tenant_id is null or $2::bigint[] is null or only_tenant_id = any($2))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(codes)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> (String, Int64) { (try row.next(), try row.next()) }
}

extension Rate {
  static func millionths(_ row: inout RowReader) throws -> Rate? {
    let units: Int64? = try row.next()
    return units.map(Rate.init(units:))
  }
}
