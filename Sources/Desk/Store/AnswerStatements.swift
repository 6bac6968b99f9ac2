import Kernel
import Operations
import Postgres

/// Of words that a customer's people said, those that tickets still wait for: it waits for the customer, since before he said it, and not for an
/// appointment, which a word does not bring nearer.
struct AnswersAwaited: Statement {
  struct Found: Sendable {
    let ticket: [UInt8]
    let version: Int64
    let saidAt: Instant
    let comment: String
  }

  let tenant: TenantId
  let answers: [OutboxEntry]

  static let sql = """
    select t.public_id, t.version, e.occurred_at, e.payload ->> 'comment'
    from unnest($2::bigint[], $3::bigint[], $4::timestamptz[]) w (ticket_id, seq, recorded_at)
    join operations.event e on e.tenant_id = $1 and e.subject_kind = 'ticket' and e.subject_id = w.ticket_id and e.seq = w.seq
      and e.recorded_at = w.recorded_at
    join desk.ticket t on t.tenant_id = $1 and t.id = w.ticket_id and t.state = 'pending' and t.pending_reason <> 'scheduled'
    cross join lateral (
      select h.seq, h.payload ->> 'waitsFor' as waits_for from operations.event h
      where h.tenant_id = $1 and h.subject_kind = 'ticket' and h.subject_id = t.id and h.type = 'incident.held' and h.recorded_at >= t.opened_at
      order by h.seq desc limit 1) h
    where h.seq < e.seq and h.waits_for = 'customer'
    order by t.id, e.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(answers.map(\.subject))
    parameters.append(answers.map(\.seq))
    parameters.append(answers.map(\.recordedAt))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(ticket: try row.next(), version: try row.next(), saidAt: try row.next(), comment: try row.next())
  }
}

/// A ticket that waits for a change since before an instant.
struct TicketAwaitingChange: Statement {
  let tenant: TenantId
  let ticket: Int64
  let since: Instant

  static let sql = """
    select t.public_id, t.version from desk.ticket t
    cross join lateral (
      select h.occurred_at from operations.event h
      where h.tenant_id = t.tenant_id and h.subject_kind = 'ticket' and h.subject_id = t.id and h.type = 'incident.held' and h.recorded_at >= t.opened_at
      order by h.seq desc limit 1) h
    where t.tenant_id = $1 and t.id = $2 and t.state = 'pending' and t.pending_reason = 'awaiting_change' and h.occurred_at <= $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(since)
  }

  static func decode(_ row: inout RowReader) throws -> ChangeNews.Waiting { ChangeNews.Waiting(ticket: try row.next(), version: try row.next()) }
}
