import Kernel
import Operations
import Postgres

/// An event in a ticket's history of what is kept beside the ticket, here or by another module. It holds the ticket until the
/// transaction ends and raises no version: whoever read the ticket before may still act on it.
package struct TicketNote: Statement {
  let tenant: TenantId
  let ticket: Int64
  let type: String
  let payload: Value
  let actor: Actor
  let now: Instant

  /// - Parameter type: one of ``TicketEventType``.
  package init(_ type: String, _ payload: Value, on ticket: Int64, of tenant: TenantId, by actor: Actor, at now: Instant) {
    self.type = type
    self.payload = payload
    self.ticket = ticket
    self.tenant = tenant
    self.actor = actor
    self.now = now
  }

  package static let sql = """
    with told as (
      update desk.ticket t set last_seq = t.last_seq + 1, updated_at = $3 where t.tenant_id = $1 and t.id = $2 returning t.id, t.last_seq)
    insert into operations.event
      (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
    select $1, $3, 'ticket', d.id, d.last_seq, $4, $5, $6, $7, $8, $9, $3 from told d
    returning seq
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(now)
    parameters.append(type)
    parameters.append(json: payload)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actor.onBehalfOf)
    parameters.append(actor.via.rawValue)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
