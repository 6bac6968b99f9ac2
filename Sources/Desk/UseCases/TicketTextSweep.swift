import Jobs
import Kernel
import Knowledge
import Postgres
import Tenancy

/// Writes what tickets are found by that came in bulk: those of an import, and those of before there was a search. In small pieces:
/// acts on their tickets wait for one of them only.
package struct TicketTextSweep: Sweep {
  package static let kind = "desk.ticket_text"
  package static let everySeconds: Int64 = 5

  private static let look: Int64 = 1000
  private static let piece = 100

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    while true {
      try Task.checkCancellation()
      let pending = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(TextsPending(limit: Self.look)) }
      guard !pending.isEmpty else { return }
      for (tenant, found) in Dictionary(grouping: pending, by: \.tenant).sorted(by: { $0.key < $1.key }) {
        var rest = found.map(\.ticket)[...]
        while !rest.isEmpty {
          try Task.checkCancellation()
          let tickets = Array(rest.prefix(Self.piece))
          rest = rest.dropFirst(Self.piece)
          try await tenancy.transaction(binding: [tenant], side: .staff) { try await Self.write(tickets, of: tenant, in: $0) }
        }
      }
    }
  }

  private static func write(_ tickets: [Int64], of tenant: TenantId, in transaction: Transaction) async throws {
    let held = try await transaction.query(HoldTexts(tenant: tenant, tickets: tickets))
    // Once they are held: what was said while this waited is there.
    let said = Dictionary(grouping: try await transaction.query(SaidOfTickets(tenant: tenant, tickets: held.map(\.id))), by: \.ticket)
    for ticket in held {
      var search = ticket.text.searchText
      let written = search.size
      for comment in said[ticket.id] ?? [] where search.size - written < AppendTicketText.enough {
        search.add(comment.body, as: comment.visibility.searchWeight)
      }
      transaction.enqueue(FillTicketText(tenant: tenant, ticket: ticket, search: search, said: search.size - written))
    }
    transaction.enqueue(DropPendingTexts(tenant: tenant, tickets: tickets))
  }
}
