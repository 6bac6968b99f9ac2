import Kernel
import Postgres
import Tenancy

/// Computes a customer's figures anew from its tickets: after an import, after the customer's zone changed, and to prove
/// that the refresh keeps them right. The transaction is bound to the customer.
package enum RebuildFigures {
  /// A statement must end within its time, however many tickets there are.
  private static let ticketsAtOnce: Int64 = 100_000

  /// - Parameter contract: only this contract's; 0 the tickets that no contract covers; nil all.
  package static func run(tenant: TenantId, contract: Int64? = nil, at now: Instant, in transaction: Transaction) async throws {
    // The lock comes first and alone: what follows must see all that the writer before it committed.
    try await transaction.execute(LockProgress(tenant: tenant, now: now))
    transaction.enqueue(ForgetMovedFacts(tenant: tenant, contract: contract))
    var after: Int64 = 0
    while let end = try await transaction.first(EndOfTickets(tenant: tenant, after: after, count: ticketsAtOnce)) ?? nil {
      transaction.enqueue(RebuildFacts(tenant: tenant, contract: contract, after: after, upTo: end))
      after = end
    }
    transaction.enqueue(ForgetDaily(tenant: tenant, contract: contract))
    try await transaction.execute(RebuildDaily(tenant: tenant, contract: contract))
  }
}
