import Desk
import Kernel
import Operations

/// The first answers for a change from now on; who answers for it already hands it over by an offer. Which team works on it is said at any time.
package enum AssignChange: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let staff: PublicId?
    let team: Change<PublicId>

    private static let staff = Field.id("staff", .staff, "Who answers for it from now on.", "新的负责人。").optional
    package static let fields: [any InputField] = [ChangeFields.id, staff, WorkingTeamFields.team.clearable]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      staff = try values[Self.staff]
      team = try values[WorkingTeamFields.team.clearable]
    }
  }

  package static let declaration = Declaration(
    "change.assign",
    "Give a change to a team, or make a member of the staff the one who answers for one that nobody has taken (else: change.offer).",
    zh: "将变更分派给团队，或为尚无人认领的变更指定负责人（已有负责人时用 change.offer）。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    guard input.staff != nil || !input.team.isKeep else { throw Failure(.invalid, ChangeMessages.nothingToChange) }
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    let before = work.row.team
    try await work.give(to: input.team, in: context)
    if let staff = input.staff {
      let found = try await context.staff(staff, for: work, with: ChangeRights.work, "staff")
      guard found.account != work.row.owner else { throw Failure.invalid("staff", ChangeMessages.ownedAlready) }
      guard work.row.owner == nil else { throw Failure(.conflict, ChangeMessages.owned) }
      work.own(found)
    }
    guard input.staff != nil || work.row.team != before else { throw Failure(.invalid, ChangeMessages.nothingToChange) }
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum TakeChange: Operation {
  package typealias Input = ChangeReference

  package static let declaration = Declaration(
    "change.take", "Answer for a change that nobody answers for yet.", zh: "认领尚无负责人的变更。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    guard work.row.owner == nil else { throw Failure(.conflict, ChangeMessages.owned) }
    work.own(try await context.staffAccount())
    try await work.save()
    return try await work.record(in: context)
  }
}

/// A change is offered to somebody, or to a team: until they accept, its owner answers for it.
package enum OfferChange: Operation {
  package typealias Input = OfferInput<ChangeFields>

  package static let declaration = Declaration(
    "change.offer", "Offer to hand a change over to a member of the staff or a team; until they accept, its owner answers for it.",
    zh: "将变更移交给某人或某团队；对方接受之前仍由原负责人负责。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    var to: (id: Int64, publicId: [UInt8])?
    if let staff = input.staff {
      let found = try await context.staff(staff, for: work, with: ChangeRights.work, "staff")
      to = (id: found.account.id, publicId: found.account.publicId)
    }
    guard let owner = work.row.owner else { throw Failure(.conflict, ChangeMessages.ownerMissing) }
    if context.actor.kind != .staff || context.actor.id != owner.id {
      guard try await context.manages(work) else { throw Failure(.conflict, ChangeMessages.notOwners) }
    }
    let concerned = try await work.concerned()
    let offering = work.offering(concerned, in: context)
    let receiver = try await offering.receiver(staff: to, team: input.team, of: concerned)
    let told = try await offering.offer(from: (id: owner.id, publicId: owner.publicId), to: receiver, reason: input.reason)
    work.note("ownership_offered", told.members ?? [])
    try await work.save()
    return try await work.record(in: context)
  }
}

/// Who it was offered to answers for the change from now on; of an offer to a team, whichever of its members accepts.
package enum AcceptChange: Operation {
  package typealias Input = ChangeReference

  package static let declaration = Declaration(
    "change.accept_offer", "Accept a change that was offered to oneself, or to one's team: from now on one answers for it.",
    zh: "接受移交给本人或本团队的变更并对其负责。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    try await work.offering(work.concerned(), in: context).accept()
    work.own(try await context.staffAccount())
    try await work.save()
    return try await work.record(in: context)
  }
}

/// Who it was offered to does not take it, or whoever offered it thinks again: its owner goes on to answer for the change.
package enum ReturnChange: Operation {
  package typealias Input = OfferAnswerInput<ChangeFields>

  package static let declaration = Declaration(
    "change.return_offer",
    "Return a change that was offered to oneself or to one's team, or withdraw one's own offer: its owner answers for it as before.",
    zh: "退回移交给本人或本团队的变更，或撤回本人发起的移交；仍由原负责人负责。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    let offering = try await work.offering(work.concerned(), in: context)
    let outcome = try await offering.end(owner: work.row.owner?.id, reason: input.reason).outcome
    work.note("ownership_returned", [Value.Member("outcome", .text(outcome.rawValue))])
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum ListChangeHandovers: Operation {
  package typealias Input = PageOfChange

  package static let declaration = Declaration(
    "change.handovers", "List the offers to hand a change over, and what became of each.", zh: "列出变更的移交记录及结果。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HandoverRecord> {
    let change = try await context.change(input.id)
    return try await context.handovers(of: OfferSubject.change(change.id), in: context.provider.id, input.id, input.limit, input.cursor)
  }
}

extension ChangeWork {
  /// Gives it to a team, or takes it from the one that has it; who answers for it stays.
  mutating func give(to told: Change<PublicId>, in context: OperationContext) async throws {
    guard !told.isKeep else { return }
    let before = row.team
    row.team = try await context.team(told, after: before, for: concerned())
    guard row.team != before else { return }
    note(
      "assigned",
      [
        Value.Member("team", .id(row.team.map { context.id(.team, $0.publicId) })), Value.Member("from", .id(before.map { context.id(.team, $0.publicId) })),
      ])
  }

  /// Says whom it is for: somebody of the bound tenant, or nobody any more.
  mutating func name(requester told: Change<PublicId>, in context: OperationContext) async throws {
    guard !told.isKeep else { return }
    let before = row.requester
    row.requester = try await context.requester(told, after: before, of: concerned())
    for event in NamedRequester.told(from: before, to: row.requester, provider: provider.id) {
      note("requester_changed", event.payload, of: event.customer)
    }
  }

  /// What concerns nobody yet is for who serves all customers.
  fileprivate func offering(_ concerned: [TenantId], in context: OperationContext) -> Offering<OfferSubject> {
    Offering(.change(row.id), of: provider.id, needing: [ChangeRights.work], for: concerned, in: context)
  }
}
