import Kernel
import Operations
import Postgres

/// An event in a request's history that another module writes, of what it keeps beside the request. It holds the request until the
/// transaction ends and raises no version: whoever read the request before may still act on it.
package struct RequestNote: Statement {
  /// A file came to it, and one was taken away; what is not public is the provider's own affair.
  package static let attached = "request.attached"
  package static let detached = "request.detached"
  /// It is linked to an incident or a change, and is no more; and somebody watches it, and does no more. That is the provider's own affair.
  static let incidentLinked = "request.incident_linked"
  static let incidentUnlinked = "request.incident_unlinked"
  package static let changeLinked = "request.change_linked"
  package static let changeUnlinked = "request.change_unlinked"
  /// An article was of use on it, and was not after all. Which of the provider's articles were is its own affair.
  static let articleCited = "request.article_cited"
  static let articleUncited = "request.article_uncited"
  static let watched = "request.watched"
  static let unwatched = "request.unwatched"

  let tenant: TenantId
  let request: Int64
  let type: String
  let payload: Value
  let actor: Actor
  let now: Instant

  package init(_ type: String, _ payload: Value, on request: Int64, of tenant: TenantId, by actor: Actor, at now: Instant) {
    self.type = type
    self.payload = payload
    self.request = request
    self.tenant = tenant
    self.actor = actor
    self.now = now
  }

  package static let sql = """
    with told as (
      update requests.request r set last_seq = r.last_seq + 1 where r.tenant_id = $1 and r.id = $2 returning r.id, r.last_seq)
    insert into operations.event
      (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, on_behalf_of, via, occurred_at)
    select $1, $3, 'request', d.id, d.last_seq, $4, $5, $6, $7, $8, $9, $3 from told d
    returning seq
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
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
