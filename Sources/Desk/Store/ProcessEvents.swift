import Kernel
import Postgres

/// What the payloads of events of problems, changes, releases and major incidents have in common.
package enum ProcessEventPayload {
  /// The member that says whose affair an event is: the row of a customer. Nobody is shown it, and the event nobody who does not serve him.
  package static let customerKey = "customerRow"
}

/// The events of a problem, a change, a release or a major incident in their order, without those that are the affair of a customer whom the reader
/// does not serve.
struct ProcessEvents: Statement {
  struct Found: Sendable {
    let seq: Int64
    let type: String
    let payload: Value
    let actorKind: String
    let actorName: String?
    let via: String
    let occurredAt: Instant
    let recordedAt: Instant
  }

  let provider: TenantId
  let subject: OfferSubject
  let customers: [Int64]?
  let after: Int64
  /// Nothing of it is older: spares the older partitions.
  let recordedFrom: Instant
  let limit: Int64

  static let sql = """
    select e.seq, e.type, e.payload - '\(ProcessEventPayload.customerKey)', e.actor_kind, a.name, e.via, e.occurred_at, e.recorded_at
    from operations.event e left join tenancy.account a on a.tenant_id = e.tenant_id and a.id = e.actor_id and e.actor_kind = 'staff'
    where e.tenant_id = $1 and e.subject_kind = $7 and e.subject_id = $2 and e.seq > $4 and e.recorded_at >= $5
      and ($3::bigint[] is null or e.payload ->> '\(ProcessEventPayload.customerKey)' is null
        or (e.payload ->> '\(ProcessEventPayload.customerKey)')::bigint = any ($3))
    order by e.seq limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject.id)
    parameters.append(customers)
    parameters.append(after)
    parameters.append(recordedFrom)
    parameters.append(limit)
    parameters.append(subject.kind)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      seq: try row.next(), type: try row.next(), payload: try row.next(), actorKind: try row.next(), actorName: try row.next(), via: try row.next(),
      occurredAt: try row.next(), recordedAt: try row.next())
  }
}
