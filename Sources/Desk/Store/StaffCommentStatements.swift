import Kernel
import Operations
import Postgres

/// Writes down what the staff say of a record.
struct InsertStaffComment<Process: CommentedProcess>: Statement {
  let provider: TenantId
  let record: Int64
  let comment: StaffComment<Process>
  let actor: Actor

  static var sql: String {
    """
    insert into \(Process.comments) (tenant_id, public_id, \(Process.column), body, actor_kind, actor_id, \(Process.author), recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(comment.id.random)
    parameters.append(record)
    parameters.append(comment.body)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(comment.authorName)
    parameters.append(comment.at)
  }
}

/// What was said of a record, in order.
struct CommentsOfRecord<Process: CommentedProcess>: Statement {
  let provider: TenantId
  let record: Int64
  let after: Int64
  let limit: Int64

  static var sql: String {
    """
    select id, public_id, body, actor_kind, \(Process.author), recorded_at from \(Process.comments)
    where tenant_id = $1 and \(Process.column) = $2 and id > $3 order by id limit $4
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(record)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> WrittenComment {
    WrittenComment(
      row: try row.next(), publicId: try row.next(), body: try row.next(), authorKind: try row.next(), authorName: try row.next(), at: try row.next())
  }
}

/// A comment of the staff's as it lies there.
struct WrittenComment: Sendable {
  let row: Int64
  let publicId: [UInt8]
  let body: String
  let authorKind: String
  let authorName: String
  let at: Instant
}
