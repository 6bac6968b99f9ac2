import Desk
import Kernel
import Operations

/// The first answers for a release from now on; who answers for it already hands it over by an offer.
package enum AssignRelease: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let staff: PublicId

    private static let staff = Field.id("staff", .staff, "Who answers for it from now on.", "新的负责人。")
    package static let fields: [any InputField] = [ReleaseFields.id, staff]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      staff = try values[Self.staff]
    }
  }

  package static let declaration = Declaration(
    "release.assign", "Make a member of the staff the one who answers for a release that nobody has taken (else: release.offer).",
    zh: "为尚无人认领的发布指定负责人（已有负责人时用 release.offer）。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    let found = try await context.staff(input.staff, for: work.row, "staff")
    guard found.account != work.row.owner else { throw Failure.invalid("staff", ChangeMessages.ownedAlready) }
    guard work.row.owner == nil else { throw Failure(.conflict, ReleaseMessages.owned) }
    work.own(found)
    return work.save()
  }
}

package enum TakeRelease: Operation {
  package typealias Input = ReleaseReference

  package static let declaration = Declaration(
    "release.take", "Answer for a release that nobody answers for yet.", zh: "认领尚无负责人的发布。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    guard work.row.owner == nil else { throw Failure(.conflict, ReleaseMessages.owned) }
    work.own(try await context.staffAccount())
    return work.save()
  }
}

/// A release is offered to somebody, or to a team: until they accept, its owner answers for it.
package enum OfferRelease: Operation {
  package typealias Input = OfferInput<ReleaseFields>

  package static let declaration = Declaration(
    "release.offer", "Offer to hand a release over to a member of the staff or a team; until they accept, its owner answers for it.",
    zh: "将发布移交给某人或某团队；对方接受之前仍由原负责人负责。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    var to: (id: Int64, publicId: [UInt8])?
    if let staff = input.staff {
      let found = try await context.staff(staff, for: work.row, "staff")
      to = (id: found.account.id, publicId: found.account.publicId)
    }
    guard let owner = work.row.owner else { throw Failure(.conflict, ReleaseMessages.ownerMissing) }
    if context.actor.kind != .staff || context.actor.id != owner.id {
      guard try await context.manages(work.row) else { throw Failure(.conflict, ReleaseMessages.notOwners) }
    }
    let concerned = try await work.concerned()
    let receiver = try await work.offering(concerned).receiver(staff: to, team: input.team, of: concerned.compactMap { $0 })
    let told = try await work.offering(concerned).offer(from: (id: owner.id, publicId: owner.publicId), to: receiver, reason: input.reason)
    work.note("ownership_offered", told.members ?? [])
    return work.save()
  }
}

/// Who it was offered to answers for the release from now on; of an offer to a team, whichever of its members accepts.
package enum AcceptRelease: Operation {
  package typealias Input = ReleaseReference

  package static let declaration = Declaration(
    "release.accept_offer", "Accept a release that was offered to oneself, or to one's team: from now on one answers for it.",
    zh: "接受移交给本人或本团队的发布并对其负责。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.requireNotOver()
    try await work.offering(work.concerned()).accept()
    work.own(try await context.staffAccount())
    return work.save()
  }
}

/// Who it was offered to does not take it, or whoever offered it thinks again: its owner goes on to answer for the release.
package enum ReturnRelease: Operation {
  package typealias Input = OfferAnswerInput<ReleaseFields>

  package static let declaration = Declaration(
    "release.return_offer",
    "Return a release that was offered to oneself or to one's team, or withdraw one's own offer: its owner answers for it as before.",
    zh: "退回移交给本人或本团队的发布，或撤回本人发起的移交；仍由原负责人负责。", permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    let outcome = try await work.offering(work.concerned()).end(owner: work.row.owner?.id, reason: input.reason).outcome
    work.note("ownership_returned", [Value.Member("outcome", .text(outcome.rawValue))])
    return work.save()
  }
}

package enum ListReleaseHandovers: Operation {
  package typealias Input = PageOfRelease

  package static let declaration = Declaration(
    "release.handovers", "List the offers to hand a release over, and what became of each.", zh: "列出发布的移交记录及结果。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HandoverRecord> {
    let release = try await context.release(input.id)
    return try await context.handovers(of: OfferSubject.release(release.id), in: context.provider.id, input.id, input.limit, input.cursor)
  }
}

extension ReleaseWork {
  /// Whom it concerns, or ever did; nil: a change of it concerns nobody yet.
  func concerned() async throws -> [TenantId?] {
    try await context.transaction.query(ConcernedByRelease(provider: context.provider.id, release: row.id))
  }

  /// One with a change that concerns nobody yet is for who serves all customers: nobody in particular.
  func customers(of concerned: [TenantId?]) -> [TenantId] {
    let customers = concerned.compactMap { $0 }
    return customers.count == concerned.count ? customers : []
  }

  fileprivate func offering(_ concerned: [TenantId?]) -> Offering<OfferSubject> {
    Offering(.release(row.id), of: context.provider.id, needing: [ChangeRights.work], for: customers(of: concerned), in: context)
  }
}

extension OperationContext {
  /// Who answers for a release that is opened now: the one who is named, else the caller, where he is one of the staff.
  func ownerOfNewRelease(_ named: PublicId?) async throws -> StaffForChange.Found? {
    guard let named else {
      guard actor.kind == .staff else { return nil }
      return try await transaction.first(AccountOfStaff(provider: provider.id, account: actor.id))
    }
    let statement = StaffForRelease(provider: provider.id, release: nil, publicId: named, permission: ChangeRights.work, now: now)
    guard let found = try await transaction.first(statement) else { throw unknownReference("owner") }
    // Who opens it for himself needs not serve all.
    guard found.may || actor.kind == .staff && found.account.id == actor.id else { throw Failure.invalid("owner", ChangeMessages.mayNot) }
    return found
  }

  /// A member of the staff whom a body names, who may work on changes for all whom the release concerns.
  fileprivate func staff(_ id: PublicId, for release: ReleaseRow, _ path: String) async throws -> StaffForChange.Found {
    let statement = StaffForRelease(provider: provider.id, release: release.id, publicId: id, permission: ChangeRights.work, now: now)
    guard let found = try await transaction.first(statement) else { throw unknownReference(path) }
    guard found.may else { throw Failure.invalid(path, ChangeMessages.mayNot) }
    return found
  }

  /// Whether the caller manages changes for all whom the release concerns.
  fileprivate func manages(_ release: ReleaseRow) async throws -> Bool {
    guard let access = principal.access(ChangeRights.manage, honouring: [.listed, .all], at: now) else { return false }
    if access.reaches(provider.id) { return true }
    let concerned = try await transaction.query(ConcernedByRelease(provider: provider.id, release: release.id))
    return !concerned.isEmpty && concerned.allSatisfy { customer in customer.map { access.reaches($0) } ?? false }
  }
}
