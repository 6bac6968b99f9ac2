import Kernel
import Postgres

/// An event in the history of something that no act on it brought about: of what is kept beside it, here or by another module.
package struct EventNote: Sendable {
  let type: String
  let payload: Value
  let subject: Int64
  let tenant: TenantId
  let actor: Actor
  let now: Instant

  package init(_ type: String, _ payload: Value, on subject: Int64, of tenant: TenantId, by actor: Actor, at now: Instant) {
    self.type = type
    self.payload = payload
    self.subject = subject
    self.tenant = tenant
    self.actor = actor
    self.now = now
  }

  /// The end of a statement that begins with the row of the subject, $2 of the tenant $1, as `told`: its id, its new last_seq and the kind of subject
  /// that its events have. $3 is now.
  package static let insert = """
    insert into operations.event
      (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
    select $1, $3, d.kind, d.id, d.last_seq, $4, $5, $6, $7, $8, $9, $3 from told d
    returning seq
    """
}

/// Adds such an event and tells its place in the history. It holds the subject until the transaction ends and raises no version: whoever read the
/// subject before may still act on it.
package protocol NoteStatement: Statement where Output == Int64 {
  var note: EventNote { get }
  init(note: EventNote)
}

extension NoteStatement {
  package init(_ type: String, _ payload: Value, on subject: Int64, of tenant: TenantId, by actor: Actor, at now: Instant) {
    self.init(note: EventNote(type, payload, on: subject, of: tenant, by: actor, at: now))
  }

  package func bind(to parameters: inout Parameters) {
    parameters.append(note.tenant)
    parameters.append(note.subject)
    parameters.append(note.now)
    parameters.append(note.type)
    parameters.append(json: note.payload)
    parameters.append(note.actor.kind.rawValue)
    parameters.append(note.actor.id)
    parameters.append(note.actor.onBehalfOf)
    parameters.append(note.actor.via.rawValue)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
