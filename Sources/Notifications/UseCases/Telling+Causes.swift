import Desk
import Kernel
import Operations
import Postgres

extension Telling {
  /// What happened, in the order in which it was left.
  func causes(_ waiting: [OutboxEntry], in transaction: Transaction) async throws -> [Cause] {
    let byId = Dictionary(waiting.map { ($0.id, $0) }) { first, _ in first }
    let ofTickets = waiting.filter { Self.ticketKinds.contains($0.kind) }
    let ofAccounts = waiting.filter { !Self.ticketKinds.contains($0.kind) }
    var causes: [(id: Int64, cause: Cause)] = []
    if !ofTickets.isEmpty {
      let events = try await transaction.query(EventsOfCauses(tenant: tenant, causes: ofTickets))
      causes += events.compactMap { found in
        byId[found.cause].flatMap { Cause($0, found.event, .ticket(found.ticket)) }.map { (found.cause, $0) }
      }
      causes += try await newsForNewRequesters(events, byId, in: transaction)
    }
    causes += try await clocksOfRequests(waiting.filter { Self.clockKinds.contains($0.kind) }, byId, in: transaction)
    if !ofAccounts.isEmpty {
      let events = try await transaction.query(AccountEvents(tenant: tenant, causes: ofAccounts))
      let matters = try await AccountMatters(events, byId, tenant: tenant, at: now, in: transaction)
      let ofMatters: [(id: Int64, cause: Cause)] = events.compactMap { found in
        guard let entry = byId[found.cause], let matter = matters[entry.kind, found.subject, found.event] else { return nil }
        return Cause(entry, found.event, .account(matter)).map { (id: found.cause, cause: $0) }
      }
      causes += Self.withoutEarlierGifts(ofMatters)
    }
    return causes.sorted { $0.id < $1.id }.map(\.cause)
  }

  /// Of a task that was opened and given, and of what was given twice, before anybody was told, the last alone: all speak of the team that has it now,
  /// which hears once.
  private static func withoutEarlierGifts(_ causes: [(id: Int64, cause: Cause)]) -> [(id: Int64, cause: Cause)] {
    var last: [String: Int64] = [:]
    for one in causes {
      if let gift = one.cause.gift { last[gift] = max(last[gift] ?? one.id, one.id) }
    }
    return causes.filter { one in one.cause.gift.map { last[$0] == one.id } ?? true }
  }

  /// What time did to promises about requests.
  private func clocksOfRequests(
    _ waiting: [OutboxEntry], _ byId: [Int64: OutboxEntry], in transaction: Transaction
  ) async throws -> [(id: Int64, cause: Cause)] {
    guard !waiting.isEmpty else { return [] }
    let events = try await transaction.query(RequestClockEvents(tenant: tenant, causes: waiting))
    guard !events.isEmpty else { return [] }
    let found = try await transaction.query(RequestsToTell(tenant: tenant, ids: Set(events.map(\.subject)).sorted()))
    let requests = Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    return events.compactMap { event in
      guard let entry = byId[event.cause], let request = requests[event.subject], let cause = Cause(entry, event.event, .account(.request(request))) else {
        return nil
      }
      return (id: event.cause, cause: cause)
    }
  }

  /// Whoever is the requester of a ticket only since it was corrected is told how it stands as he would have been, had it been his from the beginning: by
  /// the same name, so that he is told once, whichever of the two is told first.
  private func newsForNewRequesters(
    _ found: [EventsOfCauses.Found], _ byId: [Int64: OutboxEntry], in transaction: Transaction
  ) async throws -> [(id: Int64, cause: Cause)] {
    let corrected = found.filter { TicketEventType.namesRequester($0.event.type, $0.event.payload) }
    guard !corrected.isEmpty else { return [] }
    let news = try await transaction.query(NewsOfTickets(tenant: tenant, tickets: Set(corrected.map(\.ticket.id)).sorted()))
    return corrected.compactMap { correction in
      guard let entry = byId[correction.cause], let told = news.first(where: { $0.entry.subject == correction.ticket.id }),
        let cause = Cause(told.entry, told.event, .ticket(correction.ticket))
      else { return nil }
      return (id: correction.cause, cause: cause.toNewRequester(at: entry.recordedAt))
    }
  }
}
