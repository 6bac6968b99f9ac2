import Kernel
import Postgres
import TLS

/// One row of the audit: who did what to what, when, by which way in. What the caller wrote stands apart
/// (`audit_content`) and can be emptied; the salted hash stays, so the row still verifies.
struct AuditRecord: Sendable {
  enum Outcome: String, Sendable { case done, denied }

  let tenant: TenantId
  let operation: String
  let outcome: Outcome
  let subject: PublicId?
  let actor: Actor
  let requestId: String
  let content: Value
  let salt: [UInt8]
  let recordedAt: Instant

  var contentHash: [UInt8] { SHA256.hash(salt + JSON.write(content.canonical)) }

  /// Canonical form, version 1: the columns in the order of the table as a JSON array.
  var rowHash: [UInt8] {
    let columns: [Value] = [
      .integer(1), .integer(tenant.rawValue), .integer(recordedAt.microseconds), .text(operation), .text(outcome.rawValue), .id(subject),
      .text(actor.kind.rawValue), .integer(actor.id), .integer(actor.onBehalfOf), .text(actor.via.rawValue), .text(requestId),
      .text(Base32.encode(contentHash)),
    ]
    return SHA256.hash(JSON.write(.array(columns)))
  }

  func enqueue(on transaction: Transaction) {
    transaction.enqueue(InsertAudit(record: self))
    transaction.enqueue(InsertAuditContent(record: self))
  }
}

struct InsertAudit: Statement {
  let record: AuditRecord

  static let sql = """
    insert into operations.audit
      (tenant_id, recorded_at, operation, outcome, subject, actor_kind, actor_id, on_behalf_of, via, request_id, content_hash, row_hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(record.tenant)
    parameters.append(record.recordedAt)
    parameters.append(record.operation)
    parameters.append(record.outcome.rawValue)
    parameters.append(record.subject?.description)
    parameters.append(record.actor.kind.rawValue)
    parameters.append(record.actor.id)
    parameters.append(record.actor.onBehalfOf)
    parameters.append(record.actor.via.rawValue)
    parameters.append(record.requestId)
    parameters.append(record.contentHash)
    parameters.append(record.rowHash)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct InsertAuditContent: Statement {
  let record: AuditRecord

  static let sql = "insert into operations.audit_content (tenant_id, recorded_at, content_hash, salt, content) values ($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(record.tenant)
    parameters.append(record.recordedAt)
    parameters.append(record.contentHash)
    parameters.append(record.salt)
    parameters.append(json: record.content.canonical)
  }

  static func decode(_ row: inout RowReader) throws {}
}
