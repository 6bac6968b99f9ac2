import Desk
import Kernel
import Operations
import Postgres

/// Whom a release concerns, or ever did; null: a change of it concerns nobody yet.
struct ConcernedByRelease: Statement {
  let provider: TenantId
  let release: Int64

  static let sql = """
    select n.customer_id from changes.release_concerned n where n.tenant_id = $1 and n.release_id = $2
    union
    select n.customer_id from changes.change c left join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
    where c.tenant_id = $1 and c.release_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId? { try row.next() }
}

/// A member of the staff whom a body names, and whether he has a permission for all customers whom a release concerns; one that concerns nobody is
/// for who serves all.
struct StaffForRelease: Statement {
  let provider: TenantId
  /// Nil: one that is not there yet.
  let release: Int64?
  let publicId: PublicId
  let permission: String
  let now: Instant

  static let sql = """
    with granted as (
      select g.tenant_id, g.id, g.account_id, g.scope from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = $4
      where g.tenant_id = $1 and g.revoked_at is null and (g.expires_at is null or g.expires_at > $5)),
    concerned as (
      \(ConcernedByRelease.sql))
    select a.id, a.public_id, a.name, a.person_id,
      exists (select from granted g where g.account_id = a.id and g.scope = 'all')
      or exists (select from concerned)
        and not exists (
          select from concerned w where w.customer_id is null or not exists (
            select from granted g join tenancy.role_grant_tenant l on l.tenant_id = g.tenant_id and l.role_grant_id = g.id
            where g.account_id = a.id and g.scope = 'listed' and l.granted_tenant_id = w.customer_id))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $3 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
    parameters.append(publicId.random)
    parameters.append(permission)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> StaffForChange.Found { try StaffForChange.decode(&row) }
}

/// Releases that are taken from who may not work on them any more.
package struct ReleaseOwners: ProcessOwnerKeeper {
  package typealias Note = ReleaseNote

  package static let table = "changes.release"
  package static let isGoingOn = "ended_at is null"

  package let process = "release"
  package let permission = ChangeRights.work
  package let subjectKind = "release"

  package init() {}

  package static func subject(_ record: Int64) -> OfferSubject { .release(record) }
}
