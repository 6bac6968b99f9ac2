import Kernel
import Operations
import Postgres

/// An event in a change's history that another module writes, of what it keeps beside the change. It holds the change until the
/// transaction ends and raises no version: whoever read the change before may still act on it.
package struct ChangeNote: Statement {
  /// A file came to it, and one was taken away.
  package static let attached = "change.attached"
  package static let detached = "change.detached"

  let tenant: TenantId
  let change: Int64
  let type: String
  let payload: Value
  let actor: Actor
  let now: Instant

  package init(_ type: String, _ payload: Value, on change: Int64, of tenant: TenantId, by actor: Actor, at now: Instant) {
    self.type = type
    self.payload = payload
    self.change = change
    self.tenant = tenant
    self.actor = actor
    self.now = now
  }

  package static let sql = """
    with told as (
      update changes.change c set last_seq = c.last_seq + 1 where c.tenant_id = $1 and c.id = $2 returning c.id, c.last_seq)
    insert into operations.event
      (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
    select $1, $3, 'change', d.id, d.last_seq, $4, $5, $6, $7, $8, $9, $3 from told d
    returning seq
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(change)
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
