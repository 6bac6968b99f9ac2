import Desk
import Kernel
import Operations
import Postgres

/// Keeps other acts waiting on the changes that an incident is linked to.
struct HoldChangesOfIncident: Statement {
  let provider: TenantId
  let tenant: TenantId
  let incident: PublicId

  static let sql = """
    select c.id from changes.change c
    where c.tenant_id = $1 and c.id in (
      select l.change_id from changes.link l join desk.pub_ticket t on t.tenant_id = l.other_tenant_id and t.ticket_id = l.other_id
      where l.tenant_id = $1 and l.kind in ('incident', 'caused_incident') and l.other_tenant_id = $2 and t.public_id = $3)
    order by c.id for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(incident.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Links the incident that another one went into to the changes that that one is linked to, but for those that were given up; a row for each that it
/// was not linked to in this way.
struct CarryLinks: Statement {
  struct Found: Sendable {
    let change: Int64
    let publicId: [UInt8]
    let number: Int64
    let kind: String
  }

  let provider: TenantId
  let tenant: TenantId
  let merged: MergedIncident
  /// Of the one that it went into.
  let publicId: PublicId
  let now: Instant

  static let sql = """
    with carried as (
      insert into changes.link (tenant_id, change_id, kind, other_tenant_id, other_id, other_public_id, recorded_at)
      select l.tenant_id, l.change_id, l.kind, l.other_tenant_id, $4::bigint, $5::bytea, $6::timestamptz
      from changes.link l join changes.change c on c.tenant_id = l.tenant_id and c.id = l.change_id
      where l.tenant_id = $1 and l.kind in ('incident', 'caused_incident') and l.other_tenant_id = $2 and l.other_id = $3 and c.state <> 'cancelled'
      on conflict (tenant_id, change_id, kind, other_tenant_id, other_id) do nothing returning change_id, kind)
    select c.id, c.public_id, c.number, d.kind from carried d join changes.change c on c.tenant_id = $1 and c.id = d.change_id order by c.id, d.kind
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(merged.row)
    parameters.append(merged.survivor)
    parameters.append(publicId.random)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(change: try row.next(), publicId: try row.next(), number: try row.next(), kind: try row.next())
  }
}
