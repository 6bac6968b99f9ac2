import Approvals
import Kernel
import Operations

package enum ApproveRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String?

    package static let fields: [any InputField] = [ApprovalFields.id, ApprovalFields.reason.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ApprovalFields.id]
      reason = try values[ApprovalFields.reason.optional]
    }
  }

  package static let declaration = Declaration(
    "approval.approve", "Agree to a request, where you are asked to.", zh: "同意待您审批的请求。", permission: ApproverRule.permission,
    roles: RequestRights.approvers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ApprovalLine {
    let (held, approval) = try await context.approvalWork(input.id)
    var work = held
    // Nothing is agreed to that nobody could order any more.
    if approval.state == .asked { try await work.requireCovered() }
    try work.process.decide(
      approval.publicId, agrees: true, reason: input.reason, by: Party(context.principal), at: context.now)
    // Who reads tasks opens them at once; after a customer's word the sweep does.
    if work.process.request.state == .approved, context.principal.side == .staff { try await work.open() }
    try await work.save()
    return try await context.approvalOutput(input.id)
  }
}

package enum RejectRequest: Operation {
  package typealias Input = ReasonInput<ApprovalFields>

  package static let declaration = Declaration(
    "approval.reject", "Refuse a request, where you are asked, with the reason.", zh: "拒绝待您审批的请求并说明理由。", permission: ApproverRule.permission,
    roles: RequestRights.approvers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ApprovalLine {
    let (held, approval) = try await context.approvalWork(input.id)
    var work = held
    try work.process.decide(
      approval.publicId, agrees: false, reason: input.reason, by: Party(context.principal), at: context.now)
    try await work.save()
    return try await context.approvalOutput(input.id)
  }
}

/// Lets somebody else decide as well, of one's own side: a customer's people do not hand their word to the provider, nor the other way round.
package enum DelegateApproval: PreparedOperation {
  package struct Input: OperationInput {
    let id: PublicId
    let account: PublicId?
    let staff: PublicId?
    /// What is known of that member of the staff.
    fileprivate var colleague: AccountAtCustomer.Found?

    private static let account = Field.id(
      "account", .account, "The account of the customer that may decide it as well; the customer's people only.", "可代为决定的客户账户（仅客户人员）。"
    ).optional
    private static let staff = Field.id(
      "staff", .staff, "The member of the staff who may decide it as well; staff only.", "可代为决定的服务商人员（仅服务商人员）。"
    ).optional

    package static let fields: [any InputField] = [ApprovalFields.id, account, staff]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ApprovalFields.id]
      account = try values[Self.account]
      staff = try values[Self.staff]
    }
  }

  package static let declaration = Declaration(
    "approval.delegate",
    "Let somebody else decide an approval as well, who may approve requests of the customer; nobody whose word would not count, nor oneself.",
    zh: "委托其他有权审批的人员代为决定；不得委托给其决定无效者或本人。",
    permission: ApproverRule.permission, roles: RequestRights.approvers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .change,
    requiresVersion: true)

  /// Staff are rows of the provider's own tenant, to which the transaction of a customer's approval is not bound. Whether somebody may decide
  /// is asked again when he does.
  package static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    guard preparation.principal.side == .staff, let staff = input.staff else { return input }
    var prepared = input
    prepared.colleague = try await preparation.approver(staff)
    return prepared
  }

  package static func run(_ input: Input, in context: OperationContext) async throws -> ApprovalLine {
    let isStaff = context.principal.side == .staff
    if isStaff, input.account != nil { throw context.unknownReference("account") }
    if !isStaff, input.staff != nil { throw context.unknownReference("staff") }
    let path = isStaff ? "staff" : "account"
    guard let id = isStaff ? input.staff : input.account else { throw Failure.invalid(path, RequestMessages.noDelegate) }
    let found: AccountAtCustomer.Found? =
      if isStaff {
        input.colleague
      } else {
        try await context.transaction.first(context.approver(id))
      }
    guard let found else { throw context.unknownReference(path) }
    guard found.may else { throw Failure.invalid(path, RequestMessages.delegateMayNot) }
    let (held, approval) = try await context.approvalWork(input.id)
    try context.requireVersion(approval.version)
    var work = held
    // It would take the place of one who may, and nobody would know that it waits in vain.
    let facts = work.approverFacts
    let isOwn = (!facts.mayBeOwn && facts.isOwn(of: found.party)) || found.party.isAccount(of: Party(context.principal))
    guard !isOwn, !ApproverRule.hasAgreed(found.party, among: work.process.approvals) else {
      throw Failure.invalid(path, RequestMessages.reassignedToOwn)
    }
    try work.process.delegate(approval.publicId, to: found.party, named: id, at: context.now)
    try await work.save()
    return try await context.approvalOutput(input.id)
  }
}

/// What waits for the caller, over all customers that he may see.
package enum ListApprovals: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "approval.list", "List what waits for the caller's approval, over all customers, the one that was asked first in front.",
    zh: "列出所有客户中待本人审批的请求，最早的在前。", permission: ApproverRule.permission, roles: RequestRights.approvers, scopes: RequestRights.everyScope,
    reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ApprovalLine> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    let positions = try await context.transaction.query(
      WaitingApprovals(
        standing: WaitingApprovals.Standing(of: context.principal, context.access, at: context.now),
        after: try after.map(WaitingApprovals.Found.init), limit: limit + 1))
    return try await context.listing(positions, limit: limit)
  }
}

extension OperationContext {
  /// The approvals at positions of the finder, read under row security with exactly their tenants bound.
  func listing(_ positions: [WaitingApprovals.Found], limit: Int64, filter: String = "") async throws -> Listing<ApprovalLine> {
    var lines: [Int64: ApprovalLine] = [:]
    if !positions.isEmpty {
      let found = try await bound(to: Set(positions.map(\.tenant)).sorted()) { try await $0.last(ApprovalsAt(positions: positions)) }
      for one in found { lines[one.row.id] = ApprovalLine(one.row, of: one.tenant) }
    }
    let rows = positions.compactMap { position in lines[position.id].map { (position: position, line: $0) } }
    return listing(rows, limit: limit, filter: filter, key: { $0.position.cursor }, element: { $0.line })
  }
}

extension WaitingApprovals.Found {
  fileprivate var cursor: PageCursor { PageCursor([.integer(askedAt.microseconds), .integer(tenant.rawValue), .integer(id)]) }

  init(_ cursor: PageCursor) throws {
    askedAt = try cursor.instant(0)
    tenant = TenantId(try cursor.integer(1))
    id = try cursor.integer(2)
  }
}
