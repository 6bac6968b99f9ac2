import Contracts
import Kernel
import Postgres

/// The tickets behind a figure and those left out of it, each with the reason; with both metrics a ticket comes twice.
/// In doubt are the tickets of the wanted contracts, and of none, that have any of their days in the month; for the
/// backlog, those opened before the month's end and not finished before it began.
struct FigureTickets: Statement {
  struct Found: Sendable {
    let ticket: Int64
    let publicId: [UInt8]
    let type: String
    let number: Int64
    let title: String
    let priority: Int64
    let metric: String
    let openedOn: CalendarDate
    let resolvedOn: CalendarDate?
    let closedOn: CalendarDate?
    let verdict: String?
    let seconds: Int64?
    let isCounted: Bool
    let reason: String
  }

  let tenant: TenantId
  let contracts: [Int64]
  /// Whether tickets without a contract are shown as left out.
  let showsUncovered: Bool
  let from: CalendarDate
  let end: CalendarDate
  let basis: Basis
  let measure: Measure
  let metric: Metric?
  let priority: Int64?
  /// Only those included, or only those left out; nil: both.
  let included: Bool?
  let afterTicket: Int64
  let afterMetric: String
  let limit: Int64

  static let sql = """
    with doubtful as (
      select f.*, coalesce(f.resolved_on, f.closed_on, 'infinity'::date) as finished_on,
        case $6 when 'opened' then f.opened_on when 'resolved' then f.resolved_on else f.closed_on end as day
      from scorecard.ticket_fact f
      where f.tenant_id = $1 and (f.contract_id = any($2) or ($3 and f.contract_id = 0)) and ($9::bigint is null or f.priority = $9)
        and case when $7 = 'backlog'
          then f.opened_on < $5 and coalesce(f.resolved_on, f.closed_on, 'infinity'::date) >= $4
          else (f.opened_on >= $4 and f.opened_on < $5) or (f.resolved_on >= $4 and f.resolved_on < $5) or (f.closed_on >= $4 and f.closed_on < $5)
          end
    ), sorted as (
      select d.ticket_id, d.priority, d.opened_on, d.resolved_on, d.closed_on, d.reopen_count, m.metric, m.verdict, m.seconds,
        case
          when $3 and d.contract_id = 0 then 'no_contract'
          when $7 = 'backlog' then case when d.finished_on >= $5 then 'included' else 'finished' end
          when d.day is null or d.day < $4 or d.day >= $5 then 'other_month'
          when $7 in ('volume', 'reopen_rate') then 'included'
          when not m.promised and d.contract_id = 0 then 'no_contract'
          when not m.promised then 'no_target'
          when m.verdict = 'withdrawn' then 'withdrawn'
          when $7 = 'attainment' and m.verdict is null then 'not_judged'
          when $7 <> 'attainment' and m.seconds is null then 'not_observed'
          else 'included'
        end as reason
      from doubtful d
      cross join lateral (values
        ('response', d.response_promised, d.response_verdict, d.response_seconds),
        ('resolution', d.resolution_promised, d.resolution_verdict, d.resolution_seconds),
        ('', null, null, null)) as m (metric, promised, verdict, seconds)
      where case when $7 in ('attainment', 'mean_time', 'p90_time') then m.metric <> '' and ($8::text is null or m.metric = $8) else m.metric = '' end
    )
    select s.ticket_id, t.public_id, t.type, t.number, t.title, s.priority, s.metric, s.opened_on, s.resolved_on, s.closed_on, s.verdict, s.seconds,
      s.reason = 'included' and case $7 when 'attainment' then s.verdict = 'met' when 'reopen_rate' then s.reopen_count > 0 else true end,
      s.reason
    from sorted s join desk.pub_ticket t on t.tenant_id = $1 and t.ticket_id = s.ticket_id
    where ($10::boolean is null or (s.reason = 'included') = $10) and (s.ticket_id, s.metric) > ($11, $12)
    order by s.ticket_id, s.metric limit $13
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(showsUncovered)
    parameters.append(from)
    parameters.append(end)
    parameters.append(basis.rawValue)
    parameters.append(measure.rawValue)
    parameters.append(metric?.rawValue)
    parameters.append(priority)
    parameters.append(included)
    parameters.append(afterTicket)
    parameters.append(afterMetric)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      ticket: try row.next(), publicId: try row.next(), type: try row.next(), number: try row.next(), title: try row.next(),
      priority: try row.next(), metric: try row.next(), openedOn: try row.next(), resolvedOn: try row.next(), closedOn: try row.next(),
      verdict: try row.next(), seconds: try row.next(), isCounted: try row.next(), reason: try row.next())
  }
}
