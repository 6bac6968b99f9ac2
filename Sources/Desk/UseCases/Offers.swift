import Kernel
import Operations

/// Whom something is offered to.
package enum OfferReceiver: Sendable {
  case staff(id: Int64, publicId: [UInt8])
  case team(id: Int64, publicId: PublicId)
}

/// Hand-over by offer of one thing, whatever it is: who answered goes on until somebody accepts. Whoever calls holds the row; the provider's tenant is
/// bound.
package struct Offering<Subject: OfferedSubject>: Sendable {
  private let subject: Subject
  private let tenant: TenantId
  private let permissions: [String]
  private let customers: [TenantId]
  private let context: OperationContext

  /// - Parameters:
  ///   - tenant: whose row it is.
  ///   - permissions: what whoever takes it on needs.
  ///   - customers: for each of whom he needs them, by one grant or several: one person answers for it, so none of them may be out of his reach. None:
  ///     for all customers there are.
  package init(_ subject: Subject, of tenant: TenantId, needing permissions: [String], for customers: [TenantId], in context: OperationContext) {
    (self.subject, self.tenant) = (subject, tenant)
    (self.permissions, self.customers) = (permissions, customers)
    self.context = context
  }

  /// Whoever answers for it hands it over, or, for one who is away, whoever keeps the contracts of all whom it concerns.
  package func mayHandOver(from owner: Int64) -> Bool { context.actor.kind == .staff && context.actor.id == owner || keepsContracts }

  /// Whom a body names.
  /// - Parameter concerned: whose delivery models name the team; nil: the bound customer's.
  /// - Throws: ``Failure`` where it is both or neither, or a team of which nobody could accept: it would wait for nobody.
  package func receiver(staff: (id: Int64, publicId: [UInt8])?, team: PublicId?, of concerned: [TenantId]? = nil) async throws -> OfferReceiver {
    // A team that there is not is answered alike, whatever else is told.
    guard let team else {
      guard let staff else { throw Failure.invalid("staff", HandoverMessages.oneReceiver) }
      return .staff(id: staff.id, publicId: staff.publicId)
    }
    let row = try await context.team(team, "team")
    if let concerned {
      try await context.requireAllowed(row, for: concerned, "team")
    } else {
      try await context.requireAllowed(row, "team")
    }
    guard staff == nil else { throw Failure.invalid("staff", HandoverMessages.oneReceiver) }
    if let found = try await takers(of: team.random), found.hasNobody {
      throw Failure.invalid(
        "team", HandoverMessages.teamMayNotWork, ["team": found.name, "permissions": permissions.joined(separator: ", ")])
    }
    return .team(id: row, publicId: team)
  }

  /// - Returns: what the history says of it.
  /// - Throws: ``Failure`` where it is offered to who has it already, or is offered already.
  package func offer(from owner: (id: Int64, publicId: [UInt8]), to receiver: OfferReceiver, reason: String?) async throws -> Value {
    var staff: Ticket.Reference?
    var team: (id: Int64, publicId: PublicId)?
    switch receiver {
    case .staff(let id, let publicId): staff = Ticket.Reference(id: id, publicId: publicId)
    case .team(let id, let publicId): team = (id: id, publicId: publicId)
    }
    guard staff?.id != owner.id else { throw Failure.invalid("staff", HandoverMessages.offeredToOwner) }
    guard try await standing() == nil else { throw Failure(.conflict, HandoverMessages.offeredAlready) }
    context.transaction.enqueue(
      InsertOffer(
        subject: subject, tenant: tenant, from: Ticket.Reference(id: owner.id, publicId: owner.publicId), to: staff, team: team?.id, reason: reason,
        actor: context.actor, actorName: context.principal.name, now: context.now))
    return .object([
      "from": .id(context.id(.staff, owner.publicId)), "staff": .id(staff.map { context.id(.staff, $0.publicId) }), "team": .id(team?.publicId),
    ])
  }

  /// The offer that the caller accepts: one to himself, or to his team.
  @discardableResult package func accept() async throws -> HandoverRow {
    let offer = try await toAnswer()
    guard context.actor.kind == .staff else { throw Failure.invalid("", HandoverMessages.ownerIsStaff) }
    guard offer.to == nil || offer.to == context.actor.id else { throw Failure(.conflict, HandoverMessages.offeredToAnother) }
    try await requireMember(of: offer)
    settle(offer, .accepted, nil)
    return offer
  }

  /// Whom it was offered to returns it; who offered it, or answers for it, withdraws it.
  /// - Parameter owner: the account that answers for it.
  /// - Returns: the offer, and what became of it.
  package func end(owner: Int64?, reason: String) async throws -> (offer: HandoverRow, outcome: HandoverRow.Outcome) {
    let offer = try await toAnswer()
    let outcome = try offer.ending(by: context.principal, owner: owner)
    if outcome == .returned { try await requireMember(of: offer) }
    settle(offer, outcome, reason)
    return (offer, outcome)
  }

  private func standing() async throws -> HandoverRow? { try await context.transaction.first(OpenOffer(subject: subject, tenant: tenant)) }

  private func toAnswer() async throws -> HandoverRow {
    guard let offer = try await standing() else { throw Failure(.conflict, HandoverMessages.notOffered) }
    return offer
  }

  private func settle(_ offer: HandoverRow, _ outcome: HandoverRow.Outcome, _ reason: String?) {
    context.transaction.enqueue(
      AnswerOffer<Subject>(
        tenant: tenant, id: offer.id, outcome: outcome, reason: reason, answerer: context.actor, answererName: context.principal.name,
        now: context.now))
  }

  /// What a team is offered its members answer, or who may hand over for others; of a team without members, whoever may, and where none of them may take
  /// it on any more, until the sweep ends the offer.
  private func requireMember(of offer: HandoverRow) async throws {
    guard let team = offer.team, !keepsContracts, let found = try await takers(of: team), found.hasMembers, !found.hasNobody, !found.isMember else { return }
    throw Failure(.conflict, HandoverMessages.offeredToTeam, ["team": found.name])
  }

  private func takers(of team: [UInt8]) async throws -> TakersOfTeam.Found? {
    let account = context.actor.kind == .staff ? context.actor.id : nil
    return try await context.transaction.first(
      TakersOfTeam(
        provider: context.provider.id, team: team, permissions: permissions, customers: customers, account: account, now: context.now))
  }

  private var keepsContracts: Bool {
    guard let access = context.principal.access("contract.manage", honouring: [.listed, .all], at: context.now) else { return false }
    return customers.isEmpty ? access.reaches(context.provider.id) : customers.allSatisfy { access.reaches($0) }
  }
}

extension OperationContext {
  /// A page of the offers of what the caller sees, and what became of each.
  package func handovers<Subject: OfferedSubject>(
    of subject: Subject, in tenant: TenantId, _ id: PublicId, _ limit: Int64?, _ cursor: String?
  ) async throws -> Listing<HandoverRecord> {
    let filter = id.description
    let (most, after) = try page(limit, cursor, filter: filter)
    let rows = try await transaction.query(OffersOf(subject: subject, tenant: tenant, after: try after?.integer(0) ?? 0, limit: most + 1))
    return listing(rows, limit: most, filter: filter, key: { PageCursor([.integer($0.id)]) }) { HandoverRecord($0, in: self) }
  }

  /// The offer that nobody has answered, for who reads what is offered.
  package func standingOffer(of subject: OfferSubject) async throws -> HandoverRecord? {
    try await transaction.first(OpenOffer(subject: subject, tenant: provider.id)).map { HandoverRecord($0, in: self) }
  }
}
