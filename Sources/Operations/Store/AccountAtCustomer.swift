import Kernel
import Postgres

/// An active account of a person, and whether its grants give it a permission at a customer: at least for something of the customer's.
/// The tenant of the account is bound.
package struct AccountAtCustomer: Statement {
  package struct Found: Sendable {
    package let party: Party
    package let may: Bool
  }

  /// The tenant of the account: the customer, or the provider.
  let home: TenantId
  let publicId: PublicId
  let permission: String
  let customer: TenantId
  let now: Instant

  package init(home: TenantId, publicId: PublicId, permission: String, customer: TenantId, now: Instant) {
    self.home = home
    self.publicId = publicId
    self.permission = permission
    self.customer = customer
    self.now = now
  }

  package static let sql = """
    select a.kind, a.id, a.person_id, exists (
      select from tenancy.role_grant g join tenancy.role_permission q on q.role = g.role and q.permission = $3
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $5)
        and case g.scope
          when 'all' then true
          when 'listed' then exists (
            select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = $4)
          else a.tenant_id = $4 end)
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $2 and a.state = 'active' and a.kind in ('staff', 'customer')
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(home)
    parameters.append(publicId.random)
    parameters.append(permission)
    parameters.append(customer)
    parameters.append(now)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(party: Party(kind: try row.next(), id: try row.next(), person: try row.next()), may: try row.next())
  }
}
