import Kernel
import Operations
import Postgres

/// What tickets are told that no act on them brought about: the same event in the history of each, and work for whoever tells people of it. It
/// raises no version: whoever read the ticket before may still act on it.
package struct TicketNews: Sendable {
  let type: String
  let payload: Value
  let actor: Actor
  let occurredAt: Instant
  /// What is over is told nothing of it.
  let isForOpenOnly: Bool

  /// - Parameters:
  ///   - type: of ``TicketEventType``.
  ///   - payload: codes and ids, never what somebody wrote.
  package init(_ type: String, _ payload: Value, by actor: Actor, at occurredAt: Instant, isForOpenOnly: Bool = false) {
    self.type = type
    self.payload = payload
    self.actor = actor
    self.occurredAt = occurredAt
    self.isForOpenOnly = isForOpenOnly
  }

  /// Tells them. They must be held (``hold(_:of:in:)``) by the same transaction.
  /// - Returns: those that were told.
  @discardableResult
  package func tell(_ tickets: [Int64], of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> [Int64] {
    try await transaction.query(TellTickets(news: self, tickets: tickets, tenant: tenant, now: now))
  }

  /// Keeps other acts on the tickets waiting until the transaction ends; everybody locks several in this order.
  package static func hold(_ tickets: [Int64], of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldTicketRows(tenant: tenant, tickets: tickets))
  }
}
