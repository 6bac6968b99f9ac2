import Desk
import Kernel
import Operations
import Postgres

/// The ticket of an attachment, if the caller may see it.
struct FindTicket: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let scope: RowScope

  static let sql = """
    select ticket_id from desk.pub_ticket
    where tenant_id = $1 and public_id = $2 and type = 'incident' and ($3 or unit_id = any ($4) or requester_id = $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(rows: scope)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Parameters {
  /// `($n or unit_id = any ($n+1) or requester_id = $n+2)`
  fileprivate mutating func append(rows scope: RowScope) {
    append(scope.everything)
    append(scope.units.sorted())
    append(scope.person)
  }
}

struct InsertAttachment: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let ticket: Int64
  let visibility: CommentVisibility
  let name: String
  let type: String
  let claimedType: String?
  let content: FileContent
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into attachments.attachment
      (tenant_id, public_id, ticket_id, visibility, name, type, claimed_type, size_bytes, sha256, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(ticket)
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
  }
}

/// An attachment that the caller may see: of a ticket of his, and public or for the staff.
struct AttachmentByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let scope: RowScope
  let includesInternal: Bool

  static let sql = """
    \(Attachment.select)
    where a.tenant_id = $1 and a.public_id = $2 and ($3 or t.unit_id = any ($4) or t.requester_id = $5) and ($6 or a.visibility = 'public')
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(rows: scope)
    parameters.append(includesInternal)
  }

  static func decode(_ row: inout RowReader) throws -> Attachment { try Attachment(&row) }
}

/// The attachments of a ticket in the order in which they came.
struct AttachmentsOfTicket: Statement {
  let tenant: TenantId
  let ticket: Int64
  let includesInternal: Bool
  let includesDeleted: Bool
  let after: Int64
  let limit: Int64

  static let sql = """
    \(Attachment.select)
    where a.tenant_id = $1 and a.ticket_id = $2 and ($3 or a.visibility = 'public') and ($4 or a.state = 'stored') and a.id > $5
    order by a.id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(includesInternal)
    parameters.append(includesDeleted)
    parameters.append(after)
    parameters.append(limit)
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
