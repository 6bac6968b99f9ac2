import Attributes
import Kernel
import Postgres

/// The events of a request in their order.
struct RequestEvents: Statement {
  struct Found: Sendable {
    let seq: Int64
    let type: String
    let payload: Value
    let actorKind: String
    let via: String
    let occurredAt: Instant
    let recordedAt: Instant
  }

  let tenant: TenantId
  let request: Int64
  let after: Int64
  /// Tasks, and attributes that customers do not see, are the provider's own affair.
  let includesInternal: Bool
  /// Nothing of the request is older: spares the older partitions.
  let recordedFrom: Instant
  let limit: Int64

  static let sql = """
    select seq, type, payload, actor_kind, via, occurred_at, recorded_at from operations.event
    where tenant_id = $1 and subject_kind = 'request' and subject_id = $2 and seq > $3 and ($4 or not (starts_with(type, 'request.task_') or type = 'request.\(AttributeEvents.internalChanged)'))
      and recorded_at >= $5
    order by seq limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(after)
    parameters.append(includesInternal)
    parameters.append(recordedFrom)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      seq: try row.next(), type: try row.next(), payload: try row.next(), actorKind: try row.next(), via: try row.next(), occurredAt: try row.next(),
      recordedAt: try row.next())
  }
}
