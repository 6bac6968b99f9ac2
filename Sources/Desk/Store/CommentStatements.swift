import Kernel
import Operations
import Postgres

struct InsertComment: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let ticket: Int64
  let visibility: CommentVisibility
  let body: String
  let actor: Actor
  let authorName: String
  /// The ticket on which it was said, where that one went into this.
  let saidOn: Int64?
  let now: Instant

  static let sql = """
    insert into desk.comment (tenant_id, public_id, ticket_id, visibility, body, actor_kind, actor_id, author_name, occurred_at, recorded_at, said_on_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(ticket)
    parameters.append(visibility.rawValue)
    parameters.append(body)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(authorName)
    parameters.append(now)
    parameters.append(saidOn)
  }
}

/// The comments of a ticket in order, what was said on it after it went into another one, and what the provider said there publicly since; without the
/// internal ones unless they are asked for. What the customer's people say there is no word of this ticket's.
struct CommentsOfTicket: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let visibility: String
    let body: String
    let authorKind: String
    let authorName: String
    let occurredAt: Instant
    /// The ticket that it stands on; and the one on which it was said, where that one went into this.
    let ticket: [UInt8]
    let saidOn: [UInt8]?
  }

  let tenant: TenantId
  let ticket: Int64
  let includesInternal: Bool
  let afterAt: Instant
  let afterId: Int64
  let limit: Int64

  static let sql = """
    with recursive onward as (
      select m.merged_into_id as onward_id, m.closed_at as since from desk.ticket m where m.tenant_id = $1 and m.id = $2 and m.merged_into_id is not null
      union
      select m.merged_into_id, greatest(w.since, m.closed_at) from onward w join desk.ticket m on m.tenant_id = $1 and m.id = w.onward_id
      where m.merged_into_id is not null)
    select c.id, c.public_id, c.visibility, c.body, c.actor_kind, c.author_name, c.occurred_at, t.public_id, s.public_id
    from (
      (select o.tenant_id, o.id, o.public_id, o.visibility, o.body, o.actor_kind, o.author_name, o.occurred_at, o.ticket_id, o.said_on_id from desk.comment o
       where o.tenant_id = $1 and o.ticket_id = $2 and ($3 or o.visibility = 'public') and (o.occurred_at, o.id) > ($4, $5)
       order by o.occurred_at, o.id limit $6)
      union all
      (select o.tenant_id, o.id, o.public_id, o.visibility, o.body, o.actor_kind, o.author_name, o.occurred_at, o.ticket_id, o.said_on_id from desk.comment o
       where o.tenant_id = $1 and o.said_on_id = $2 and ($3 or o.visibility = 'public') and (o.occurred_at, o.id) > ($4, $5)
       order by o.occurred_at, o.id limit $6)
      union all
      (select k.tenant_id, k.id, k.public_id, k.visibility, k.body, k.actor_kind, k.author_name, k.occurred_at, k.ticket_id, null::bigint
       from onward w cross join lateral (
         select o.tenant_id, o.id, o.public_id, o.visibility, o.body, o.actor_kind, o.author_name, o.occurred_at, o.ticket_id from desk.comment o
         where o.tenant_id = $1 and o.ticket_id = w.onward_id and o.visibility = 'public' and o.occurred_at >= w.since
           and (o.occurred_at, o.id) > ($4, $5) and o.said_on_id is distinct from $2 and o.actor_kind <> 'customer'
           and not (o.actor_kind = 'service' and exists (select from tenancy.account a where a.tenant_id = $1 and a.id = o.actor_id))
         order by o.occurred_at, o.id limit $6) k)) c
    join desk.ticket t on t.tenant_id = c.tenant_id and t.id = c.ticket_id
    left join desk.ticket s on s.tenant_id = c.tenant_id and s.id = c.said_on_id
    where c.tenant_id = $1
    order by c.occurred_at, c.id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(includesInternal)
    parameters.append(afterAt)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), visibility: try row.next(), body: try row.next(), authorKind: try row.next(),
      authorName: try row.next(), occurredAt: try row.next(), ticket: try row.next(), saidOn: try row.next())
  }
}
