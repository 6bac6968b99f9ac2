import Desk
import Kernel
import Operations
import Postgres

/// Takes a major incident from who leads it; no row where another one does by now, or it was looked back on.
struct LoseMajorLead: Statement {
  let provider: TenantId
  let major: Int64
  let lead: Int64
  let now: Instant

  static let sql = """
    update major_incidents.major_incident m set lead_id = null, lead_public_id = null, version = m.version + 1, updated_at = $4
    where m.tenant_id = $1 and m.id = $2 and m.lead_id = $3 and m.state <> 'reviewed'
    returning m.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(lead)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Locks a major incident that is to be taken from its lead.
struct HoldLedMajor: Statement {
  let provider: TenantId
  let major: Int64

  static let sql = "select m.id from major_incidents.major_incident m where m.tenant_id = $1 and m.id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Major incidents that are taken from who may not lead them any more. Whoever leads one needs two permissions: who lost either is found by a keeper of
/// its own.
package struct MajorOwners: OwnerKeeper {
  package typealias Note = MajorNote

  package static let all: [any OwnerKeeper] = [MajorRights.work, MajorRights.atEach].map { MajorOwners(permission: $0) }

  package let process = MajorNews.subjectKind
  package let permission: String
  package let subjectKind = MajorNews.subjectKind

  package func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.first(HoldLedMajor(provider: tenant, major: record))
  }

  package func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.first(LoseMajorLead(provider: tenant, major: record, lead: owner, now: now)) != nil
  }

  package func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool {
    try await transaction.execute(EndOffers(OfferSubject.majorIncident(record), of: tenant, at: now)) > 0
  }

  package func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    try await OfferSubject.leadsToRemind(of: offer, of: tenant, provider: provider, at: now, in: transaction)
  }
}
