import Kernel
import Postgres

/// What modules above know of a request's history.
package enum RequestHistory {
  /// SQL: whether the event `e` is the provider's own affair, as what becomes of tasks, what gates asked, who answers for it, who watches it,
  /// what it is linked to, which articles were of use, and attributes, files and comments that customers do not see are.
  package static let isProvidersOwn = """
    (starts_with(e.type, 'request.task_') or starts_with(e.type, 'request.gate_') or e.type = 'request.internal_attributes_changed'
      or e.type in ('request.owner_changed', 'request.ownership_offered', 'request.ownership_returned', 'request.ownership_waiting')
      or e.type in ('request.watched', 'request.unwatched', 'request.incident_linked', 'request.incident_unlinked')
      or e.type in ('request.linked', 'request.unlinked', 'request.problem_linked', 'request.problem_unlinked')
      or e.type in ('request.change_linked', 'request.change_unlinked', 'request.article_cited', 'request.article_uncited')
      or e.type in ('request.attached', 'request.detached', 'request.commented') and e.payload ->> 'visibility' is distinct from 'public')
    """
}

/// The events of a request in their order.
struct RequestEvents: Statement {
  struct Found: Sendable {
    let seq: Int64
    let type: String
    let payload: Value
    let actorKind: String
    /// The account; 0: none.
    let actor: Int64
    let via: String
    let occurredAt: Instant
    let recordedAt: Instant
  }

  let tenant: TenantId
  let request: Int64
  let after: Int64
  /// Tasks, gates, owners, and attributes, files and comments that customers do not see are the provider's own affair.
  let includesInternal: Bool
  /// Nothing of the request is older: spares the older partitions.
  let recordedFrom: Instant
  let limit: Int64

  static let sql = """
    select e.seq, e.type, e.payload, e.actor_kind, e.actor_id, e.via, e.occurred_at, e.recorded_at from operations.event e
    where e.tenant_id = $1 and e.subject_kind = 'request' and e.subject_id = $2 and e.seq > $3 and ($4 or not \(RequestHistory.isProvidersOwn))
      and e.recorded_at >= $5
    order by e.seq limit $6
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
      seq: try row.next(), type: try row.next(), payload: try row.next(), actorKind: try row.next(), actor: try row.next(), via: try row.next(),
      occurredAt: try row.next(), recordedAt: try row.next())
  }
}
