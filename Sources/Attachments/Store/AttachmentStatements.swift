import Desk
import Kernel
import Operations
import Postgres

struct InsertAttachment: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let subject: AttachmentSubject
  let visibility: CommentVisibility
  let name: String
  let type: String
  let claimedType: String?
  let content: FileContent
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into attachments.attachment
      (tenant_id, public_id, ticket_id, request_id, problem_id, change_id, release_id, major_id, visibility, name, type, claimed_type, size_bytes, sha256,
       actor_kind, actor_id, actor_name, recorded_at, about_customer_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(subject: subject)
    parameters.append(visibility.rawValue)
    parameters.append(name)
    parameters.append(type)
    parameters.append(claimedType)
    parameters.append(content.bytes)
    parameters.append(content.digest)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
    parameters.append(subject.customer)
  }
}

extension Parameters {
  /// The columns of a file's subject, of which one is filled: an incident, a request, a problem, a change, a release, a major incident.
  fileprivate mutating func append(subject: AttachmentSubject) {
    for kind in SubjectKind.allCases { append(subject.row(kind)) }
  }
}

/// An attachment, public or for the staff. Whether the caller sees what it is attached to is another question.
struct AttachmentByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let includesInternal: Bool

  static let sql = "\(Attachment.select) where a.tenant_id = $1 and a.public_id = $2 and ($3 or a.visibility = 'public')"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(includesInternal)
  }

  static func decode(_ row: inout RowReader) throws -> Attachment { try Attachment(&row) }
}

/// The files of one thing in the order in which they came. All of its columns but one are null, and drop out of the plan.
struct AttachmentsOfSubject: Statement {
  let tenant: TenantId
  let subject: AttachmentSubject
  let includesInternal: Bool
  let includesDeleted: Bool
  let after: Int64
  let limit: Int64
  /// Whose the reader serves; nil: all.
  var customers: [Int64]?

  static let sql = """
    \(Attachment.select)
    where a.tenant_id = $1
      and (a.ticket_id = $2 or a.request_id = $3 or a.problem_id = $4 or a.change_id = $5 or a.release_id = $6 or a.major_id = $7)
      and ($8 or a.visibility = 'public') and ($9 or a.state = 'stored') and a.id > $10
      and ($12::bigint[] is null or a.about_customer_id is null or a.about_customer_id = any ($12))
    order by a.id limit $11
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(subject: subject)
    parameters.append(includesInternal)
    parameters.append(includesDeleted)
    parameters.append(after)
    parameters.append(limit)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Attachment { try Attachment(&row) }
}

/// Nothing comes back where somebody else has deleted it meanwhile.
struct MarkDeleted: Statement {
  let tenant: TenantId
  let id: Int64
  let reason: String
  let principal: Principal
  let now: Instant

  static let sql = """
    update attachments.attachment
    set state = 'deleted', deleted_at = $3, deletion_reason = $4, deleter_kind = $5, deleter_id = $6, deleter_name = $7
    where tenant_id = $1 and id = $2 and state = 'stored' returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(now)
    parameters.append(reason)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
