import Kernel
import Postgres

/// What is to be billed, stretch by stretch.
struct TimeSource: Sendable {
  let entry: Int64
  let seq: Int64
  let publicId: [UInt8]
  let isReversal: Bool
  let countsOn: CalendarDate
  let workDate: CalendarDate
  let contract: [UInt8]?
  let line: [UInt8]?
  let work: TimeWork
  let workType: String
  let rateClass: String
  let minutes: Int64
  let billedMinutes: Int64
  let words: String?

  static let columns = """
    s.entry_id, s.seq, s.public_id, s.kind = 'reversal', s.counts_on, s.work_date, c.public_id, l.public_id, \(TimeWork.columns), w.code,
      r.code, s.minutes, s.billed_minutes, s.invoice_text
    """
  static let joins = """
    join time_entries.code w on w.id = s.work_type_id
    join time_entries.code r on r.id = s.rate_class_id
    left join contracts.pub_line l on l.tenant_id = s.tenant_id and l.line_id = s.contract_line_id
    left join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    \(TimeWork.joins)
    """

  init(_ row: inout RowReader) throws {
    entry = try row.next()
    seq = try row.next()
    publicId = try row.next()
    isReversal = try row.next()
    countsOn = try row.next()
    workDate = try row.next()
    contract = try row.next()
    line = try row.next()
    work = try TimeWork(&row)
    workType = try row.next()
    rateClass = try row.next()
    minutes = try row.next()
    billedMinutes = try row.next()
    words = try row.next()
  }
}

/// What is to be billed, the oldest first.
struct TimeSources: Statement {
  let tenant: TenantId
  /// Nil: of any line, and of none.
  let line: Int64?
  let before: CalendarDate
  let afterDate: CalendarDate
  let afterPublic: [UInt8]
  let afterSeq: Int64
  let limit: Int64

  static let sql = """
    select \(TimeSource.columns) from time_entries.pub_source s \(TimeSource.joins)
    where s.tenant_id = $1 and ($2::bigint is null or s.contract_line_id = $2) and s.counts_on < $3 and (s.counts_on, s.public_id, s.seq) > ($4, $5, $6)
    order by s.counts_on, s.public_id, s.seq limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(before)
    parameters.append(afterDate)
    parameters.append(afterPublic)
    parameters.append(afterSeq)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TimeSource { try TimeSource(&row) }
}

/// Takes what is to be billed into a bill: whoever takes a row off the list has it. Of two at once the second waits, and passes over what
/// the first one took.
struct ClaimSources: Statement {
  let tenant: TenantId
  let sources: [TimeSource]
  let bill: String
  let actor: Actor
  let now: Instant

  static let sql = """
    with held as (
      select o.entry_id, o.seq from time_entries.open_source o
      join unnest($2::bigint[], $3::bigint[]) as s (entry_id, seq) on s.entry_id = o.entry_id and s.seq = o.seq
      where o.tenant_id = $1 order by o.entry_id, o.seq for update of o),
    taken as (
      delete from time_entries.open_source o using held h where o.tenant_id = $1 and o.entry_id = h.entry_id and o.seq = h.seq
      returning o.entry_id, o.seq)
    insert into time_entries.billed (tenant_id, entry_id, seq, turn, bill, actor_kind, actor_id, recorded_at)
    select $1, t.entry_id, t.seq,
      1 + (select count(*) from time_entries.billed b where b.tenant_id = $1 and b.entry_id = t.entry_id and b.seq = t.seq), $4, $5, $6, $7
    from taken t returning entry_id, seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(sources.map(\.entry))
    parameters.append(sources.map(\.seq))
    parameters.append(bill)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> (entry: Int64, seq: Int64) { (try row.next(), try row.next()) }
}

/// What a bill has, or had until it was released, in the order of entries.
struct BilledSources: Statement {
  struct Found: Sendable {
    let source: TimeSource
    let turn: Int64
    let billedAt: Instant
    let releasedAt: Instant?
    let releasedBy: String?
    let reason: String?
  }

  let tenant: TenantId
  let bill: String
  let after: (entry: Int64, seq: Int64, turn: Int64)
  let limit: Int64

  static let sql = """
    select \(TimeSource.columns), b.turn, b.recorded_at, g.recorded_at, g.actor_name, g.reason
    from time_entries.billed b
    join lateral (
      select e.tenant_id, e.id as entry_id, z.seq, e.public_id, e.kind, e.counts_on, e.work_date, e.contract_line_id, e.ticket_id, e.work_type_id,
        z.rate_class_id, z.minutes, z.billed_minutes, e.invoice_text, e.request_id, e.problem_public_id, e.change_public_id, e.release_public_id,
        e.major_public_id
      from time_entries.entry e join time_entries.stretch z on z.tenant_id = e.tenant_id and z.entry_id = e.id
      where e.tenant_id = b.tenant_id and e.id = b.entry_id and z.seq = b.seq) s on true
    left join time_entries.released g on g.tenant_id = b.tenant_id and g.entry_id = b.entry_id and g.seq = b.seq and g.turn = b.turn
    \(TimeSource.joins)
    where b.tenant_id = $1 and b.bill = $2 and (b.entry_id, b.seq, b.turn) > ($3, $4, $5) order by b.entry_id, b.seq, b.turn limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(bill)
    parameters.append(after.entry)
    parameters.append(after.seq)
    parameters.append(after.turn)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      source: try TimeSource(&row), turn: try row.next(), billedAt: try row.next(), releasedAt: try row.next(), releasedBy: try row.next(),
      reason: try row.next())
  }
}

/// Gives what a bill has back: it is to be billed again.
struct ReleaseSources: Statement {
  let tenant: TenantId
  let bill: String
  let most: Int64
  let reason: String
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    with had as (
      select b.entry_id, b.seq, b.turn from time_entries.billed b
      where b.tenant_id = $1 and b.bill = $2 and not exists (
        select from time_entries.released g where g.tenant_id = b.tenant_id and g.entry_id = b.entry_id and g.seq = b.seq and g.turn = b.turn)
      order by b.entry_id, b.seq limit $3),
    given as (
      insert into time_entries.released (tenant_id, entry_id, seq, turn, reason, actor_kind, actor_id, actor_name, recorded_at)
      select $1, h.entry_id, h.seq, h.turn, $4, $5, $6, $7, $8 from had h on conflict do nothing returning entry_id, seq)
    insert into time_entries.open_source (tenant_id, entry_id, seq, counts_on, entry_public_id)
    select e.tenant_id, e.id, g.seq, e.counts_on, e.public_id
    from given g join time_entries.entry e on e.tenant_id = $1 and e.id = g.entry_id
    returning entry_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(bill)
    parameters.append(most)
    parameters.append(reason)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// By what approved time is added up.
package enum TimeGroup: String, Sendable, CaseIterable {
  case contract, line, ticket, staff, month
  case workType = "work_type"
  case rateClass = "rate_class"
}

struct TimeSums: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]?
    let label: String?
    /// Of what the time was done for: which process it is of.
    let process: String?
    let entries: Int64
    let minutes: Int64
    let billableMinutes: Int64
    let billedMinutes: Int64

    /// What of the provider's own it is.
    var thing: ProvidersThing? { ProvidersThing.allCases.first { $0.process == process } }
  }

  let tenant: TenantId
  let group: TimeGroup
  let from: CalendarDate?
  let before: CalendarDate?
  let limit: Int64

  /// What has an id is one group, whatever it was called when the work was done: a person who married, or a line that was renamed.
  static let sql = """
    select t.public_id, coalesce(v.name, t.label) as label, t.process, t.entries, t.minutes, t.billable_minutes, t.billed_minutes
    from (
      select g.public_id, max(g.label) as label, max(g.process) as process, max(e.contract_line_id) as line_id, count(distinct e.id) as entries,
        sum(s.minutes)::bigint as minutes, coalesce(sum(s.minutes) filter (where e.billable), 0)::bigint as billable_minutes,
        sum(s.billed_minutes)::bigint as billed_minutes
      from time_entries.entry e
      join time_entries.stretch s on s.tenant_id = e.tenant_id and s.entry_id = e.id
      join time_entries.code w on w.id = e.work_type_id
      join time_entries.code r on r.id = s.rate_class_id
      left join desk.pub_ticket t on t.tenant_id = e.tenant_id and t.ticket_id = e.ticket_id
      left join requests.pub_request q on q.tenant_id = e.tenant_id and q.request_id = e.request_id
      left join contracts.pub_line l on l.tenant_id = e.tenant_id and l.line_id = e.contract_line_id
      left join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
      cross join lateral (
        select
          case $2 when 'contract' then c.public_id when 'line' then l.public_id when 'staff' then e.staff_public_id
            when 'ticket' then coalesce(
              t.public_id, q.public_id, e.problem_public_id, e.change_public_id, e.release_public_id, e.major_public_id) end as public_id,
          case when $2 <> 'ticket' then null when e.ticket_id is not null then 'incident' when e.request_id is not null then 'request'
            when e.problem_public_id is not null then 'problem' when e.change_public_id is not null then 'change'
            when e.release_public_id is not null then 'release' when e.major_public_id is not null then 'major_incident' end as process,
          case $2 when 'contract' then lpad(c.number::text, 6, '0') when 'staff' then e.staff_name
            when 'ticket' then coalesce(
              'INC-' || lpad(t.number::text, greatest(6, length(t.number::text)), '0'),
              'REQ-' || lpad(q.number::text, greatest(6, length(q.number::text)), '0'))
            when 'month' then extract(year from e.counts_on)::text || '-' || lpad(extract(month from e.counts_on)::text, 2, '0')
            when 'work_type' then w.code when 'rate_class' then r.code end as label) g
      where e.tenant_id = $1 and ($3::date is null or e.counts_on >= $3) and ($4::date is null or e.counts_on < $4)
      group by g.public_id, case when g.public_id is null then g.label end
    ) t
    left join lateral (
      select n.name from contracts.pub_line_terms n
      where $2 = 'line' and n.tenant_id = $1 and n.line_id = t.line_id order by n.valid_from desc limit 1) v on true
    order by label, t.public_id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group.rawValue)
    parameters.append(from)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      publicId: try row.next(), label: try row.next(), process: try row.next(), entries: try row.next(), minutes: try row.next(),
      billableMinutes: try row.next(), billedMinutes: try row.next())
  }
}
