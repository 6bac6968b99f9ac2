import Desk
import Kernel
import Operations
import Postgres

/// Keeps other acts waiting on the requests that an incident is linked to.
struct HoldRequestsOfIncident: Statement {
  let tenant: TenantId
  let incident: PublicId

  static let sql = """
    select r.id from requests.request r
    where r.tenant_id = $1 and r.id in (
      select l.request_id from requests.incident_link l join desk.pub_ticket t on t.tenant_id = l.tenant_id and t.ticket_id = l.ticket_id
      where l.tenant_id = $1 and t.public_id = $2 and l.removed_at is null)
    order by r.id for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(incident.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Links the incident that another one went into to what that one is linked to; a row for each that it was not linked to in this way.
struct CarryIncidentLinks: Statement {
  struct Found: Sendable {
    let request: Int64
    let publicId: [UInt8]
    let kind: RequestLinkKind
  }

  let tenant: TenantId
  let merged: MergedIncident
  let actor: Actor
  let now: Instant

  static let sql = """
    with carried as (
      insert into requests.incident_link (tenant_id, request_id, ticket_id, kind, actor_kind, actor_id, recorded_at)
      select l.tenant_id, l.request_id, $3::bigint, l.kind, $4::text, $5::bigint, $6::timestamptz from requests.incident_link l
      where l.tenant_id = $1 and l.ticket_id = $2 and l.removed_at is null order by l.id
      on conflict (tenant_id, request_id, ticket_id, kind) where removed_at is null do nothing returning id, request_id, kind)
    select r.id, r.public_id, d.kind from carried d join requests.request r on r.tenant_id = $1 and r.id = d.request_id order by d.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(merged.row)
    parameters.append(merged.survivor)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(request: try row.next(), publicId: try row.next(), kind: RequestLinkKind(rawValue: try row.next()) ?? .relatesTo)
  }
}
