import Kernel
import Operations
import Postgres

/// An incident that a call names, if the scope lets its caller see it.
struct IncidentToLink: Statement {
  let tenant: TenantId
  let scope: RowScope
  let publicId: PublicId

  static let sql = """
    select t.ticket_id from desk.pub_ticket t
    where t.tenant_id = $1 and ($2 or t.unit_id = any ($3) or t.requester_id = $4) and t.type = 'incident' and t.public_id = $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(everything: scope)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when the link is there already.
struct InsertIncidentLink: Statement {
  let tenant: TenantId
  let request: Int64
  let ticket: Int64
  let kind: RequestLinkKind
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into requests.incident_link (tenant_id, request_id, ticket_id, kind, actor_kind, actor_id, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (tenant_id, request_id, ticket_id, kind) where removed_at is null do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(ticket)
    parameters.append(kind.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when there is no such link.
struct EndIncidentLink: Statement {
  let link: InsertIncidentLink

  static let sql = """
    update requests.incident_link set removed_at = $7, remover_kind = $5, remover_id = $6
    where tenant_id = $1 and request_id = $2 and ticket_id = $3 and kind = $4 and removed_at is null returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The incidents that a request is linked to, of those that the scope lets the reader see, in the order in which they were linked.
struct IncidentsOfRequest: Statement {
  struct Found: Sendable {
    let id: Int64
    let kind: RequestLinkKind
    let publicId: [UInt8]
    let number: Int64
    let title: String
    let state: String
    let since: Instant
  }

  let tenant: TenantId
  let scope: RowScope
  let request: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select l.id, l.kind, t.public_id, t.number, t.title, t.state, l.recorded_at
    from requests.incident_link l join desk.pub_ticket t on t.tenant_id = l.tenant_id and t.ticket_id = l.ticket_id
    where l.tenant_id = $1 and ($2 or t.unit_id = any ($3) or t.requester_id = $4) and l.request_id = $5 and l.removed_at is null and l.id > $6
    order by l.id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(everything: scope)
    parameters.append(request)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), kind: RequestLinkKind(rawValue: try row.next()) ?? .relatesTo, publicId: try row.next(), number: try row.next(),
      title: try row.next(), state: try row.next(), since: try row.next())
  }
}

/// The requests that an incident is linked to, of those that the scope lets the reader see, in the order in which they were linked.
struct RequestsOfIncident: Statement {
  struct Found: Sendable {
    let id: Int64
    let kind: RequestLinkKind
    let publicId: [UInt8]
    let number: Int64
    let offeringCode: String
    /// By language.
    let offeringName: Value
    let state: String
    let since: Instant
  }

  let tenant: TenantId
  let scope: RowScope
  let ticket: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select l.id, l.kind, r.public_id, r.number, o.code, v.content -> 'name', r.state, l.recorded_at
    from requests.incident_link l
    join requests.request r on r.tenant_id = l.tenant_id and r.id = l.request_id
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
    where l.tenant_id = $1 and \(RequestRow.isVisible) and l.ticket_id = $5 and l.removed_at is null and l.id > $6
    order by l.id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(everything: scope)
    parameters.append(ticket)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), kind: RequestLinkKind(rawValue: try row.next()) ?? .relatesTo, publicId: try row.next(), number: try row.next(),
      offeringCode: try row.next(), offeringName: try row.next() ?? .null, state: try row.next(), since: try row.next())
  }
}
