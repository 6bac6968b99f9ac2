import Jobs
import Kernel
import Knowledge
import Postgres
import Tenancy

/// Writes what tickets are found by that came in bulk: those of an import, and those of before there was a search. In small pieces:
/// acts on their tickets wait for one of them only.
package struct TicketTextSweep: LongSweep {
  package static let kind = "desk.ticket_text"
  package static let everySeconds: Int64 = 5

  private static let look: Int64 = 1000
  private static let piece = 100
  private static let comments: Int64 = 200

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    repeat {
      try Task.checkCancellation()
      let look = TextsPending(after: TextsPending.Found(place: turn.place), limit: Self.look)
      let pending = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for (tenant, found) in Dictionary(grouping: pending, by: \.tenant).sorted(by: { $0.key < $1.key }) {
        var rest = found.map(\.ticket)[...]
        while !rest.isEmpty {
          let tickets = Array(rest.prefix(Self.piece))
          rest = rest.dropFirst(Self.piece)
          try await Self.write(tickets, of: tenant, at: now, tenancy)
        }
      }
      // Behind it: what was done is still there for the database, until it is vacuumed away.
      turn.place = pending.last?.place
    } while turn.place != nil && !turn.isOver
  }

  /// Together; where the database refuses one, each by itself, so that one ticket stops no other.
  private static func write(_ tickets: [Int64], of tenant: TenantId, at now: Instant, _ tenancy: Tenancy) async throws {
    try Task.checkCancellation()
    do {
      try await tenancy.transaction(binding: [tenant], side: .staff) { try await write(tickets, of: tenant, in: $0) }
    } catch let error as PostgresError where error.isRefusal {
      guard tickets.count == 1 else {
        for ticket in tickets { try await write([ticket], of: tenant, at: now, tenancy) }
        return
      }
      try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
        for ticket in tickets { transaction.enqueue(RefusePendingText(tenant: tenant, ticket: ticket, now: now)) }
      }
    }
  }

  private static func write(_ tickets: [Int64], of tenant: TenantId, in transaction: Transaction) async throws {
    let held = try await transaction.query(HoldTexts(tenant: tenant, tickets: tickets))
    for ticket in held {
      var sheets = TicketSheets(ticket.text)
      var said: [SaidOfTicket.Found] = []
      repeat {
        // Once it is held: what was said while this waited is there.
        said = try await transaction.query(SaidOfTicket(tenant: tenant, ticket: ticket.id, after: said.last, limit: comments))
        for comment in said { sheets.add(comment.body, as: comment.visibility) }
      } while said.count == Int(comments)
      for (sheet, search) in sheets.sheets.enumerated() {
        transaction.enqueue(FillTicketText(tenant: tenant, ticket: ticket, sheet: sheet, search: search))
      }
    }
    transaction.enqueue(DropPendingTexts(tenant: tenant, tickets: tickets))
  }
}

extension PostgresError {
  /// The server took the statement and refuses what is in it: data, a constraint, or one of its limits (classes 22, 23 and 54).
  fileprivate var isRefusal: Bool { ["22", "23", "54"].contains(sqlState?.prefix(2)) }
}
