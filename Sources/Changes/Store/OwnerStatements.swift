import Desk
import Kernel
import Operations
import Postgres

/// Takes a change from who answers for it; no row where another one does by now, or it is over.
struct LoseChangeOwner: Statement {
  let provider: TenantId
  let change: Int64
  let owner: Int64
  let now: Instant

  static let sql = """
    update changes.change c set owner_id = null, owner_public_id = null, version = c.version + 1, updated_at = $4
    where c.tenant_id = $1 and c.id = $2 and c.owner_id = $3 and c.ended_at is null
    returning c.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(owner)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Locks a change that is to be taken from its owner.
struct HoldOwnedChange: Statement {
  let provider: TenantId
  let change: Int64

  static let sql = "select c.id from changes.change c where c.tenant_id = $1 and c.id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Changes that are taken from who may not work on them any more.
package struct ChangeOwners: OwnerKeeper {
  package typealias Note = ChangeNote

  package let process = "change"
  package let permission = ChangeRights.work
  package let subjectKind = ChangeTelling.subjectKind

  package init() {}

  package func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.first(HoldOwnedChange(provider: tenant, change: record))
  }

  package func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(LoseChangeOwner(provider: tenant, change: record, owner: owner, now: now)) != nil
  }

  package func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.execute(EndOffers(OfferSubject.change(record), of: tenant, at: now)) > 0
  }

  package func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    try await OfferSubject.leadsToRemind(of: offer, of: tenant, provider: provider, at: now, in: transaction)
  }
}
