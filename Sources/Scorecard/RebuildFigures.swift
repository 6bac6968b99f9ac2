import Kernel
import Postgres
import Tenancy

/// Computes a customer's figures anew from its tickets: after an import, after the customer's zone changed, and to prove
/// that the refresh keeps them right. The transaction is bound to the customer.
package enum RebuildFigures {
  /// - Parameter contract: only this contract's; 0 the tickets that no contract covers; nil all.
  package static func run(tenant: TenantId, contract: Int64? = nil, at now: Instant, in transaction: Transaction) async throws {
    // The lock comes first and alone: what follows must see all that the writer before it committed.
    try await transaction.execute(LockProgress(tenant: tenant, now: now))
    transaction.enqueue(ForgetDaily(tenant: tenant, contract: contract))
    transaction.enqueue(ForgetFactsOfContract(tenant: tenant, contract: contract))
    transaction.enqueue(RebuildFacts(tenant: tenant, contract: contract))
    try await transaction.execute(RebuildDaily(tenant: tenant, contract: contract))
  }
}
