import BillingEngine
import Contracts
import Kernel
import Postgres

/// The customer's contracts.
struct CustomerContracts: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  let tenant: TenantId

  static let sql = "select contract_id, public_id from contracts.pub_contract where tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}

/// The sums of a period by basis and priority.
struct PeriodTotals: Statement {
  struct Found: Sendable {
    let basis: Basis
    let priority: Int64
    let totals: DailyTotals
  }

  let tenant: TenantId
  let contracts: [Int64]
  let from: CalendarDate
  let end: CalendarDate

  static let sql = """
    select basis, priority, sum(tickets)::bigint, sum(reopened)::bigint,
      sum(response_judged)::bigint, sum(response_met)::bigint, sum(response_timed)::bigint, sum(response_seconds)::bigint,
      sum(resolution_judged)::bigint, sum(resolution_met)::bigint, sum(resolution_timed)::bigint, sum(resolution_seconds)::bigint
    from scorecard.daily
    where tenant_id = $1 and contract_id = any($2) and basis in ('opened', 'resolved', 'closed') and day >= $3 and day < $4
    group by basis, priority
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(from)
    parameters.append(end)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let basis = Basis(rawValue: try row.next()) ?? .closed
    let priority: Int64 = try row.next()
    var totals = DailyTotals()
    totals.tickets = try row.next()
    totals.reopened = try row.next()
    totals.response = try DailyTotals.Outcomes(&row)
    totals.resolution = try DailyTotals.Outcomes(&row)
    return Found(basis: basis, priority: priority, totals: totals)
  }
}

extension DailyTotals.Outcomes {
  init(_ row: inout RowReader) throws {
    self.init(judged: try row.next(), met: try row.next(), timed: try row.next(), seconds: try row.next())
  }
}

/// What was judged and met in each of several periods, by priority.
struct LongerTotals: Statement {
  struct Found: Sendable {
    let kind: String
    let priority: Int64
    let totals: DailyTotals
  }

  let tenant: TenantId
  let contracts: [Int64]
  /// At most one of each kind.
  let periods: [BillingPeriod]
  let basis: Basis

  static let sql = """
    select p.kind, d.priority, sum(d.response_judged)::bigint, sum(d.response_met)::bigint, sum(d.resolution_judged)::bigint,
      sum(d.resolution_met)::bigint
    from unnest($3::text[], $4::date[], $5::date[]) as p (kind, first_day, end_on)
    join scorecard.daily d on d.tenant_id = $1 and d.contract_id = any($2) and d.basis = $6 and d.day >= p.first_day and d.day < p.end_on
    group by p.kind, d.priority
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(periods.map(\.kind.rawValue))
    parameters.append(periods.map(\.first))
    parameters.append(periods.map(\.end))
    parameters.append(basis.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (kind, priority): (String, Int64) = (try row.next(), try row.next())
    var totals = DailyTotals()
    totals.response = DailyTotals.Outcomes(judged: try row.next(), met: try row.next())
    totals.resolution = DailyTotals.Outcomes(judged: try row.next(), met: try row.next())
    return Found(kind: kind, priority: priority, totals: totals)
  }
}

/// The ninetieth percentiles of a period by priority, and of all: the nearest rank, which is a time that occurred.
/// (0.9 as a double is off by less than half of its last place, so `ceil(0.9 * n)` is exact for every n.)
struct PeriodPercentiles: Statement {
  struct Found: Sendable {
    let priority: Int64?
    let response: Int64?
    let resolution: Int64?
  }

  let tenant: TenantId
  let contracts: [Int64]
  let from: CalendarDate
  let end: CalendarDate
  let basis: Basis

  /// One branch for each basis, of which one is gone through: a range of that day's index, not all facts.
  static let sql = """
    select f.priority, percentile_disc(0.9) within group (order by f.response_seconds),
      percentile_disc(0.9) within group (order by f.resolution_seconds)
    from (
      select o.priority, o.response_seconds, o.resolution_seconds from scorecard.ticket_fact o
      where $5 = 'opened' and o.tenant_id = $1 and o.contract_id = any($2) and o.opened_on >= $3 and o.opened_on < $4
      union all
      select r.priority, r.response_seconds, r.resolution_seconds from scorecard.ticket_fact r
      where $5 = 'resolved' and r.tenant_id = $1 and r.contract_id = any($2) and r.resolved_on >= $3 and r.resolved_on < $4
      union all
      select c.priority, c.response_seconds, c.resolution_seconds from scorecard.ticket_fact c
      where $5 = 'closed' and c.tenant_id = $1 and c.contract_id = any($2) and c.closed_on >= $3 and c.closed_on < $4
    ) f
    group by grouping sets ((f.priority), ())
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(from)
    parameters.append(end)
    parameters.append(basis.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(priority: try row.next(), response: try row.next(), resolution: try row.next())
  }
}

/// Tickets opened before a day and not finished (resolved, or closed without) by then.
struct BacklogBefore: Statement {
  struct Found: Sendable {
    let priority: Int64
    let tickets: Int64
  }

  let tenant: TenantId
  let contracts: [Int64]
  let end: CalendarDate

  /// Those finished later, and those not finished yet, each by an index. (A condition on coalesce() of both days could use
  /// none: under row security only what cannot tell a value is looked up before the policy has been asked.)
  static let sql = """
    select f.priority, count(*) from (
      select r.priority from scorecard.ticket_fact r
      where r.tenant_id = $1 and r.contract_id = any($2) and r.opened_on < $3 and r.resolved_on >= $3
      union all
      select c.priority from scorecard.ticket_fact c
      where c.tenant_id = $1 and c.contract_id = any($2) and c.opened_on < $3 and c.resolved_on is null and c.closed_on >= $3
      union all
      select u.priority from scorecard.ticket_fact u
      where u.tenant_id = $1 and u.contract_id = any($2) and u.opened_on < $3 and u.resolved_on is null and u.closed_on is null
    ) f
    group by f.priority
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(end)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(priority: try row.next(), tickets: try row.next()) }
}

/// When the customer's figures were last brought up to date, and whether changes still wait.
struct FigureProgress: Statement {
  struct Found: Sendable {
    let refreshedAt: Instant?
    let isCurrent: Bool
  }

  let tenant: TenantId

  static let sql = """
    select (select p.refreshed_at from scorecard.progress p where p.tenant_id = $1),
      not exists (select from operations.outbox o where o.tenant_id = $1 and o.consumer = 'scorecard')
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(refreshedAt: try row.next(), isCurrent: try row.next()) }
}
