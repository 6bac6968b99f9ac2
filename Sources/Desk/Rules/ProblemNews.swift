import Kernel
import Operations
import Postgres

/// What tickets are told of a problem that is behind them: an event in the history of each, for the staff. It raises no version: whoever
/// read the ticket before may still act on it.
package struct ProblemNews: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case linked = "incident.problem_linked"
    case unlinked = "incident.problem_unlinked"
    /// It is known what helps meanwhile; for open tickets.
    case workaround = "incident.problem_workaround"
    /// An article tells it as a known error.
    case knownError = "incident.problem_known_error"
    case resolved = "incident.problem_resolved"
    case closed = "incident.problem_closed"
    case reopened = "incident.problem_reopened"
    case cancelled = "incident.problem_cancelled"

    /// What is over is told nothing of what helps meanwhile.
    fileprivate var isForOpenOnly: Bool { self == .workaround }
  }

  let kind: Kind
  /// The problem's id and number.
  let payload: Value
  let actor: Actor
  let occurredAt: Instant

  package init(_ kind: Kind, of problem: PublicId, number: String, by actor: Actor, at occurredAt: Instant) {
    self.kind = kind
    payload = .object(["problem": .id(problem), "number": .text(number)])
    self.actor = actor
    self.occurredAt = occurredAt
  }

  /// Tells them. They must be held (``hold(_:of:in:)``) by the same transaction.
  /// - Returns: those that were told.
  @discardableResult
  package func tell(_ tickets: [Int64], of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> [Int64] {
    try await transaction.query(TellTickets(news: self, isForOpenOnly: kind.isForOpenOnly, tickets: tickets, tenant: tenant, now: now))
  }

  /// Keeps other acts on the tickets waiting until the transaction ends; everybody locks several in this order.
  package static func hold(_ tickets: [Int64], of tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldTicketRows(tenant: tenant, tickets: tickets))
  }
}
