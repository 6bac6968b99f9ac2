import Kernel
import Postgres

/// What was done, newest first, with what was written of it.
struct AuditListing: Statement {
  struct Found: Sendable {
    let id: Int64
    let recordedAt: Instant
    let operation: String
    let outcome: String
    let subject: String?
    let actorKind: String
    let actor: Int64
    let onBehalfOf: Int64?
    let via: String
    let requestId: String
    let content: Value?
  }

  let tenant: TenantId
  let before: Instant
  let beforeId: Int64
  let operation: String?
  let outcome: String?
  let subject: String?
  let withContent: Bool
  let limit: Int64

  /// `recordedAt` alone besides the pair: only that leaves out partitions.
  static let sql = """
    select a.id, a.recorded_at, a.operation, a.outcome, a.subject, a.actor_kind, a.actor_id, a.on_behalf_of, a.via, a.request_id, c.content
    from operations.audit a left join operations.audit_content c
      on c.tenant_id = a.tenant_id and c.recorded_at = a.recorded_at and c.content_hash = a.content_hash and $7
    where a.tenant_id = $1 and a.recorded_at <= $2 and (a.recorded_at, a.id) < ($2, $3)
      and ($4::text is null or a.operation = $4) and ($5::text is null or a.outcome = $5) and ($6::text is null or a.subject = $6)
    order by a.recorded_at desc, a.id desc limit $8
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before)
    parameters.append(beforeId)
    parameters.append(operation)
    parameters.append(outcome)
    parameters.append(subject)
    parameters.append(withContent)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), recordedAt: try row.next(), operation: try row.next(), outcome: try row.next(), subject: try row.next(),
      actorKind: try row.next(), actor: try row.next(), onBehalfOf: try row.next(), via: try row.next(), requestId: try row.next(),
      content: try row.next())
  }
}
