import Kernel
import Operations
import Postgres

/// Incidents that are taken from who may not work on them any more.
package struct TicketOwners: OwnerKeeper {
  package typealias Note = TicketNote

  package let process = "incident"
  package let permission = IncidentFields.work
  package let subjectKind = "ticket"

  package init() {}

  package func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws {
    try await TicketNews.hold([record], of: tenant, in: transaction)
  }

  package func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(LoseTicketOwner(tenant: tenant, ticket: record, owner: owner, now: now)) != nil
  }

  package func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.execute(EndOffers(OfferedTicket(id: record), of: tenant, at: now)) > 0
  }

  package func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    try await OfferedTicket.leadsToRemind(of: offer, of: tenant, provider: provider, at: now, in: transaction)
  }
}

/// Takes a ticket from who answers for it; no row where another one does by now, or it is over.
struct LoseTicketOwner: Statement {
  let tenant: TenantId
  let ticket: Int64
  let owner: Int64
  let now: Instant

  static let sql = """
    update desk.ticket set owner_id = null, owner_public_id = null, version = version + 1, updated_at = $4
    where tenant_id = $1 and id = $2 and owner_id = $3 and state in ('new', 'active', 'pending') returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(owner)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
