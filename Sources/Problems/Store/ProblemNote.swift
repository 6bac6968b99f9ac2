import Kernel
import Operations
import Postgres

/// An event in a problem's history that another module writes, of what it keeps beside the problem. It holds the problem until the
/// transaction ends and raises no version: whoever read the problem before may still act on it.
package struct ProblemNote: Statement {
  /// A file came to it, and one was taken away.
  package static let attached = "problem.attached"
  package static let detached = "problem.detached"

  let tenant: TenantId
  let problem: Int64
  let type: String
  let payload: Value
  let actor: Actor
  let now: Instant

  package init(_ type: String, _ payload: Value, on problem: Int64, of tenant: TenantId, by actor: Actor, at now: Instant) {
    self.type = type
    self.payload = payload
    self.problem = problem
    self.tenant = tenant
    self.actor = actor
    self.now = now
  }

  package static let sql = """
    with told as (
      update problems.problem p set last_seq = p.last_seq + 1 where p.tenant_id = $1 and p.id = $2 returning p.id, p.last_seq)
    insert into operations.event
      (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
    select $1, $3, 'problem', d.id, d.last_seq, $4, $5, $6, $7, $8, $9, $3 from told d
    returning seq
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(problem)
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
