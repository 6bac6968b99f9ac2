import BillingEngine
import Kernel
import Postgres
import Renewals
import ServiceTime

struct InsertUnderpinning: Statement {
  let publicId: PublicId
  let supplier: Int64
  let reference: String
  let currency: Currency
  let zone: String
  let now: Instant

  static let sql = """
    insert into suppliers.contract (public_id, supplier_id, reference, currency, zone, recorded_at, renewal_look_at)
    values ($1, $2, $3, $4, $5, $6, $6) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(supplier)
    parameters.append(reference)
    parameters.append(currency.code)
    parameters.append(zone)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertUnderpinningVersion: Statement {
  let contract: Int64
  let validFrom: Instant
  let name: String
  let state: ContractState
  let startsAt: Instant
  let endsAt: Instant?
  let renewal: RenewalTerms
  let calendar: Int64?
  let now: Instant

  static let sql = """
    insert into suppliers.contract_version
      (contract_id, valid_from, name, state, starts_at, ends_at, calendar_id, recorded_at, renewal, notice_count, notice_unit, renewal_months)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(contract)
    parameters.append(validFrom)
    parameters.append(name)
    parameters.append(state.rawValue)
    parameters.append(startsAt)
    parameters.append(endsAt)
    parameters.append(calendar)
    parameters.append(now)
    parameters.append(renewal.mode.rawValue)
    parameters.append(renewal.notice?.count)
    parameters.append(renewal.notice?.unit)
    parameters.append(renewal.months)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertUnderpinningTargets: Statement {
  let version: Int64
  let targets: [UnderpinningTarget]

  static let sql = """
    insert into suppliers.target
      (contract_version_id, metric, priority, supplier_priority, service_id, budget_seconds, business_days, objective_millionths, period, counts_from,
       warn_percents)
    select $1, t.metric, t.priority, t.supplier_priority, t.service_id, t.budget_seconds, t.business_days, t.objective, t.period, t.counts_from,
      t.warn_percents::bigint[]
    from unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::text[])
      as t (metric, priority, supplier_priority, service_id, budget_seconds, business_days, objective, period, counts_from, warn_percents)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(version)
    parameters.append(targets.map(\.metric.rawValue))
    parameters.append(targets.map(\.priority))
    parameters.append(targets.map(\.supplierPriority))
    parameters.append(targets.map(\.service))
    parameters.append(targets.map { target -> Int64? in if case .seconds(let seconds, _) = target.promise { seconds } else { nil } })
    parameters.append(targets.map { target -> Int64? in if case .businessDays(let days, _) = target.promise { days } else { nil } })
    parameters.append(targets.map { $0.promise.objective?.units })
    parameters.append(targets.map { target -> String? in if case .availability(_, let period, _) = target.promise { period.rawValue } else { nil } })
    parameters.append(targets.map { target -> String? in if case .availability(_, _, let severity) = target.promise { severity.rawValue } else { nil } })
    // An array of arrays of different lengths is none.
    parameters.append(targets.map { "{\($0.warnPercents.map { String($0) }.joined(separator: ","))}" })
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension UnderpinningTarget.Promise {
  var objective: Rate? {
    switch self {
    case .seconds(_, let objective), .businessDays(_, let objective): objective
    case .availability(let objective, _, _): objective
    }
  }
}

struct InsertUnderpinningCosts: Statement {
  let version: Int64
  let costs: [UnderpinningCost]

  static let sql = """
    insert into suppliers.cost_line (contract_version_id, name, amount_minor, period)
    select $1, c.name, c.amount, c.period from unnest($2::text[], $3::bigint[], $4::text[]) as c (name, amount, period) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(version)
    parameters.append(costs.map(\.name))
    parameters.append(costs.map(\.minorUnits))
    parameters.append(costs.map(\.period.rawValue))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An underpinning contract in one of its versions.
struct UnderpinningRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let supplierId: Int64
  let supplier: [UInt8]
  let supplierCode: String
  let reference: String
  let currency: String
  let zone: String
  let version: Int64
  let versionId: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let name: String
  let state: ContractState
  let startsAt: Instant
  let endsAt: Instant?
  let calendarId: Int64?
  let calendar: [UInt8]?
  let calendarName: String?
  let renewal: RenewalTerms

  /// `c` is the contract, `v` its version, `s` the supplier, `k` the calendar.
  static let columns = """
    c.id, c.public_id, s.id, s.public_id, s.code, c.reference, c.currency, c.zone, c.version, v.id, v.valid_from, v.recorded_at, v.name, v.state,
      v.starts_at, v.ends_at, v.calendar_id, k.public_id, k.name, v.renewal, v.notice_count, v.notice_unit, v.renewal_months
    """

  static let tables = """
    suppliers.contract c
    join suppliers.supplier s on s.id = c.supplier_id
    join suppliers.contract_version v on v.contract_id = c.id
    left join contracts.pub_calendar k on k.calendar_id = v.calendar_id
    """

  static let select = "select \(columns) from \(tables)"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    supplierId = try row.next()
    supplier = try row.next()
    supplierCode = try row.next()
    reference = try row.next()
    currency = try row.next()
    zone = try row.next()
    version = try row.next()
    versionId = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    name = try row.next()
    state = ContractState(rawValue: try row.next()) ?? .ended
    startsAt = try row.next()
    endsAt = try row.next()
    calendarId = try row.next()
    calendar = try row.next()
    calendarName = try row.next()
    renewal = try RenewalTerms(&row)
  }
}

/// The version in force at an instant; the newest, future ones included, for a change.
struct UnderpinningAt: Statement {
  let publicId: PublicId
  /// Nil: the newest version.
  let at: Instant?

  static let sql = """
    \(UnderpinningRow.select)
    where c.public_id = $1 and ($2::timestamptz is null or v.valid_from <= $2) order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> UnderpinningRow { try UnderpinningRow(&row) }
}

/// Contracts in the order in which they were made, each in the version in force at an instant; of one supplier, or of all.
struct UnderpinningsAt: Statement {
  let supplier: Int64?
  let at: Instant
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(UnderpinningRow.select)
    where ($1::bigint is null or c.supplier_id = $1) and c.id > $3
      and v.valid_from = (select max(n.valid_from) from suppliers.contract_version n where n.contract_id = c.id and n.valid_from <= $2)
    order by c.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(at)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> UnderpinningRow { try UnderpinningRow(&row) }
}

/// Counts a change, and has the contract's renewal looked at; no row when another change came first.
struct AdvanceUnderpinning: Statement {
  let id: Int64
  let version: Int64
  let now: Instant

  static let sql = "update suppliers.contract set version = version + 1, renewal_look_at = $3 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct UnderpinningTargetRow: Sendable {
  let contractVersion: Int64
  let service: [UInt8]?
  let serviceName: String?
  let target: UnderpinningTarget

  static let select = """
    select g.contract_version_id, v.public_id, v.name, g.metric, g.priority, g.supplier_priority, g.service_id, g.budget_seconds, g.business_days,
      g.objective_millionths, g.period, g.counts_from, g.warn_percents
    from suppliers.target g left join suppliers.service v on v.id = g.service_id
    """

  init(_ row: inout RowReader) throws {
    contractVersion = try row.next()
    service = try row.next()
    serviceName = try row.next()
    target = try UnderpinningTarget(&row)
  }
}

extension UnderpinningTarget {
  init(_ row: inout RowReader) throws {
    metric = UnderpinningMetric(rawValue: try row.next()) ?? .resolution
    priority = try row.next()
    supplierPriority = try row.next()
    service = try row.next()
    let seconds: Int64? = try row.next()
    let days: Int64? = try row.next()
    let units: Int64? = try row.next()
    let period: String? = try row.next()
    let countsFrom: String? = try row.next()
    warnPercents = try row.next()
    let objective = units.map(Rate.init(units:))
    if let period = period.flatMap(BillingPeriod.Kind.init(rawValue:)), let objective {
      promise = .availability(objective, period: period, countsFrom: countsFrom.flatMap(OutageSeverity.init(rawValue:)) ?? .partial)
    } else if let days {
      promise = .businessDays(days, objective: objective)
    } else {
      promise = .seconds(seconds ?? 0, objective: objective)
    }
  }
}

struct TargetsOfUnderpinnings: Statement {
  let versions: [Int64]

  static let sql = "\(UnderpinningTargetRow.select) where g.contract_version_id = any($1) order by g.contract_version_id, g.metric, g.priority, g.id"

  func bind(to parameters: inout Parameters) { parameters.append(versions) }

  static func decode(_ row: inout RowReader) throws -> UnderpinningTargetRow { try UnderpinningTargetRow(&row) }
}

struct CostsOfUnderpinnings: Statement {
  struct Found: Sendable {
    let contractVersion: Int64
    let cost: UnderpinningCost
  }

  let versions: [Int64]

  static let sql = """
    select contract_version_id, name, amount_minor, period from suppliers.cost_line where contract_version_id = any($1) order by contract_version_id, id
    """

  func bind(to parameters: inout Parameters) { parameters.append(versions) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contractVersion: try row.next(),
      cost: UnderpinningCost(
        name: try row.next(), minorUnits: try row.next(), period: UnderpinningCost.Period(rawValue: try row.next()) ?? .month))
  }
}

/// What is promised of a service's availability by the contracts in force at an instant.
struct AvailabilityTargets: Statement {
  struct Found: Sendable {
    let contract: [UInt8]
    let reference: String
    let target: UnderpinningTarget
  }

  let supplier: Int64
  let service: Int64
  let period: BillingPeriod.Kind
  let at: Instant

  static let sql = """
    select c.public_id, c.reference, g.metric, g.priority, g.supplier_priority, g.service_id, g.budget_seconds, g.business_days,
      g.objective_millionths, g.period, g.counts_from, g.warn_percents
    from suppliers.contract c
    join suppliers.contract_version v on v.contract_id = c.id
      and v.valid_from = (select max(n.valid_from) from suppliers.contract_version n where n.contract_id = c.id and n.valid_from <= $4)
    join suppliers.target g on g.contract_version_id = v.id
    where c.supplier_id = $1 and v.state = 'active' and v.starts_at <= $4 and (v.ends_at is null or v.ends_at > $4)
      and g.metric = 'availability' and g.period = $3 and (g.service_id is null or g.service_id = $2)
    order by c.id, g.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(supplier)
    parameters.append(service)
    parameters.append(period.rawValue)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(contract: try row.next(), reference: try row.next(), target: try UnderpinningTarget(&row))
  }
}

/// The calendar that a coverage names.
struct CoverageCalendar: Statement {
  let publicId: PublicId

  static let sql = "select calendar_id from contracts.pub_calendar where public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
