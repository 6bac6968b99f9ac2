import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Brings the figures of tickets that changed up to date, tenant by tenant in small batches. Facts, sums and the taken
/// outbox rows are one transaction, so each change is counted exactly once however often a worker dies.
package struct RefreshFigures: LongSweep {
  package static let kind = "scorecard.refresh"
  package static let everySeconds: Int64 = 5

  /// Few enough for a transaction of some tens of milliseconds.
  static let batch: Int64 = 500
  /// A tenant with more waiting goes on at the next run, after the others.
  private static let batchesAtOnce = 20

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    while true {
      let look = OutboxTenants(of: "scorecard", after: turn.place?.first ?? 0)
      let tenants = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for tenant in tenants {
        turn.place = [tenant.rawValue]
        // A tenant whose figures cannot be brought up to date holds up no other.
        do {
          for _ in 0..<Self.batchesAtOnce {
            try Task.checkCancellation()
            let taken = try await tenancy.transaction(binding: [tenant], side: .staff) { try await Self.refresh(tenant, at: now, in: $0) }
            FaultPoint.sweepStep.reach()
            guard taken >= Self.batch else { break }
          }
        } catch let error as PostgresError where error.isOfDatabase {
          // No other fares better.
          throw error
        } catch  where !Task.isCancelled {
          turn.undone.add("figures of tenant \(tenant)", error)
        }
        if turn.isOver { return }
      }
      guard tenants.count >= OutboxTenants.most else { break }
    }
    turn.place = nil
  }

  /// Takes one batch of changed tickets into the figures.
  /// - Returns: how many outbox rows were taken.
  package static func refresh(_ tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Int64 {
    // The lock comes first and alone: what follows must see all that the writer before it committed.
    try await transaction.execute(LockProgress(tenant: tenant, now: now))
    let taken = try await transaction.query(TakeChangedTickets(tenant: tenant, limit: batch))
    let tickets = Set(taken.filter { $0.kind == "ticket" }.map(\.id)).sorted()
    if !tickets.isEmpty { try await refresh(tickets: tickets, of: tenant, in: transaction) }
    return Int64(taken.count)
  }

  private static func refresh(tickets: [Int64], of tenant: TenantId, in transaction: Transaction) async throws {
    let (stored, derived) = try await transaction.query(StoredFacts(tenant: tenant, tickets: tickets), DerivedFacts(tenant: tenant, tickets: tickets))
    let storedByTicket = Dictionary(stored.map { ($0.ticket, $0) }) { first, _ in first }
    let changed = derived.filter { storedByTicket[$0.ticket] != $0 }
    let found = Set(derived.map(\.ticket))
    let gone = stored.filter { !found.contains($0.ticket) }
    let outdated = changed.compactMap { storedByTicket[$0.ticket] } + gone
    if !changed.isEmpty { transaction.enqueue(StoreFacts(tenant: tenant, facts: changed)) }
    if !gone.isEmpty { transaction.enqueue(ForgetFacts(tenant: tenant, tickets: gone.map(\.ticket))) }
    let changes = DailyDifference.from(outdated, to: changed)
    guard !changes.isEmpty else { return }
    transaction.enqueue(AddToDaily(tenant: tenant, changes: changes))
    transaction.enqueue(RemoveEmptyDays(tenant: tenant, keys: changes.map(\.key)))
  }
}
