import Approvals
import Kernel
import Operations

/// What waits, whoever is asked: for those who see to it that it is decided.
package enum ListWaitingApprovals: Operation {
  package struct Input: OperationInput {
    let customers: [PublicId]?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [ServedCustomers.field, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      customers = try values[ServedCustomers.field]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "approval.waiting", "List all approvals of the customers that the caller serves that wait, whoever is asked, the longest waiting first.",
    zh: "列出所服务客户的全部待审批项（不论由谁审批），等待最久的在前。", permission: RequestRights.oversee, roles: RequestRights.overseers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ApprovalLine> {
    let filter = (input.customers ?? []).map(\.description).joined(separator: ",")
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let positions = try await context.transaction.query(
      AskedApprovals(
        tenants: try await context.served(input.customers), after: try after.map(WaitingApprovals.Found.init), limit: limit + 1))
    return try await context.listing(positions, limit: limit, filter: filter)
  }
}

/// Gives what waits to somebody who can decide it: whoever is asked is away, or nobody is left.
package enum ReassignApproval: PreparedOperation {
  package struct Input: OperationInput {
    let id: PublicId
    let account: PublicId?
    let staff: PublicId?
    /// What is known of that member of the staff.
    fileprivate var colleague: AccountAtCustomer.Found?

    private static let account = Field.id("account", .account, "The account of the customer that may decide it as well.", "可代为决定的客户账户。").optional
    private static let staff = Field.id("staff", .staff, "Or the member of the staff.", "或可代为决定的服务商人员。").optional

    package static let fields: [any InputField] = [ApprovalFields.id, account, staff]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ApprovalFields.id]
      account = try values[Self.account]
      staff = try values[Self.staff]
    }
  }

  package static let declaration = Declaration(
    "approval.reassign",
    "Let somebody decide an approval as well, whoever is asked; never who ordered it, whom it is for, who has agreed already, or oneself.",
    zh: "指定其他人员代为决定审批；不得为提交人、申请对象、已同意者或本人。", permission: RequestRights.oversee, roles: RequestRights.overseers,
    reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func prepare(_ input: Input, for preparation: Preparation) async throws -> Input {
    guard let staff = input.staff else { return input }
    var prepared = input
    prepared.colleague = try await preparation.approver(staff)
    return prepared
  }

  package static func run(_ input: Input, in context: OperationContext) async throws -> ApprovalLine {
    let (path, customer) = (input.staff == nil ? "account" : "staff", context.tenant.id)
    var found = input.colleague
    if let account = input.account {
      found = try await context.transaction.first(context.approver(account))
      if found == nil { throw context.unknownReference("account") }
    }
    guard let id = input.staff ?? input.account, input.staff == nil || input.account == nil else {
      throw Failure.invalid("staff", RequestMessages.noDelegate)
    }
    guard let found else { throw context.unknownReference(path) }
    guard found.may else { throw Failure.invalid(path, RequestMessages.delegateMayNot) }
    context.subject(input.id)
    guard let request = try await context.transaction.first(RequestOfApproval(tenant: customer, publicId: input.id)) else { throw Failure.notFound }
    var work = try await context.requestWork(request)
    if let approval = work.process.approvals.first(where: { $0.publicId == input.id.random }) { try context.requireVersion(approval.version) }
    let isOwn = work.approverFacts.isOwn(of: found.party) || found.party.isAccount(of: Party(context.principal))
    guard !isOwn, !ApproverRule.hasAgreed(found.party, among: work.process.approvals) else {
      throw Failure.invalid(path, RequestMessages.reassignedToOwn)
    }
    try work.process.delegate(input.id.random, to: found.party, named: id, isReassigned: true, at: context.now)
    try await work.save()
    return try await context.approvalOutput(input.id)
  }
}

extension OperationContext {
  /// An account of the customer as one who may approve.
  func approver(_ account: PublicId) -> AccountAtCustomer {
    AccountAtCustomer(home: tenant.id, publicId: account, permission: ApproverRule.permission, customer: tenant.id, now: now)
  }
}

extension Preparation {
  /// A member of the staff as one who may approve. Staff are rows of the provider's own tenant, to which the transaction of a customer's
  /// approval is not bound.
  func approver(_ staff: PublicId) async throws -> AccountAtCustomer.Found? {
    let statement = AccountAtCustomer(
      home: provider.id, publicId: staff, permission: ApproverRule.permission, customer: tenant.id, now: tenancy.clock.now())
    return try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.first(statement) }
  }
}
