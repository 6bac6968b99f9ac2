import Kernel
import Operations

/// Offers of problems, changes, releases and major incidents, by the same rule as those of incidents: who answered goes on until somebody accepts. Whoever calls holds the row.
extension OperationContext {
  /// - Returns: what the history says of it.
  /// - Throws: ``Failure`` where it is offered to both or neither, to who has it already, or is offered already.
  package func offer(
    _ subject: OfferSubject, from: (id: Int64, publicId: [UInt8]), to: (id: Int64, publicId: [UInt8])?, team: PublicId?, reason: String?
  ) async throws -> Value {
    // A team that there is not is answered alike, whatever else is told.
    let row: Int64? =
      if let team { try await self.team(team, "team") } else { nil }
    guard (to == nil) != (team == nil) else { throw Failure.invalid("staff", SpineMessages.oneReceiver) }
    guard to?.id != from.id else { throw Failure.invalid("staff", SpineMessages.offeredToOwner) }
    guard try await transaction.first(OpenOffer(provider: provider.id, subject: subject)) == nil else {
      throw Failure(.conflict, SpineMessages.offeredAlready)
    }
    transaction.enqueue(
      InsertOffer(
        provider: provider.id, subject: subject, from: Ticket.Reference(id: from.id, publicId: from.publicId),
        to: to.map { Ticket.Reference(id: $0.id, publicId: $0.publicId) }, team: row, reason: reason, actor: actor, actorName: principal.name, now: now))
    return .object([
      "from": .id(id(.staff, from.publicId)), "staff": .id(to.map { id(.staff, $0.publicId) }), "team": .id(team),
    ])
  }

  /// The offer that the caller accepts: one to himself, or to his team.
  package func acceptOffer(of subject: OfferSubject) async throws -> HandoverRow {
    let offer = try await openOffer(of: subject)
    guard actor.kind == .staff else { throw Failure.invalid("", SpineMessages.ownerIsStaff) }
    guard offer.to == nil || offer.to == actor.id else { throw Failure(.conflict, SpineMessages.offeredToAnother) }
    try await requireTeam(of: offer, subject.permission, for: nil)
    settle(offer, .accepted, nil)
    return offer
  }

  /// Whom it was offered to returns it; who offered it, or answers for it, withdraws it.
  /// - Returns: the offer, and what became of it.
  package func returnOffer(
    of subject: OfferSubject, owner: Int64?, reason: String
  ) async throws -> (offer: HandoverRow, outcome: HandoverRow.Outcome) {
    let offer = try await openOffer(of: subject)
    let outcome = try offer.ending(by: principal, owner: owner)
    if outcome == .returned { try await requireTeam(of: offer, subject.permission, for: nil) }
    settle(offer, outcome, reason)
    return (offer, outcome)
  }

  /// The offer that nobody has answered, for who reads what is offered.
  package func standingOffer(of subject: OfferSubject) async throws -> HandoverRecord? {
    try await transaction.first(OpenOffer(provider: provider.id, subject: subject)).map { HandoverRecord($0, in: self) }
  }

  private func openOffer(of subject: OfferSubject) async throws -> HandoverRow {
    guard let offer = try await transaction.first(OpenOffer(provider: provider.id, subject: subject)) else {
      throw Failure(.conflict, SpineMessages.notOffered)
    }
    return offer
  }

  private func settle(_ offer: HandoverRow, _ outcome: HandoverRow.Outcome, _ reason: String?) {
    transaction.enqueue(
      AnswerOffer(
        provider: provider.id, id: offer.id, outcome: outcome, reason: reason, answerer: actor, answererName: principal.name, now: now))
  }
}
