import Contracts
import Kernel
import Postgres

/// The promises about requests that ended in a period, in their contracts' zones: of each metric the clock that counts, or that there is none. Which
/// line promised it its clock says; where there is none, the line that covers the request.
enum RequestPromises {
  /// Of the tenant $1 and the contracts $2, from the day $3 on, before the day $4, of the metrics $5. The days' edges in UTC only help to find them.
  static let found = """
    select r.request_id, r.public_id, r.number, r.ended_at, l.line_id, l.public_id as line_public_id, c.public_id as contract_public_id, m.metric,
      k.verdict, coalesce(k.breached_at, k.observed_at) as judged_at,
      (select n.name from contracts.pub_line_version n where n.tenant_id = l.tenant_id and n.line_id = l.line_id
       order by n.valid_from desc, n.line_version_id desc limit 1) as line_name,
      case when k.clock_id is null then 'no_target' when k.verdict is null then 'not_judged' when k.verdict = 'withdrawn' then 'withdrawn'
        else 'included' end as reason
    from requests.pub_request r
    cross join unnest($5::text[]) m (metric)
    left join lateral (
      select k.clock_id, k.line_version_id, k.verdict, k.breached_at, k.observed_at from service_levels.pub_request_clock k
      where k.tenant_id = r.tenant_id and k.request_id = r.request_id and k.metric = m.metric
      order by k.state = 'withdrawn', k.clock_id desc limit 1) k on true
    left join contracts.pub_line_version v on v.tenant_id = r.tenant_id and v.line_version_id = k.line_version_id
    join contracts.pub_line l on l.tenant_id = r.tenant_id and l.line_id = coalesce(v.line_id, r.contract_line_id)
    join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    where r.tenant_id = $1 and l.contract_id = any($2)
      and r.ended_at >= ($3::date - 1)::timestamp at time zone 'UTC' and r.ended_at < ($4::date + 1)::timestamp at time zone 'UTC'
      and (r.ended_at at time zone c.zone)::date >= $3::date and (r.ended_at at time zone c.zone)::date < $4::date
    """
}

/// How many of them were kept, by line and metric; nothing of a line that promises nothing of the metric.
struct RequestAttainment: Statement {
  struct Found: Sendable {
    let contract: [UInt8]
    let line: [UInt8]
    let lineName: String
    let metric: String
    let requests: Int64
    let judged: Int64
    let met: Int64
  }

  let tenant: TenantId
  let contracts: [Int64]
  let from: CalendarDate
  let end: CalendarDate

  static let sql = """
    select f.contract_public_id, f.line_public_id, f.line_name, f.metric, count(*), count(*) filter (where f.reason = 'included'),
      count(*) filter (where f.verdict = 'met')
    from (\(RequestPromises.found)) f
    group by f.line_id, f.contract_public_id, f.line_public_id, f.line_name, f.metric
    having count(*) filter (where f.reason <> 'no_target') > 0
    order by f.line_id, f.metric
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(from)
    parameters.append(end)
    parameters.append(Metric.scored.map(\.rawValue))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      contract: try row.next(), line: try row.next(), lineName: try row.next(), metric: try row.next(), requests: try row.next(),
      judged: try row.next(), met: try row.next())
  }
}

/// The requests behind that, and those left out, each with the reason; with both metrics a request comes twice.
struct AttainedRequests: Statement {
  struct Found: Sendable {
    let request: Int64
    let publicId: [UInt8]
    let number: Int64
    let endedAt: Instant
    let line: [UInt8]
    let lineName: String
    let metric: String
    let verdict: String?
    let judgedAt: Instant?
    let reason: String
  }

  let tenant: TenantId
  let contracts: [Int64]
  let from: CalendarDate
  let end: CalendarDate
  let metrics: [Metric]
  /// Only what this line promises.
  let line: Int64?
  /// Only those included, or only those left out; nil: both.
  let included: Bool?
  let afterRequest: Int64
  let afterMetric: String
  let limit: Int64

  static let sql = """
    select f.request_id, f.public_id, f.number, f.ended_at, f.line_public_id, f.line_name, f.metric, f.verdict, f.judged_at, f.reason
    from (\(RequestPromises.found)) f
    where ($6::bigint is null or f.line_id = $6) and ($7::boolean is null or (f.reason = 'included') = $7) and (f.request_id, f.metric) > ($8, $9)
    order by f.request_id, f.metric limit $10
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(from)
    parameters.append(end)
    parameters.append(metrics.map(\.rawValue))
    parameters.append(line)
    parameters.append(included)
    parameters.append(afterRequest)
    parameters.append(afterMetric)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      request: try row.next(), publicId: try row.next(), number: try row.next(), endedAt: try row.next(), line: try row.next(),
      lineName: try row.next(), metric: try row.next(), verdict: try row.next(), judgedAt: try row.next(), reason: try row.next())
  }
}

/// A line of one of the contracts.
struct LineToFilterBy: Statement {
  let tenant: TenantId
  let contracts: [Int64]
  let publicId: PublicId

  static let sql = "select line_id from contracts.pub_line where tenant_id = $1 and contract_id = any($2) and public_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contracts)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
