import Kernel
import Operations
import Postgres

/// What tickets are told of a change that is to resolve them, or that caused them, for the staff.
package struct ChangeNews: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case linked = "incident.change_linked"
    case unlinked = "incident.change_unlinked"
    /// It was done, with success or without.
    case implemented = "incident.change_implemented"
    case backedOut = "incident.change_backed_out"
    /// It will not be done.
    case cancelled = "incident.change_cancelled"
    /// It brought the incident about, and that it did not after all.
    case caused = "incident.change_caused"
    case notCaused = "incident.change_not_caused"
  }

  private let news: TicketNews

  /// - Parameter outcome: of one that was done: `success` or `failed`.
  package init(_ kind: Kind, of change: PublicId, number: String, outcome: String? = nil, by actor: Actor, at occurredAt: Instant) {
    let told = [Value.Member("change", .id(change)), Value.Member("number", .text(number))]
    let result = outcome.map { [Value.Member("outcome", .text($0))] } ?? []
    news = TicketNews(kind.rawValue, .object(told + result), by: actor, at: occurredAt)
  }

  /// Tells them. They must be held (``TicketNews/hold(_:of:in:)``) by the same transaction.
  package func tell(_ tickets: [Int64], of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws {
    try await news.tell(tickets, of: tenant, at: now, in: transaction)
  }

  /// A ticket that waits for a change.
  package struct Waiting: Sendable {
    package let ticket: [UInt8]
    package let version: Int64
  }

  /// The ticket, if it waits for a change, and did so at an instant already. It must be held by the same transaction.
  package static func waiting(_ ticket: Int64, of tenant: TenantId, since instant: Instant, in transaction: Transaction) async throws -> Waiting? {
    try await transaction.first(TicketAwaitingChange(tenant: tenant, ticket: ticket, since: instant))
  }
}
