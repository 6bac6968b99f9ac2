import Kernel
import Postgres

extension Transaction {
  /// Writes an event with the transaction: for jobs, which act without an operation. An operation uses its context.
  /// - Parameter consumers: to whose outbox it is handed.
  package func record(_ event: Event, for consumers: [String] = [], tenant: TenantId, actor: Actor, at recordedAt: Instant) {
    enqueue(InsertEvent(event: event, tenant: tenant, actor: actor, recordedAt: recordedAt))
    for consumer in consumers {
      enqueue(
        InsertOutbox(
          subjectKind: event.subjectKind, subject: event.subject, seq: event.seq, consumer: consumer, tenant: tenant, recordedAt: recordedAt))
    }
  }

  /// Leaves word that the day of something comes, for whom notifications tell of it: nobody did it.
  /// - Parameter seq: what tells it from other word of the same subject; nil: the day, so that each which is set is told of once.
  package func remind(
    _ type: String, of subjectKind: String, _ subject: Int64, dueOn day: CalendarDate, seq: Int64? = nil, tenant: TenantId, at now: Instant
  ) {
    let event = Event(
      subjectKind: subjectKind, subject: subject, seq: seq ?? day.daysSinceEpoch, type: type, payload: .object(["dueOn": .date(day)]), occurredAt: now)
    record(event, for: ["notifications"], tenant: tenant, actor: Actor(kind: .system, id: 0, via: .job), at: now)
  }

  /// Leaves work for a consumer about a subject, without an event of that subject.
  package func notify(_ consumer: String, of subjectKind: String, _ subject: Int64, tenant: TenantId, at recordedAt: Instant) {
    enqueue(InsertOutbox(subjectKind: subjectKind, subject: subject, seq: 0, consumer: consumer, tenant: tenant, recordedAt: recordedAt))
  }
}

struct InsertEvent: Statement {
  let event: Event
  let tenant: TenantId
  let actor: Actor
  let recordedAt: Instant

  static let sql = """
    insert into operations.event
      (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(recordedAt)
    parameters.append(event.subjectKind)
    parameters.append(event.subject)
    parameters.append(event.seq)
    parameters.append(event.type)
    parameters.append(json: event.payload)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actor.onBehalfOf)
    parameters.append(actor.via.rawValue)
    parameters.append(event.occurredAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}

struct InsertOutbox: Statement {
  let subjectKind: String
  let subject: Int64
  /// 0: no event of the subject itself.
  let seq: Int64
  let consumer: String
  let tenant: TenantId
  let recordedAt: Instant

  static let sql = """
    insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at) values ($1, $2, $3, $4, $5, $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(consumer)
    parameters.append(subjectKind)
    parameters.append(subject)
    parameters.append(seq)
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}
