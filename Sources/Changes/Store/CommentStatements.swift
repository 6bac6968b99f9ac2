import Kernel
import Postgres

struct InsertChangeComment: Statement {
  let provider: TenantId
  let publicId: PublicId
  let change: Int64
  let body: String
  let actor: Actor
  let authorName: String
  let now: Instant

  static let sql = """
    insert into changes.comment (tenant_id, public_id, change_id, body, actor_kind, actor_id, author_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(change)
    parameters.append(body)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(authorName)
    parameters.append(now)
  }
}

/// What was said about a change, in order.
struct CommentsOfChange: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let body: String
    let authorKind: String
    let authorName: String
    let at: Instant
  }

  let provider: TenantId
  let change: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select c.id, c.public_id, c.body, c.actor_kind, c.author_name, c.recorded_at from changes.comment c
    where c.tenant_id = $1 and c.change_id = $2 and c.id > $3 order by c.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), body: try row.next(), authorKind: try row.next(), authorName: try row.next(), at: try row.next())
  }
}
