import Desk
import Kernel
import Operations
import Postgres

/// Who took a request.
struct RequestOwner: Sendable, Equatable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
}

extension RequestOwner {
  /// Of `r`, in the order of ``init(_:)``.
  static let columns = "r.owner_id, r.owner_public_id, r.owner_name"

  /// Nil: nobody has.
  init?(_ row: inout RowReader) throws {
    let (id, publicId): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    let name: String? = try row.next()
    guard let id, let publicId, let name else { return nil }
    self.init(id: id, publicId: publicId, name: name)
  }
}

/// A member of the staff whom a body names, and whether he may work on a customer's requests.
struct StaffToAnswer: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let mayWork: Bool
  }

  let provider: TenantId
  let publicId: PublicId
  let customer: TenantId
  let now: Instant

  static let sql = """
    select a.id, a.public_id, exists (
      select from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = $5
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $4)
        and (g.scope = 'all' or g.scope = 'listed' and exists (
          select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = $3)))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
    parameters.append(now)
    parameters.append(RequestRights.work)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next(), mayWork: try row.next()) }
}

/// A request that is handed over by offer; its offers are its customer's rows.
struct OfferedRequest: OfferedSubject {
  let id: Int64

  static let table = "requests.handover"
  static let columns = ["request_id"]

  func bind(to parameters: inout Parameters) { parameters.append(id) }
}

/// Takes a request from who answers for it; no row where another one does by now, or it is over.
struct LoseRequestOwner: Statement {
  let tenant: TenantId
  let request: Int64
  let owner: Int64

  static let sql = """
    update requests.request set owner_id = null, owner_public_id = null, owner_name = null, version = version + 1
    where tenant_id = $1 and id = $2 and owner_id = $3 and ended_at is null returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(owner)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Requests that are taken from who may not work on them any more.
package struct RequestOwners: OwnerKeeper {
  package typealias Note = RequestNote

  package let process = "request"
  package let permission = RequestRights.work
  package let subjectKind = RequestNews.subjectKind

  package init() {}

  package func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.first(HoldRequest(tenant: tenant, id: record))
  }

  package func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(LoseRequestOwner(tenant: tenant, request: record, owner: owner)) != nil
  }

  package func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.execute(EndOffers(OfferedRequest(id: record), of: tenant, at: now)) > 0
  }

  package func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    try await OfferedRequest.leadsToRemind(of: offer, of: tenant, provider: provider, at: now, in: transaction)
  }
}
