import Desk
import Kernel
import Operations
import Tenancy

/// Somebody answers for a request from now on, for which nobody did.
package enum TakeRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "request.take", "Answer for a request that nobody answers for yet.", zh: "认领尚无负责人的请求。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    try work.requireGoesOn("take")
    guard work.owner == nil else { throw Failure(.conflict, HandoverMessages.owned) }
    work.own(try await context.ownerToBe(), in: context)
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

/// A request is offered to somebody, or to a team: until they accept, its owner answers for it.
package enum OfferRequest: Operation {
  package typealias Input = OfferInput<RequestReference>

  package static let declaration = Declaration(
    "request.offer", "Offer to hand a request over to a member of the staff or a team; until they accept, its owner answers for it.",
    zh: "将请求移交给某人或某团队；对方接受之前仍由原负责人负责。", permission: RequestRights.work, roles: RequestRights.workers,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    try work.requireGoesOn("offer")
    var to: StaffToAnswer.Found?
    if let staff = input.staff {
      to = try await context.transaction.first(
        StaffToAnswer(provider: context.provider.id, publicId: staff, customer: context.tenant.id, now: context.now))
      if to == nil { throw context.unknownReference("staff") }
    }
    let offering = work.offering(in: context)
    let receiver = try await offering.receiver(staff: to.map { (id: $0.id, publicId: $0.publicId) }, team: input.team)
    guard let owner = work.owner else { throw Failure(.conflict, HandoverMessages.notOwned) }
    guard offering.mayHandOver(from: owner.id) else { throw Failure(.conflict, HandoverMessages.notYours) }
    guard to?.mayWork ?? true else { throw Failure.invalid("staff", HandoverMessages.mayNotWork) }
    let told = try await offering.offer(from: (id: owner.id, publicId: owner.publicId), to: receiver, reason: input.reason)
    work.process.noteOwnership("ownership_offered", told.members ?? [], at: context.now)
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

/// Who it was offered to answers for the request from now on; of an offer to a team, whichever of its members accepts.
package enum AcceptRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "request.accept_offer", "Accept a request that was offered to oneself, or to one's team: from now on one answers for it.",
    zh: "接受移交给本人或本团队的请求并对其负责。", permission: RequestRights.work, roles: RequestRights.workers, reach: .oneAndProvider(by: "id"),
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    try work.requireGoesOn("accept_offer")
    try await work.offering(in: context).accept()
    work.own(try await context.ownerToBe(), in: context)
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

/// Who it was offered to does not take it, or whoever offered it thinks again: its owner goes on to answer for the request.
package enum ReturnRequest: Operation {
  package typealias Input = OfferAnswerInput<RequestReference>

  package static let declaration = Declaration(
    "request.return_offer",
    "Return a request that was offered to oneself or to one's team, or withdraw one's own offer: its owner answers for it as before.",
    zh: "退回移交给本人或本团队的请求，或撤回本人发起的移交；仍由原负责人负责。", permission: RequestRights.work, roles: RequestRights.workers,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    let outcome = try await work.offering(in: context).end(owner: work.owner?.id, reason: input.reason).outcome
    work.process.noteOwnership("ownership_returned", [Value.Member("outcome", .text(outcome.rawValue))], at: context.now)
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

package enum ListRequestHandovers: Operation {
  package typealias Input = ReadRequestHistory.Input

  package static let declaration = Declaration(
    "request.handovers", "List the offers to hand a request over, and what became of each.", zh: "列出请求的移交记录及结果。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HandoverRecord> {
    let request = try await context.request(input.id)
    return try await context.handovers(of: OfferedRequest(id: request.id), in: context.tenant.id, input.id, input.limit, input.cursor)
  }
}

extension RequestWork {
  fileprivate func offering(in context: OperationContext) -> Offering<OfferedRequest> {
    Offering(OfferedRequest(id: held.id), of: tenant.id, needing: [RequestRights.work], for: [tenant.id], in: context)
  }

  /// What is over keeps who answered for it.
  /// - Parameter event: what was asked for.
  fileprivate func requireGoesOn(_ event: String) throws(Failure) {
    guard process.request.endedAt == nil else {
      throw process.request.state.refusal(of: event)
    }
  }

  /// Exactly one answers for it: whoever did before does not any more.
  fileprivate mutating func own(_ staff: RequestOwner, in context: OperationContext) {
    let before = owner
    owner = staff
    process.noteOwnership(
      "owner_changed",
      [
        Value.Member("owner", .id(context.id(.staff, staff.publicId))), Value.Member("from", .id(before.map { context.id(.staff, $0.publicId) })),
      ], at: context.now)
  }
}

extension OperationContext {
  /// The caller, who is to answer for something. The provider's tenant is bound.
  fileprivate func ownerToBe() async throws -> RequestOwner {
    guard actor.kind == .staff, let bits = try await transaction.first(StaffById(provider: provider.id, id: actor.id)) else {
      throw Failure.invalid("", HandoverMessages.ownerIsStaff)
    }
    return RequestOwner(id: actor.id, publicId: bits, name: principal.name)
  }
}
