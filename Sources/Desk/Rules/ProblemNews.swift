import Kernel
import Operations
import Postgres

/// What tickets are told of a problem that is behind them, for the staff.
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

  private let news: TicketNews

  package init(_ kind: Kind, of problem: PublicId, number: String, by actor: Actor, at occurredAt: Instant) {
    news = TicketNews(
      kind.rawValue, .object(["problem": .id(problem), "number": .text(number)]), by: actor, at: occurredAt, isForOpenOnly: kind.isForOpenOnly)
  }

  /// Tells them. They must be held (``TicketNews/hold(_:of:in:)``) by the same transaction.
  /// - Returns: those that were told.
  @discardableResult
  package func tell(_ tickets: [Int64], of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> [Int64] {
    try await news.tell(tickets, of: tenant, at: now, in: transaction)
  }
}
