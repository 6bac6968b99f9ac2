import Approvals
import Kernel
import Operations
import Requests

package struct ChangeApprovalReason: OperationInput {
  let id: PublicId
  let reason: String

  static let id = Field.id("id", .changeApproval, "The approval.", "审批编号。")
  package static let fields: [any InputField] = [id, ChangeFields.reason]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Self.id]
    reason = try values[ChangeFields.reason]
  }
}

package struct ChangeApprovalStaff: OperationInput {
  let id: PublicId
  let staff: PublicId

  private static let staff = Field.id("staff", .staff, "The member of the staff who may decide it as well.", "可代为决定的服务商人员。")
  package static let fields: [any InputField] = [ChangeApprovalReason.id, staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ChangeApprovalReason.id]
    staff = try values[Self.staff]
  }
}

package enum ApproveChange: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String?

    package static let fields: [any InputField] = [ChangeApprovalReason.id, ChangeFields.reason.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeApprovalReason.id]
      reason = try values[ChangeFields.reason.optional]
    }
  }

  package static let declaration = Declaration(
    "change_approval.approve", "Agree to a change, where you are asked to.", zh: "同意待您审批的变更。", permission: ChangeRights.approve,
    roles: ChangeRights.approvers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeApprovalLine {
    try await context.decide(input.id, agrees: true, reason: input.reason)
  }
}

package enum RejectChange: Operation {
  package typealias Input = ChangeApprovalReason

  package static let declaration = Declaration(
    "change_approval.reject", "Refuse a change, where you are asked, with the reason.", zh: "拒绝待您审批的变更并说明理由。", permission: ChangeRights.approve,
    roles: ChangeRights.approvers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeApprovalLine {
    try await context.decide(input.id, agrees: false, reason: input.reason)
  }
}

package enum DelegateChangeApproval: Operation {
  package typealias Input = ChangeApprovalStaff

  package static let declaration = Declaration(
    "change_approval.delegate",
    "Let somebody else decide an approval as well, where you are asked; never who had a part in the change, who has agreed already, or oneself.",
    zh: "委托其他有权审批的人员代为决定；不得为参与该变更者、已同意者或本人。",
    permission: ChangeRights.approve, roles: ChangeRights.approvers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeApprovalLine {
    var (work, approval, facts) = try await context.approvalWork(input.id)
    try context.requireVersion(approval.version)
    try context.requireStanding(for: approval, work, facts)
    let found = try await context.staff(input.staff, for: work, with: ChangeRights.approve, "staff")
    try context.requireWordCounts(of: found.party, work, facts)
    try work.row.process.delegate(approval.publicId, to: found.party, named: input.staff, isReassigned: false, at: context.now)
    return try await context.save(work, approval)
  }
}

/// Gives what waits to somebody who can decide it: whoever is asked is away, or nobody is left.
package enum ReassignChangeApproval: Operation {
  package typealias Input = ChangeApprovalStaff

  package static let declaration = Declaration(
    "change_approval.reassign",
    "Let somebody decide an approval as well, whoever is asked; never who had a part in the change, who has agreed already, or oneself.",
    zh: "指定其他人员代为决定审批；不得为参与该变更者、已同意者或本人。", permission: ChangeRights.manage, roles: ChangeRights.managers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeApprovalLine {
    var (work, approval, facts) = try await context.approvalWork(input.id)
    try context.requireVersion(approval.version)
    if !work.row.mayAct { throw Failure(.denied, ChangeMessages.servesAll) }
    let found = try await context.staff(input.staff, for: work, with: ChangeRights.approve, "staff")
    try context.requireWordCounts(of: found.party, work, facts)
    try work.row.process.delegate(approval.publicId, to: found.party, named: input.staff, isReassigned: true, at: context.now)
    return try await context.save(work, approval)
  }
}

package enum ListChangeApprovals: Operation {
  package struct Input: OperationInput {
    let all: Bool
    let limit: Int64?
    let cursor: String?

    private static let all = Field.boolean("all", "Also what others are asked (default: no).", "是否包含待他人审批的项（默认否）。").optional
    package static let fields: [any InputField] = [all, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      all = try values[Self.all] ?? false
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "change_approval.list", "List the approvals of changes that wait for the caller, the one that was asked first in front.", zh: "列出待本人审批的变更，最早的在前。",
    permission: ChangeRights.read, roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeApprovalLine> {
    let filter = String(input.all)
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let roles = context.principal.grants.filter { $0.permissions.contains(ChangeRights.approve) && ($0.expiresAt.map { context.now < $0 } ?? true) }
    let rows = try await context.transaction.query(
      ApprovalsWaiting(
        provider: context.provider.id, customers: context.reachableCustomers, roles: input.all ? nil : Set(roles.map(\.role)).sorted(),
        account: context.actor.kind == .staff ? context.actor.id : 0, after: try after.map { (askedAt: try $0.instant(0), id: try $0.integer(1)) },
        limit: limit + 1))
    let clashes = try await context.clashes(of: rows.map(\.row.id))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.askedAt.microseconds), .integer($0.id)]) }) {
      ChangeApprovalLine($0.approval, of: $0.row, clashes: clashes[$0.row.id], in: context)
    }
  }
}

extension OperationContext {
  /// The change of an approval, locked, with what the approver's rule looks at.
  fileprivate func approvalWork(_ id: PublicId) async throws -> (work: ChangeWork, approval: Approval, facts: ApproverRule.Facts) {
    guard let bits = try await transaction.first(ChangeOfPart(provider: provider.id, publicId: id)) else { throw Failure.notFound }
    let work = try await ChangeWork.begin(on: self.id(.change, bits), in: self, comparesVersion: false, mustServeAll: false)
    subject(id)
    // Those of an earlier submission are over.
    guard let approval = work.row.process.round.approvals.first(where: { $0.publicId == id.random }) else {
      throw Failure(.conflict, ApprovalMessages.notAsked, ["state": ApprovalState.lapsed.rawValue])
    }
    return (work, approval, try await work.approverFacts())
  }

  /// Nobody is named whose word would not count: it would take the place of one whose word does, and wait in vain.
  fileprivate func requireWordCounts(of party: Party, _ work: ChangeWork, _ facts: ApproverRule.Facts) throws(Failure) {
    let isOwn = !facts.mayBeOwn && facts.isOwn(of: party)
    guard !isOwn, !party.isSame(as: Party(principal)), !ApproverRule.hasAgreed(party, among: work.row.process.round.approvals) else {
      throw Failure.invalid("staff", ChangeMessages.reassignedToOwn)
    }
  }

  fileprivate func requireStanding(for approval: Approval, _ work: ChangeWork, _ facts: ApproverRule.Facts) throws(Failure) {
    switch ApproverRule.standing(of: principal, for: approval, among: work.row.process.round.approvals, facts, at: now) {
    case .may: return
    case .none:
      let asked = work.row.process.round.approvals
      let own = asked.first { $0.state == .asked && ApproverRule.standing(of: principal, for: $0, among: asked, facts, at: now) == .may }
      guard let own else { throw Failure(.denied, ChangeMessages.notYours) }
      throw Failure(.denied, ChangeMessages.anotherIsYours, ["approval": id(.changeApproval, own.publicId).description])
    case .own: throw Failure(.denied, ChangeMessages.ownChange)
    case .alreadyAgreed: throw Failure(.denied, ChangeMessages.agreedAlready)
    case .noPerson: throw Failure(.denied, ChangeMessages.needsPerson)
    }
  }

  fileprivate func decide(_ id: PublicId, agrees: Bool, reason: String?) async throws -> ChangeApprovalLine {
    var (work, approval, facts) = try await approvalWork(id)
    try requireStanding(for: approval, work, facts)
    if agrees, work.row.process.kind != .emergency, let endsAt = work.row.process.endsAt, endsAt <= now {
      throw Failure(.conflict, ChangeMessages.windowOver)
    }
    try work.row.process.decide(approval.publicId, agrees: agrees, reason: reason, by: Party(principal), at: now)
    return try await save(work, approval)
  }

  fileprivate func save(_ work: ChangeWork, _ approval: Approval) async throws -> ChangeApprovalLine {
    var work = work
    try await work.save()
    let decided = work.row.process.round.approvals.first { $0.publicId == approval.publicId } ?? approval
    let clashing = try await clashes(of: [work.row.id])
    return ChangeApprovalLine(decided, of: work.row, clashes: clashing[work.row.id], in: self)
  }
}
