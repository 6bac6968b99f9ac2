import Kernel
import Postgres

struct HoldTicketRows: Statement {
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = "select t.id from desk.ticket t where t.tenant_id = $1 and t.id = any ($2) order by t.id for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same event for many tickets, as the next one of each, and work for whoever tells people of it.
struct TellTickets: Statement {
  let news: TicketNews
  let tickets: [Int64]
  let tenant: TenantId
  let now: Instant

  static let sql = """
    with told as (
      update desk.ticket t set last_seq = t.last_seq + 1
      where t.tenant_id = $1 and t.id = any ($2) and (not $3 or t.state in ('new', 'active', 'pending')) returning t.id, t.last_seq),
    noted as (
      insert into operations.event
        (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
      select $1, $4, 'ticket', d.id, d.last_seq, $5, $6, $7, $8, $9, $10, $11 from told d
      returning subject_id, seq)
    insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at)
    select $1, 'notifications', 'ticket', n.subject_id, n.seq, $4 from noted n
    returning subject_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(news.isForOpenOnly)
    parameters.append(now)
    parameters.append(news.type)
    parameters.append(json: news.payload)
    parameters.append(news.actor.kind.rawValue)
    parameters.append(news.actor.id)
    parameters.append(news.actor.onBehalfOf)
    parameters.append(news.actor.via.rawValue)
    parameters.append(news.occurredAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
