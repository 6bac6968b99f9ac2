import Kernel
import Operations
import Postgres

struct InsertRequestComment: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let request: Int64
  let visibility: CommentVisibility
  let body: String
  let actor: Actor
  let authorName: String
  let now: Instant

  static let sql = """
    insert into requests.comment (tenant_id, public_id, request_id, visibility, body, actor_kind, actor_id, author_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(request)
    parameters.append(visibility.rawValue)
    parameters.append(body)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(authorName)
    parameters.append(now)
  }
}

/// What was said about a request, in order; without what is internal unless it is asked for.
struct CommentsOfRequest: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let visibility: String
    let body: String
    let authorKind: String
    let authorName: String
    let at: Instant
  }

  let tenant: TenantId
  let request: Int64
  let includesInternal: Bool
  let after: Int64
  let limit: Int64

  static let sql = """
    select c.id, c.public_id, c.visibility, c.body, c.actor_kind, c.author_name, c.recorded_at from requests.comment c
    where c.tenant_id = $1 and c.request_id = $2 and ($3 or c.visibility = 'public') and c.id > $4 order by c.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(includesInternal)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), visibility: try row.next(), body: try row.next(), authorKind: try row.next(),
      authorName: try row.next(), at: try row.next())
  }
}
