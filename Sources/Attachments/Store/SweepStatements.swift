import Kernel
import Operations
import Postgres

/// Attachments that were deleted before an instant and whose bytes are still there, customer by customer.
struct DeletedAttachments: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
  }

  let after: Found
  let before: Instant
  let limit: Int64

  static let sql = "select tenant_id, id from finder.deleted_attachments($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(after.tenant)
    parameters.append(after.id)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next()) }
}

/// What a deleted attachment holds, and whether another one needs the same: it is not deleted, or not for long enough. The customer's
/// storage is held.
struct ContentToRemove: Statement {
  struct Found: Sendable {
    let handle: TenantHandle
    let content: FileContent
    let isNeeded: Bool
  }

  let tenant: TenantId
  let id: Int64
  let before: Instant

  static let sql = """
    select e.handle, a.sha256, a.size_bytes, exists (
      select from attachments.attachment o
      where o.tenant_id = a.tenant_id and o.sha256 = a.sha256 and (o.state = 'stored' or o.state = 'deleted' and o.deleted_at >= $3))
    from attachments.attachment a join tenancy.tenant e on e.id = a.tenant_id
    where a.tenant_id = $1 and a.id = $2 and a.state = 'deleted'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(before)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let handle: Int64 = try row.next()
    return Found(
      handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), content: FileContent(digest: try row.next(), bytes: try row.next()),
      isNeeded: try row.next())
  }
}

struct MarkRemoved: Statement {
  let tenant: TenantId
  let id: Int64
  let now: Instant

  static let sql = """
    update attachments.attachment set state = 'removed', removed_at = $3 where tenant_id = $1 and id = $2 and state = 'deleted'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(now)
  }
}

/// Those of some contents that an attachment has, or had until its bytes are removed.
struct KnownContents: Statement {
  let tenant: TenantId
  let digests: [[UInt8]]

  static let sql = """
    select distinct sha256 from attachments.attachment where tenant_id = $1 and sha256 = any ($2) and state in ('stored', 'deleted')
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(digests)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// When the newest attachment of all came; null where there is none.
struct NewestAttachment: Statement {
  static let sql = "select recorded_at from finder.newest_attachment()"

  static func decode(_ row: inout RowReader) throws -> Instant? { try row.next() }
}
