import Catalog
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Moves on what time, or an act of a customer's people, has left to do: opens the tasks of what was agreed to (which are the staff's own to
/// read), decides approvals whose time is over, and closes what is fulfilled and nobody has objected to, at the instant at which the time was over.
package struct RequestSweep: Sweep {
  package static let kind = "requests.move"
  package static let everySeconds: Int64 = 5
  package static let isPrompt = true

  private let batch: Int64
  private let tenantsAtOnce: Int64

  /// - Parameters:
  ///   - batch: how many of a customer have their turn at once.
  ///   - tenantsAtOnce: how many customers are looked up at once.
  package init(batch: Int64 = 100, tenantsAtOnce: Int64 = 500) {
    self.batch = batch
    self.tenantsAtOnce = tenantsAtOnce
  }

  /// Customers have their turns. One that cannot be moved holds up no other, and is tried again by the next run.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    try await ByTurns.run(share: batch, tenantsAtOnce: tenantsAtOnce) { behind in
      let look = TenantsToMove(now: now, behind: behind, limit: tenantsAtOnce)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } find: { tenant, behind -> [RequestsToMove.Found] in
      let look = RequestsToMove(tenant: tenant, now: now, behind: behind, limit: batch)
      return try await tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) { try await $0.query(look) }
    } name: {
      "request \($0.request)"
    } work: { tenant, one in
      try await tenancy.transaction(binding: [tenant], side: .staff) { try await move(one.request, of: tenant, now, tenancy.random, in: $0) }
    }
  }

  private func move(_ request: Int64, of tenant: TenantId, _ now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    guard let tenant = try await transaction.first(TenantById(tenant: tenant)),
      var work = try await RequestWork.load(request, of: tenant, at: now, random, in: transaction)
    else { return }
    if work.process.request.state == .approved { try await work.open() }
    try await work.save()
  }
}

extension [PersonsOfRequest.Found] {
  /// The persons whom answers name, by the key of the field.
  func named(by answers: [String: PublicId]) -> [String: Int64] {
    answers.compactMapValues { id in first { $0.publicId == id.random }?.id }
  }
}
