import Kernel
import Postgres

/// A word among the staff on a change or a release.
struct StaffComment: Sendable {
  let provider: TenantId
  let publicId: PublicId
  /// The change, or the release.
  let subject: Int64
  let body: String
  let actor: Actor
  let authorName: String
  let now: Instant

  fileprivate func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(subject)
    parameters.append(body)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(authorName)
    parameters.append(now)
  }
}

/// Which words on a change or a release are read: those behind a place, in order.
struct CommentPage: Sendable {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let body: String
    let authorKind: String
    let authorName: String
    let at: Instant

    fileprivate init(_ row: inout RowReader) throws {
      id = try row.next()
      publicId = try row.next()
      body = try row.next()
      authorKind = try row.next()
      authorName = try row.next()
      at = try row.next()
    }
  }

  let provider: TenantId
  let subject: Int64
  let after: Int64
  let limit: Int64

  fileprivate func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject)
    parameters.append(after)
    parameters.append(limit)
  }
}

struct InsertChangeComment: Statement {
  let comment: StaffComment

  static let sql = """
    insert into changes.comment (tenant_id, public_id, change_id, body, actor_kind, actor_id, author_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) { comment.bind(to: &parameters) }
}

struct InsertReleaseComment: Statement {
  let comment: StaffComment

  static let sql = """
    insert into changes.release_comment (tenant_id, public_id, release_id, body, actor_kind, actor_id, author_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) { comment.bind(to: &parameters) }
}

/// What was said about a change, in order.
struct CommentsOfChange: Statement {
  let page: CommentPage

  static let sql = """
    select c.id, c.public_id, c.body, c.actor_kind, c.author_name, c.recorded_at from changes.comment c
    where c.tenant_id = $1 and c.change_id = $2 and c.id > $3 order by c.id limit $4
    """

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CommentPage.Found { try CommentPage.Found(&row) }
}

/// What was said about a release, in order.
struct CommentsOfRelease: Statement {
  let page: CommentPage

  static let sql = """
    select c.id, c.public_id, c.body, c.actor_kind, c.author_name, c.recorded_at from changes.release_comment c
    where c.tenant_id = $1 and c.release_id = $2 and c.id > $3 order by c.id limit $4
    """

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> CommentPage.Found { try CommentPage.Found(&row) }
}
