import Kernel
import Operations
import Postgres

/// How a record is taken from who may not work on it any more, of a process whose records are the provider's own rows: all but incidents and requests.
package protocol ProcessOwnerKeeper: OwnerKeeper {
  /// `schema.table` of its records.
  static var table: String { get }
  /// What the names of the columns begin with that say who answers for one.
  static var owner: String { get }
  /// What holds of one that is not over.
  static var isGoingOn: String { get }
  static func subject(_ record: Int64) -> OfferSubject
}

extension ProcessOwnerKeeper {
  package static var owner: String { "owner" }

  package func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.first(HoldOwned<Self>(tenant: tenant, record: record))
  }

  package func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(LoseOwner<Self>(tenant: tenant, record: record, owner: owner, now: now)) != nil
  }

  package func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.execute(EndOffers(Self.subject(record), of: tenant, at: now)) > 0
  }

  package func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    try await OfferSubject.leadsToRemind(of: offer, of: tenant, provider: provider, at: now, in: transaction)
  }
}

/// Locks a record that is to be taken from its owner.
struct HoldOwned<Keeper: ProcessOwnerKeeper>: Statement {
  let tenant: TenantId
  let record: Int64

  static var sql: String { "select id from \(Keeper.table) where tenant_id = $1 and id = $2 for update" }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(record)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Takes a record from who answers for it; no row where another one does by now, or it is over.
struct LoseOwner<Keeper: ProcessOwnerKeeper>: Statement {
  let tenant: TenantId
  let record: Int64
  let owner: Int64
  let now: Instant

  static var sql: String {
    """
    update \(Keeper.table) set \(Keeper.owner)_id = null, \(Keeper.owner)_public_id = null, version = version + 1, updated_at = $4
    where tenant_id = $1 and id = $2 and \(Keeper.owner)_id = $3 and \(Keeper.isGoingOn) returning id
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(record)
    parameters.append(owner)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
