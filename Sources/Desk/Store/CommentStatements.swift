import Kernel
import Postgres

struct InsertComment: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let ticket: Int64
  let visibility: CommentVisibility
  let body: String
  let actor: Actor
  let authorName: String
  let now: Instant

  static let sql = """
    insert into desk.comment (tenant_id, public_id, ticket_id, visibility, body, actor_kind, actor_id, author_name, occurred_at, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
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
  }
}

/// The comments of a ticket in order; without the internal ones unless they are asked for.
struct CommentsOfTicket: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let visibility: String
    let body: String
    let authorKind: String
    let authorName: String
    let occurredAt: Instant
  }

  let tenant: TenantId
  let ticket: Int64
  let includesInternal: Bool
  let afterAt: Instant
  let afterId: Int64
  let limit: Int64

  static let sql = """
    select id, public_id, visibility, body, actor_kind, author_name, occurred_at from desk.comment
    where tenant_id = $1 and ticket_id = $2 and ($3 or visibility = 'public') and (occurred_at, id) > ($4, $5)
    order by occurred_at, id limit $6
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
      authorName: try row.next(), occurredAt: try row.next())
  }
}
