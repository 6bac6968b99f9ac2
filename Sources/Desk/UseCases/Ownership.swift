import Kernel
import Operations

/// Somebody answers for an incident from now on, for which nobody did.
package enum TakeOwnership: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "incident.take", "Answer for an incident that nobody answers for yet.", zh: "认领尚无负责人的事件。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    guard work.ticket.owner == nil else { throw Failure(.conflict, SpineMessages.owned) }
    work.own(try await context.ownAccount(or: SpineMessages.ownerIsStaff))
    work.save()
    return work.record
  }
}

/// An incident is offered to somebody, or to a team: until they accept, its owner answers for it.
package enum OfferOwnership: Operation {
  package typealias Input = OfferInput<IncidentFields>

  package static let declaration = Declaration(
    "incident.offer", "Offer to hand an incident over to a member of the staff or a team; until they accept, its owner answers for it.",
    zh: "将事件移交给某人或某团队；对方接受之前仍由原负责人负责。", permission: IncidentFields.work, roles: IncidentFields.workers,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireOpen()
    let receiver = try await context.worker(input.staff, "staff")
    let named = receiver.map { (id: $0.reference.id, publicId: $0.reference.publicId) }
    let to = try await work.offering.receiver(staff: named, team: input.team)
    guard let owner = work.ticket.owner else { throw Failure(.conflict, SpineMessages.notOwned) }
    guard work.offering.mayHandOver(from: owner.id) else { throw Failure(.conflict, SpineMessages.notYours) }
    guard receiver?.mayWork ?? true else { throw Failure.invalid("staff", SpineMessages.mayNotWork) }
    let told = try await work.offering.offer(from: (id: owner.id, publicId: owner.publicId), to: to, reason: input.reason)
    work.note(TicketEventType.ownershipOffered, told)
    work.save()
    return work.record
  }
}

/// Who it was offered to answers for the incident from now on; of an offer to a team, whichever of its members accepts.
package enum AcceptOwnership: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "incident.accept_offer", "Accept an incident that was offered to oneself, or to one's team: from now on one answers for it.", zh: "接受移交给本人或本团队的事件并对其负责。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    try await work.offering.accept()
    work.own(try await context.ownAccount(or: SpineMessages.ownerIsStaff))
    work.save()
    return work.record
  }
}

/// Who it was offered to does not take it, or whoever offered it thinks again: its owner goes on to answer for the incident.
package enum ReturnOwnership: Operation {
  package typealias Input = OfferAnswerInput<IncidentFields>

  package static let declaration = Declaration(
    "incident.return_offer",
    "Return an incident that was offered to oneself or to one's team, or withdraw one's own offer: its owner answers for it as before.",
    zh: "退回移交给本人或本团队的事件，或撤回本人发起的移交；仍由原负责人负责。", permission: IncidentFields.work, roles: IncidentFields.workers,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var work = try await TicketWork.begin(on: input.id, in: context)
    let outcome = try await work.offering.end(owner: work.ticket.owner?.id, reason: input.reason).outcome
    work.note(TicketEventType.ownershipReturned, .object(["outcome": .text(outcome.rawValue)]))
    work.save()
    return work.record
  }
}

package enum ListHandovers: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.handovers", "List the offers to hand an incident over, and what became of each.", zh: "列出事件的移交记录及结果。",
    roles: [.administrator, .accountManager, .engineer], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HandoverRecord> {
    let ticket = try await context.ticket(input.id)
    return try await context.handovers(of: OfferedTicket(id: ticket.id), in: context.tenant.id, input.id, input.limit, input.cursor)
  }
}

extension TicketWork {
  fileprivate var offering: Offering<OfferedTicket> {
    let tenant = context.tenant.id
    return Offering(OfferedTicket(id: ticket.id), of: tenant, needing: [IncidentFields.work], for: [tenant], in: context)
  }

  /// The first of the staff who takes it on answers for it, while nobody does; a program answers for nothing. The provider's tenant is bound.
  mutating func takeOn() async throws {
    guard ticket.owner == nil, context.actor.kind == .staff else { return }
    let own = AccountBits(provider: context.provider.id, account: context.actor.id)
    guard let bits = try await context.transaction.first(own) else { return }
    self.own(Ticket.Reference(id: context.actor.id, publicId: bits))
  }

  /// Exactly one answers for it: whoever did before does not any more.
  /// - Parameter isAssigned: he hears it as who is assigned.
  mutating func own(_ account: Ticket.Reference, isAssigned: Bool = false) {
    let before = ticket.owner
    ticket.owner = account
    noteOwner(before: before, isAssigned: isAssigned)
  }

  /// For the history: who answers for it from now on.
  mutating func noteOwner(before: Ticket.Reference?, isAssigned: Bool = false) {
    let told = [
      Value.Member("owner", .id(ticket.owner.map { context.id(.staff, $0.publicId) })),
      Value.Member("from", .id(before.map { context.id(.staff, $0.publicId) })),
    ]
    note(TicketEventType.ownerChanged, .object(told + (isAssigned ? [Value.Member("assigned", .bool(true))] : [])))
  }
}

extension OperationContext {
  /// Work on it is over: what was offered is withdrawn, and nobody accepts it when it is reopened. After the ticket's own row.
  func withdrawOffers(of ticket: Ticket) {
    transaction.enqueue(EndOffers(OfferedTicket(id: ticket.id), of: tenant.id, by: (actor: actor, name: principal.name), at: now))
  }
}
