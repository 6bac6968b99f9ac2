import Kernel
import Operations
import Postgres
import ServiceLevels

/// The shares of promises behind work that the clocks left, each with its ticket as it is now.
struct PassedThresholds: Statement {
  let tenant: TenantId
  let work: [OutboxEntry]

  /// The clocks `c` behind the work, each with its event `e`.
  static let clocks = """
    from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[]) o (id, kind, subject_id, seq, recorded_at)
    join operations.event e
      on e.tenant_id = $1 and e.subject_kind = o.kind and e.subject_id = o.subject_id and e.seq = o.seq and e.recorded_at = o.recorded_at
    cross join lateral (select coalesce((e.payload ->> 'percent')::bigint, 100)) w (percent)
    join service_levels.pub_clock_subject c on c.tenant_id = $1 and c.clock_id = o.subject_id and o.kind in ('clock', 'clock_warning', 'clock_share')
      and \(StandingThreshold.condition)
    """

  static let sql = """
    select \(Threshold.columns), \(EscalatedTicket.columns)
    \(clocks) and c.subject_kind <> 'request'
    \(StandingThreshold.subject)
    join desk.pub_told_ticket t on t.tenant_id = $1 and t.ticket_id = s.id
    order by t.ticket_id, e.occurred_at, o.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(work.map(\.id))
    parameters.append(work.map(\.kind))
    parameters.append(work.map(\.subject))
    parameters.append(work.map(\.seq))
    parameters.append(work.map(\.recordedAt))
  }

  static func decode(_ row: inout RowReader) throws -> (threshold: Threshold, ticket: EscalatedTicket) {
    (try Threshold(&row), try EscalatedTicket(&row))
  }
}

/// The same of requests, each with the row of its request.
struct PassedRequestThresholds: Statement {
  let tenant: TenantId
  let work: [OutboxEntry]

  static let sql = """
    select \(Threshold.columns), c.subject_id
    \(PassedThresholds.clocks) and c.subject_kind = 'request'
    order by c.subject_id, e.occurred_at, o.id
    """

  func bind(to parameters: inout Parameters) { PassedThresholds(tenant: tenant, work: work).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> (threshold: Threshold, request: Int64) { (try Threshold(&row), try row.next()) }
}

extension Threshold {
  /// Of a clock `c` and what was told of it, the event `e`.
  static let columns = "c.clock_id, c.subject_kind, c.subject_id, e.payload, e.occurred_at"

  init(_ row: inout RowReader) throws {
    let (clock, kind, subject, payload): (Int64, String, Int64, Value) = (try row.next(), try row.next(), try row.next(), try row.next())
    let agreement = EscalationAgreement(of: ClockSubject.Kind(rawValue: kind) ?? .ticket)
    // A warning says its share; a breach has none.
    self.init(
      clock: clock, agreement: agreement, turn: agreement == .sla ? nil : subject, metric: payload["metric"]?.text ?? "",
      percent: payload["percent"]?.integer ?? 100, occurredAt: try row.next())
  }
}

/// Whether what set an escalation off still stands: of a share, that the promise is neither kept nor withdrawn; of a broken one, that it is; of a turn,
/// that it goes on, on the ticket.
struct StandingThreshold: Statement {
  let tenant: TenantId
  let clock: Int64
  let percent: Int64
  /// The ticket, or the request.
  let id: Int64

  /// Of a clock `c` and a share `w.percent`. What a request was promised may be put down and taken up again, by another clock: the newest says where it
  /// stands. As long as it is put down it waits, as a clock does that is paused.
  static let condition = """
    case
      when w.percent = 100 then c.verdict is not distinct from 'missed'
      when c.subject_kind = 'request' then (
        select n.state <> 'stopped' and n.verdict is distinct from 'met' from service_levels.pub_clock_subject n
        where n.tenant_id = $1 and n.subject_kind = c.subject_kind and n.subject_id = c.subject_id and n.metric = c.metric
        order by n.clock_id desc limit 1)
      else c.state in ('running', 'paused') and c.verdict is distinct from 'met'
    end
    """

  /// Of a clock `c` the ticket or the request `s.id`; none of a turn that is over: after a hand-over nobody is told of it.
  static let subject = """
    cross join lateral (
      select c.subject_id where c.subject_kind in ('ticket', 'request')
      union all
      select u.ticket_id from desk.pub_turn u
      where u.tenant_id = $1 and u.subject_kind = c.subject_kind and u.subject_id = c.subject_id and u.goes_on
    ) s (id)
    """

  static let sql = """
    select c.clock_id from service_levels.pub_clock_subject c cross join (select $3::bigint) w (percent)
    \(subject)
    where c.tenant_id = $1 and c.clock_id = $2 and s.id = $4 and \(condition)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(clock)
    parameters.append(percent)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
