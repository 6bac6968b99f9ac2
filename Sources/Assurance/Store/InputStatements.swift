import BillingEngine
import Contracts
import Kernel
import Postgres
import ServiceTime

/// A contract, as contracts publish it.
struct ProvenContract: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let version: Int64
    let zone: String
  }

  let tenant: TenantId
  /// One of the two.
  var publicId: PublicId?
  var line: Int64?

  static let sql = """
    select c.contract_id, c.public_id, c.version, c.zone from contracts.pub_contract c
    where c.tenant_id = $1 and ($2::bytea is null or c.public_id = $2)
      and ($3::bigint is null or c.contract_id = (select l.contract_id from contracts.pub_line l where l.tenant_id = $1 and l.line_id = $3))
    limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId?.random)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), publicId: try row.next(), version: try row.next(), zone: try row.next())
  }
}

/// The contract line that an id names.
struct ProvenLine: Statement {
  struct Found: Sendable {
    let id: Int64
    let contract: [UInt8]
    let contractId: Int64
  }

  let tenant: TenantId
  let publicId: PublicId

  static let sql = """
    select l.line_id, c.public_id, l.contract_id from contracts.pub_line l
    join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    where l.tenant_id = $1 and l.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), contract: try row.next(), contractId: try row.next()) }
}

/// The versions of a contract with its terms.
struct ProvenTerms: Statement {
  struct Found: Sendable {
    let validFrom: Instant
    let state: String
    let startsAt: Instant
    let endsAt: Instant?
  }

  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select valid_from, state, starts_at, ends_at from contracts.pub_contract_term where tenant_id = $1 and contract_id = $2
    order by valid_from, contract_version_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(validFrom: try row.next(), state: try row.next(), startsAt: try row.next(), endsAt: try row.next())
  }
}

/// The lines of a contract in all their versions.
struct ProvenLineVersions: Statement {
  struct Found: Sendable {
    let line: Int64
    let publicId: [UInt8]
    let lineVersion: Int64
    let validFrom: Instant
    let name: String
    let isActive: Bool
    let isDraft: Bool
    let sla: Int64
  }

  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select l.line_id, l.public_id, l.version, v.valid_from, v.name, v.state = 'active', v.state = 'draft', v.sla_id
    from contracts.pub_line l join contracts.pub_line_terms v on v.tenant_id = l.tenant_id and v.line_id = l.line_id
    where l.tenant_id = $1 and l.contract_id = $2
    order by l.line_id, v.valid_from, v.line_version_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), publicId: try row.next(), lineVersion: try row.next(), validFrom: try row.next(), name: try row.next(),
      isActive: try row.next(), isDraft: try row.next(), sla: try row.next())
  }
}

/// The suppliers' services that the lines of a contract rest on.
struct ProvenLinks: Statement {
  struct Found: Sendable {
    let line: Int64
    let link: Int64
    let version: Int64
    let service: Int64
    /// The supplier's name and the service's, with region and instance where it has any: services may differ in these alone.
    let name: String
    let contract: Int64?
    let isBackup: Bool
    let from: Instant
    let until: Instant?
    /// It ended, and nothing has to take its place.
    let isNotNeeded: Bool
  }

  let tenant: TenantId
  let contract: Int64

  static let sql = """
    select k.line_id, k.line_link_id, k.version, k.service_id,
      concat_ws(' ', v.supplier_name, v.name, nullif(v.region, ''), nullif(v.instance, '')), k.supplier_contract_id, k.role = 'backup', k.valid_from,
      k.ended_at, k.not_needed
    from contracts.pub_line l
    join suppliers.pub_line_link k on k.tenant_id = l.tenant_id and k.line_id = l.line_id
    join suppliers.pub_service v on v.service_id = k.service_id
    where l.tenant_id = $1 and l.contract_id = $2
    order by k.line_id, k.line_link_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), link: try row.next(), version: try row.next(), service: try row.next(), name: try row.next(), contract: try row.next(),
      isBackup: try row.next(), from: try row.next(), until: try row.next(), isNotNeeded: try row.next())
  }
}

/// Which OLAs teams work by, from when to when.
struct ProvenAgreements: Statement {
  struct Found: Sendable {
    let team: Int64
    let version: Int64
    let sla: Int64
    let name: String
    let from: Instant
    let until: Instant?
  }

  let teams: [Int64]

  static let sql = """
    select a.team_id, a.version, a.sla_id, s.name, a.valid_from, a.ended_at
    from desk.pub_team_agreement a join contracts.pub_sla s on s.sla_id = a.sla_id
    where a.team_id = any($1) order by a.team_id, a.valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(teams) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      team: try row.next(), version: try row.next(), sla: try row.next(), name: try row.next(), from: try row.next(), until: try row.next())
  }
}

/// The versions of SLAs and OLAs with their targets; a version without any is one row without a target.
struct ProvenTargets: Statement {
  /// Without budget and share it explicitly promises nothing.
  struct Target: Sendable {
    let metric: String
    let priority: Int64?
    let budget: Budget?
    /// Of a measured metric.
    let share: PeriodShare?
    let calendar: Int64?
    /// What besides the priority it is for.
    let scope: PromiseScope
    /// Of two that are for the same tickets the higher one counts.
    let rank: UInt8

    init(metric: String, priority: Int64?, budget: Budget?, share: PeriodShare? = nil, calendar: Int64?, scope: PromiseScope) {
      self.metric = metric
      self.priority = priority
      self.budget = budget
      self.share = share
      self.calendar = calendar
      self.scope = scope
      rank = TargetSelector(ticketType: scope.ticketType, priority: priority, service: scope.service?.id, ciTier: scope.ciTier).named.rawValue
    }

    func isFor(_ tickets: PromiseScope, _ priority: Int64?) -> Bool { (self.priority ?? priority) == priority && tickets.isWithin(scope) }
  }

  struct Found: Sendable {
    let sla: Int64
    let version: Int64
    let validFrom: Instant
    let target: Target?
  }

  let slas: [Int64]

  static let sql = """
    select t.sla_id, s.version, t.valid_from, t.metric, t.priority::bigint, t.budget_seconds, t.business_days, t.calendar_id, t.objective_millionths,
      t.period, t.counts_from, t.ticket_type, t.service_id, v.code, t.ci_tier
    from contracts.pub_sla_target t join contracts.pub_sla s on s.sla_id = t.sla_id left join catalog.pub_service v on v.service_id = t.service_id
    where t.sla_id = any($1) order by t.sla_id, t.valid_from, t.metric, t.priority, t.target_id
    """

  func bind(to parameters: inout Parameters) { parameters.append(slas) }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (sla, version, validFrom): (Int64, Int64, Instant) = (try row.next(), try row.next(), try row.next())
    let metric: String? = try row.next()
    let priority: Int64? = try row.next()
    let (seconds, days, calendar): (Int64?, Int64?, Int64?) = (try row.next(), try row.next(), try row.next())
    let budget = seconds.map(Budget.seconds) ?? days.map(Budget.businessDays)
    let share = try PeriodShare(&row)
    let scope = try PromiseScope(&row)
    let target = metric.map {
      // What share of the tickets must be in time is no matter of the proof.
      Target(metric: $0, priority: priority, budget: budget, share: budget == nil ? share : nil, calendar: calendar, scope: scope)
    }
    return Found(sla: sla, version: version, validFrom: validFrom, target: target)
  }
}

/// The versions of underpinning contracts.
struct ProvenSupplierContracts: Statement {
  struct Found: Sendable {
    let contract: Int64
    let version: Int64
    let reference: String
    let contractVersion: Int64
    let validFrom: Instant
    let state: String
    let startsAt: Instant
    let endsAt: Instant?
    let calendar: Int64?
  }

  let contracts: [Int64]

  static let sql = """
    select contract_id, version, reference, contract_version_id, valid_from, state, starts_at, ends_at, calendar_id
    from suppliers.pub_contract_version where contract_id = any($1) order by contract_id, valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(contracts) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contract: try row.next(), version: try row.next(), reference: try row.next(), contractVersion: try row.next(), validFrom: try row.next(),
      state: try row.next(), startsAt: try row.next(), endsAt: try row.next(), calendar: try row.next())
  }
}

/// What they promise.
struct ProvenSupplierTargets: Statement {
  struct Found: Sendable {
    let contractVersion: Int64
    let metric: String
    let priority: Int64?
    let service: Int64?
    let budget: Budget?
    /// Of availability.
    let share: PeriodShare?
  }

  let contracts: [Int64]

  static let sql = """
    select g.contract_version_id, g.metric, g.priority::bigint, g.service_id, g.budget_seconds, g.business_days, g.objective_millionths, g.period,
      g.counts_from
    from suppliers.pub_target g join suppliers.pub_contract_version v on v.contract_version_id = g.contract_version_id
    where v.contract_id = any($1) order by g.target_id
    """

  func bind(to parameters: inout Parameters) { parameters.append(contracts) }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (version, metric, priority, service): (Int64, String, Int64?, Int64?) = (try row.next(), try row.next(), try row.next(), try row.next())
    let (seconds, days): (Int64?, Int64?) = (try row.next(), try row.next())
    let budget = seconds.map(Budget.seconds) ?? days.map(Budget.businessDays)
    let share = try PeriodShare(&row)
    return Found(contractVersion: version, metric: metric, priority: priority, service: service, budget: budget, share: budget == nil ? share : nil)
  }
}

extension PeriodShare {
  /// Columns in the order objective_millionths, period, counts_from; nil where nothing is promised.
  init?(_ row: inout RowReader) throws {
    let (objective, period, severity): (Int64?, String?, String?) = (try row.next(), try row.next(), try row.next())
    guard let objective else { return nil }
    self.init(
      share: Rate(units: objective), period: period.flatMap(BillingPeriod.Kind.init(rawValue:)) ?? .month,
      countsFrom: severity.flatMap(OutageSeverity.init(rawValue:)))
  }
}

extension PromiseScope {
  /// Columns in the order ticket_type, service_id, the service's code, ci_tier.
  init(_ row: inout RowReader) throws {
    let (type, service, code, tier): (String?, Int64?, String?, String?) = (try row.next(), try row.next(), try row.next(), try row.next())
    self.init(
      ticketType: type.flatMap(TicketType.init(rawValue:)), service: service.map { Service(id: $0, code: code ?? String($0)) }, ciTier: tier)
  }
}

struct ProvenCalendars: Statement {
  struct Found: Sendable {
    let calendar: Int64
    let name: String
    let version: Int64
  }

  let calendars: [Int64]

  static let sql = "select calendar_id, name, version from contracts.pub_calendar where calendar_id = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(calendars) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(calendar: try row.next(), name: try row.next(), version: try row.next()) }
}
