import Desk
import Kernel
import Operations
import Postgres

/// A member of the staff by an account of his.
struct AccountOfStaff: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select id, public_id, name from tenancy.account where tenant_id = $1 and id = $2 and kind = 'staff'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> StaffToOwn.Found {
    StaffToOwn.Found(account: ProblemRow.Reference(id: try row.next(), publicId: try row.next()), name: try row.next(), mayWork: true)
  }
}

/// A member of the staff whom a body names, and whether he may work on problems of a customer, or of any at all.
struct StaffToOwn: Statement {
  struct Found: Sendable {
    let account: ProblemRow.Reference
    let name: String
    let mayWork: Bool
  }

  let provider: TenantId
  let publicId: PublicId
  /// Nil: the problem may concern several.
  let customer: TenantId?
  let now: Instant

  static let sql = """
    select a.id, a.public_id, a.name, exists (
      select from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = $5
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $4)
        and (g.scope = 'all' or g.scope = 'listed' and ($3::bigint is null or exists (
          select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = $3))))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
    parameters.append(now)
    parameters.append(ProblemRights.work)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(account: ProblemRow.Reference(id: try row.next(), publicId: try row.next()), name: try row.next(), mayWork: try row.next())
  }
}

/// Whose incidents a problem is behind.
struct CustomersOfProblem: Statement {
  let provider: TenantId
  let problem: Int64

  static let sql = """
    select distinct l.other_tenant_id from problems.incident_link l where l.tenant_id = $1 and l.problem_id = $2 and l.ended_seq is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// Takes a problem from who answers for it; no row where another one does by now, or it is over.
struct LoseProblemOwner: Statement {
  let provider: TenantId
  let problem: Int64
  let owner: Int64
  let now: Instant

  static let sql = """
    update problems.problem p set owner_id = null, owner_public_id = null, version = p.version + 1, updated_at = $4
    where p.tenant_id = $1 and p.id = $2 and p.owner_id = $3 and p.state in ('new', 'investigating', 'known_error')
    returning p.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(owner)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Locks a problem that is to be taken from its owner.
struct HoldOwnedProblem: Statement {
  let provider: TenantId
  let problem: Int64

  static let sql = "select p.id from problems.problem p where p.tenant_id = $1 and p.id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Problems that are taken from who may not work on them any more.
package struct ProblemOwners: OwnerKeeper {
  package typealias Note = ProblemNote

  package let process = "problem"
  package let permission = ProblemRights.work
  package let subjectKind = "problem"

  package init() {}

  package func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.first(HoldOwnedProblem(provider: tenant, problem: record))
  }

  package func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(LoseProblemOwner(provider: tenant, problem: record, owner: owner, now: now)) != nil
  }

  package func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.execute(EndOffers(OfferSubject.problem(record), of: tenant, at: now)) > 0
  }

  package func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    try await OfferSubject.leadsToRemind(of: offer, of: tenant, provider: provider, at: now, in: transaction)
  }
}
