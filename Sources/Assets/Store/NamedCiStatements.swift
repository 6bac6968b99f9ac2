import Kernel
import Operations
import Postgres

/// A CI of a bound tenant that a body names, in its life or not; of one that the provider shares only where it affects one of these customers.
package struct CiToName: Statement {
  package struct Found: Sendable {
    package let id: Int64
    package let typeCode: String
    package let state: String
    package let service: Int64?

    /// What is out of its life is named by nothing anew.
    package var isLive: Bool { state != "retired" && state != "disposed" }
  }

  private let tenant: TenantId
  private let publicId: PublicId
  private let affecting: [Int64]?

  /// - Parameter affecting: nil: whomever it affects, or nobody.
  package init(tenant: TenantId, publicId: PublicId, affecting: [Int64]?) {
    self.tenant = tenant
    self.publicId = publicId
    self.affecting = affecting
  }

  package static let sql = """
    select c.ci_id, c.type_code, c.state, c.service_id from assets.pub_ci c
    where c.tenant_id = $1 and c.public_id = $2 and ($3::bigint[] is null or exists (
      select from assets.pub_affected_customer a where a.tenant_id = c.tenant_id and a.ci_id = c.ci_id and a.customer_id = any ($3)))
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(affecting)
  }

  package static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), typeCode: try row.next(), state: try row.next(), service: try row.next())
  }
}

/// What is known of CIs of several tenants, which are bound: pair by pair, so that each is found by its key.
package struct NamedCis: Statement {
  package struct Facts: Sendable {
    package let id: Int64
    package let tenant: TenantId
    package let handle: TenantHandle
    package let publicId: [UInt8]
    package let name: String
    package let typeCode: String
    package let state: String

    package var own: PublicId {
      let kind = "ci"
      return PublicId(kind: kind, handle: handle, random: publicId) ?? .none(kind: kind, handle: handle)
    }
  }

  private let tenants: [TenantId]
  private let cis: [Int64]

  package init(tenants: [TenantId], cis: [Int64]) {
    self.tenants = tenants
    self.cis = cis
  }

  package static let sql = """
    select c.ci_id, c.tenant_id, e.handle, c.public_id, c.name, c.type_code, c.state
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, ci_id)
    join assets.pub_ci c on c.tenant_id = w.tenant_id and c.ci_id = w.ci_id
    join tenancy.tenant e on e.id = c.tenant_id
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(cis)
  }

  package static func decode(_ row: inout RowReader) throws -> Facts {
    Facts(
      id: try row.next(), tenant: try row.next(), handle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), publicId: try row.next(),
      name: try row.next(), typeCode: try row.next(), state: try row.next())
  }
}
