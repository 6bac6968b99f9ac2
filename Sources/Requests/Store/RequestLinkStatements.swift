import Desk
import Kernel
import Operations
import Postgres

/// A link between two requests of a customer.
struct RequestLink: Sendable {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  let kind: ProcessLinkKind
  let actor: Actor
  let now: Instant

  fileprivate func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
    parameters.append(kind.rawValue)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

/// No row when the link is there already.
struct InsertRequestLink: Statement {
  let link: RequestLink

  static let sql = """
    insert into requests.request_link (tenant_id, from_id, to_id, kind, actor_kind, actor_id, recorded_at) values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (tenant_id, from_id, to_id, kind) where removed_at is null do nothing returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when there is no such link.
struct EndRequestLink: Statement {
  let link: RequestLink

  static let sql = """
    update requests.request_link set removed_at = $7, remover_kind = $5, remover_id = $6
    where tenant_id = $1 and from_id = $2 and to_id = $3 and kind = $4 and removed_at is null returning id
    """

  func bind(to parameters: inout Parameters) { link.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Where links of one kind lead from a request, from there, and so on.
struct ReachedByRequestLinks: Statement {
  let tenant: TenantId
  let from: Int64
  let kind: ProcessLinkKind

  static let sql = """
    with recursive reached as (
      select l.to_id as id from requests.request_link l where l.tenant_id = $1 and l.from_id = $2 and l.kind = $3 and l.removed_at is null
      union
      select l.to_id from requests.request_link l join reached r on r.id = l.from_id
      where l.tenant_id = $1 and l.kind = $3 and l.removed_at is null)
    select id from reached
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(kind.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The requests that a request is linked to, seen from its end; of those that the scope lets the reader see, in the order in which they were linked.
struct LinksOfRequest: Statement {
  struct Found: Sendable {
    let id: Int64
    let kind: ProcessLinkKind
    /// Whether the request that is asked about is the left end.
    let isLeft: Bool
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
  let request: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select e.id, e.kind, e.is_left, r.public_id, r.number, o.code, v.content -> 'name', r.state, e.recorded_at
    from (
      select l.id, l.kind, true as is_left, l.to_id as other_id, l.recorded_at from requests.request_link l
      where l.tenant_id = $1 and l.from_id = $5 and l.removed_at is null and l.id > $6
      union all
      select l.id, l.kind, false, l.from_id, l.recorded_at from requests.request_link l
      where l.tenant_id = $1 and l.to_id = $5 and l.removed_at is null and l.id > $6) e
    join requests.request r on r.tenant_id = $1 and r.id = e.other_id
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
    where r.tenant_id = $1 and \(RequestRow.isVisible)
    order by e.id limit $7
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
      id: try row.next(), kind: ProcessLinkKind(rawValue: try row.next()) ?? .relatesTo, isLeft: try row.next(), publicId: try row.next(),
      number: try row.next(), offeringCode: try row.next(), offeringName: try row.next() ?? .null, state: try row.next(), since: try row.next())
  }
}

/// A request of a bound tenant that one of the staff names from something else.
package struct RequestToLink: Statement {
  let tenant: TenantId
  let publicId: PublicId

  package init(tenant: TenantId, publicId: PublicId) {
    self.tenant = tenant
    self.publicId = publicId
  }

  package static let sql = "select r.id from requests.request r where r.tenant_id = $1 and r.public_id = $2"

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  package static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
