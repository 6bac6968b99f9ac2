import Kernel
import Operations

/// Whom a ticket concerns, and where, corrected after it was recorded.
extension TicketWork {
  /// With the requester the unit becomes his, where it was the former one's or there was none: one that somebody named otherwise stays. What becomes
  /// of the line, ``follow(_:_:)`` says.
  mutating func correct(requester: Change<PublicId>, unit: Change<PublicId>) async throws {
    let former = ticket.requester
    switch requester {
    case .keep: break
    case .clear: ticket.requester = nil
    case .set(let id):
      let found = try await context.transaction.first(PersonForTicket(tenant: context.tenant.id, publicId: id.random, id: nil))
      guard let found else { throw context.unknownReference("requester") }
      // Who has left stays where he is named, and is named nowhere anew.
      guard !found.hasLeft || found.person.id == former?.id else { throw Failure.invalid("requester", AccountMessages.personLeft) }
      if found.person.id != former?.id, try await hasUnit(of: former) { ticket.unit = found.unit }
      ticket.requester = found.person
    }
    switch unit {
    case .keep: break
    case .clear: ticket.unit = nil
    case .set(let id): ticket.unit = Ticket.Reference(id: try await context.unit(id, "unit"), publicId: id.random)
    }
    if let former, ticket.requester?.id != former.id { try await endWatch(of: former) }
  }

  /// Whether it concerns another person or unit now, and its line may follow.
  func lineFollowsRequester(since before: Ticket) -> Bool {
    let isAnother = ticket.requester?.id != before.requester?.id || ticket.unit?.id != before.unit?.id
    return isAnother && !ticket.targetsLocked
  }

  private func hasUnit(of person: Ticket.Reference?) async throws -> Bool {
    guard let unit = ticket.unit else { return true }
    guard let person else { return false }
    let found = try await context.transaction.first(PersonForTicket(tenant: context.tenant.id, publicId: nil, id: person.id))
    return found?.unit?.id == unit.id
  }

  /// Who was its requester by mistake hears nothing of it any more, also where he watched what he took for his own.
  private mutating func endWatch(of person: Ticket.Reference) async throws {
    let watch = DeleteWatcher(tenant: context.tenant.id, ticket: ticket.id, watcher: .person(person))
    guard try await context.transaction.first(watch) != nil else { return }
    note(TicketEventType.unwatched, .object(["person": .id(context.id(.person, person.publicId))]))
  }
}

extension TicketEventType {
  /// Whether such an event says who the requester is from then on: he is told of the ticket.
  package static func namesRequester(_ type: String, _ payload: Value) -> Bool {
    type == changed && (payload["changes"]?.array ?? []).contains { $0["key"]?.text == "requester" && $0["became"]?.text != nil }
  }
}

extension [TicketEventRow] {
  /// Whether requester or unit were corrected while the targets are locked.
  var correctedRequesterSinceLock: Bool {
    let lock = last { $0.type == TicketEventType.targetsLocked }?.seq ?? 0
    return contains { event in
      event.seq > lock && event.type == TicketEventType.changed
        && (event.payload["fields"]?.array ?? []).contains { $0.text == "requester" || $0.text == "unit" }
    }
  }
}
