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
    while true {
      let look = TextsPending(after: TextsPending.Found(place: turn.place), limit: Self.look)
      let pending = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      if pending.isEmpty { break }
      for (tenant, found) in Dictionary(grouping: pending, by: \.tenant).sorted(by: { $0.key < $1.key }) {
        var rest = found.map(\.ticket)[...]
        while let last = rest.prefix(Self.piece).last {
          try await Self.write(Array(rest.prefix(Self.piece)), of: tenant, at: now, tenancy, &turn.undone)
          FaultPoint.sweepStep.reach()
          rest = rest.dropFirst(Self.piece)
          // Behind it: what was done is still there for the database, until it is vacuumed away.
          turn.place = [tenant.rawValue, last]
          if turn.isOver { return }
        }
      }
    }
    turn.place = nil
  }

  /// Together; where that fails, each by itself, so that one ticket stops no other. What the database refuses is not tried again; anything else
  /// (a lock, a time that was over) the next run finds again.
  private static func write(
    _ tickets: [Int64], of tenant: TenantId, at now: Instant, _ tenancy: Tenancy, _ undone: inout LeftUndone
  ) async throws {
    try Task.checkCancellation()
    do {
      try await tenancy.transaction(binding: [tenant], side: .staff) { try await write(tickets, of: tenant, in: $0) }
    } catch let error as PostgresError where error.isOfDatabase {
      // No other fares better.
      throw error
    } catch  where !Task.isCancelled {
      guard tickets.count == 1 else {
        for ticket in tickets { try await write([ticket], of: tenant, at: now, tenancy, &undone) }
        return
      }
      guard let refusal = error as? PostgresError, refusal.isRefusal else {
        for ticket in tickets { undone.add("words of ticket \(ticket) of tenant \(tenant)", error) }
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
      var sheets = SearchSheets(ticket.text.searchText, title: ticket.text.titleText)
      var said: [SaidOfTicket.Found] = []
      repeat {
        // Once it is held: what was said while this waited is there.
        said = try await transaction.query(SaidOfTicket(tenant: tenant, ticket: ticket.id, after: said.last, limit: comments))
        for comment in said { sheets.add(comment.body, as: comment.visibility.searchWeight) }
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
