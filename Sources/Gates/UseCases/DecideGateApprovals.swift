import Approvals
import Kernel
import Operations
import Postgres
import Tenancy

/// An approval at a gate, with what it is about.
package struct GateApprovalLine: OperationOutput {
  let id: PublicId
  let gate: Gate
  let gateId: PublicId
  let process: GateProcess?
  let subject: PublicId?
  let row: ApprovalRowOfGate
  let approval: Approval
  let delegate: GateRound.Row.Delegate?

  init(
    _ found: ApprovalsAskedOf.Found, _ gate: Gate, _ approval: Approval? = nil, delegate: GateRound.Row.Delegate? = nil, in context: OperationContext
  ) {
    row = found.row
    self.gate = gate
    self.delegate = delegate ?? found.row.row.delegate
    self.approval = approval ?? found.row.row.approval
    id = context.id(.gateApproval, self.approval.publicId)
    gateId = context.id(.gate, gate.publicId)
    process = GateProcess(rawValue: row.subject.kind)
    subject = process.flatMap { PublicId(kind: IdKind.gated($0).prefix, handle: found.handle, random: found.row.subject.key) }
  }

  private func told(_ process: GateProcess) -> Value { .id(self.process == process ? subject : nil) }

  package static let fields: [OutputField<GateApprovalLine>] = [
    OutputField("id", .id, "The approval.", "审批编号。") { .id($0.id) },
    OutputField("gate", .id, "The gate.", "关卡编号。") { .id($0.gateId) },
    OutputField("gateName", .document, "Its name, by language.", "关卡名称（按语言）。") { $0.gate.name.value ?? .null },
    OutputField("purpose", .document, "What it is for, by language.", "目的（按语言）。") { $0.gate.purpose.value ?? .null },
    OutputField("step", .text, "The operation that it stands before.", "所在步骤（操作名）。") { .text($0.gate.step.rawValue) },
    OutputField("incident", .id, "The incident that waits there; null: something else.", "等待的事件；null 表示其他事项。") { $0.told(.incident) },
    OutputField("request", .id, "Or the request.", "或等待的请求。") { $0.told(.request) },
    OutputField("problem", .id, "Or the problem.", "或等待的问题。") { $0.told(.problem) },
    OutputField("change", .id, "Or the change.", "或等待的变更。") { $0.told(.change) },
    OutputField("release", .id, "Or the release.", "或等待的发布。") { $0.told(.release) },
    OutputField("majorIncident", .id, "Or the major incident.", "或等待的重大事件。") { $0.told(.majorIncident) },
    OutputField("askedBy", .text, "Who is about to take the step.", "请求审批的操作人。") { .text($0.row.askerName) },
    OutputField("askedAt", .instant, "Since when it waits for a decision.", "请求审批的时间。") { .instant($0.approval.askedAt) },
    OutputField("dueAt", .instant, "When it counts as refused; null: never, or it is decided.", "逾期即视为拒绝的时间；null 表示不限或已决定。") {
      .instant($0.approval.dueAt)
    },
    OutputField("askedName", .text, "Who is asked.", "审批人。") { .text($0.row.row.name) },
    OutputField("delegateName", .text, "Who may decide in his place; null: nobody.", "代为决定的人员；null 表示无。") { .text($0.delegate?.name) },
    OutputField("suffices", .boolean, "Whether this one's word is enough.", "是否一人同意即可。") { .bool($0.approval.suffices) },
    OutputField("state", .text, "asked, approved, rejected or lapsed.", "状态：asked 待决定、approved 已同意、rejected 已拒绝、lapsed 无需决定。") {
      .text($0.approval.state.rawValue)
    },
    OutputField("decidedAt", .instant, "When it was decided.", "决定时间。") { .instant($0.approval.decidedAt) },
    OutputField("reason", .text, "Why it was decided so; null where time did.", "决定的理由；逾期时为 null。") { .text($0.approval.reason) },
    OutputField("version", .integer, "For If-Match.", "用于 If-Match 的版本号。") { .integer($0.approval.version) },
  ]
}

/// What waits at gates for the caller's word.
package enum ListGateApprovals: Operation {
  package typealias Input = PageInput

  package static let declaration = Declaration(
    "gate_approval.list", "List what waits at gates for the caller's approval, the one that was asked first in front.", zh: "列出关卡处待本人审批的事项，最早的在前。",
    permission: GateRights.approve, roles: GateRights.approvers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<GateApprovalLine> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    // A program is asked nothing.
    let asked = ApprovalsAskedOf(
      provider: context.provider.id, account: context.actor.id, customers: context.reachableCustomers, now: context.now,
      after: try after.map { (askedAt: try $0.instant(0), id: try $0.integer(1)) }, limit: limit + 1)
    let rows = context.actor.kind == .staff ? try await context.transaction.query(asked) : []
    let gates = try await context.gates(rows.map(\.row.gate))
    let known = rows.compactMap { row in gates[row.row.gate].map { (row, $0) } }
    return context.listing(
      known, limit: limit, key: { PageCursor([.integer($0.0.row.row.approval.askedAt?.microseconds ?? 0), .integer($0.0.row.id)]) },
      element: { GateApprovalLine($0.0, $0.1, in: context) })
  }
}

package enum GateApprovalFields: GivesReason {
  package static let id = Field.id("id", .gateApproval, "The approval.", "审批编号。")
  package static let reason = Field.longText("reason", 1...2000, "Why.", "理由。")
}

package enum ApproveAtGate: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String?

    package static let fields: [any InputField] = [GateApprovalFields.id, GateApprovalFields.reason.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[GateApprovalFields.id]
      reason = try values[GateApprovalFields.reason.optional]
    }
  }

  package static let declaration = Declaration(
    "gate_approval.approve", "Agree to what waits at a gate, where you are asked; whoever takes the step does so afterwards.",
    zh: "同意关卡处待您审批的事项；此后可执行该步骤。", permission: GateRights.approve, roles: GateRights.approvers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateApprovalLine {
    try await context.decide(input.id, agrees: true, reason: input.reason)
  }
}

package enum RejectAtGate: Operation {
  package typealias Input = ReasonInput<GateApprovalFields>

  package static let declaration = Declaration(
    "gate_approval.reject", "Refuse what waits at a gate, where you are asked, with the reason.", zh: "拒绝关卡处待您审批的事项并说明理由。",
    permission: GateRights.approve, roles: GateRights.approvers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateApprovalLine {
    try await context.decide(input.id, agrees: false, reason: input.reason)
  }
}

/// Whom else an approval is given to.
package struct GateApprovalStaff: OperationInput {
  let id: PublicId
  let staff: PublicId

  private static let staff = Field.id("staff", .staff, "The member of the staff who may decide it as well.", "可代为决定的服务商人员。")
  package static let fields: [any InputField] = [GateApprovalFields.id, staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[GateApprovalFields.id]
    staff = try values[Self.staff]
  }
}

package enum DelegateAtGate: Operation {
  package typealias Input = GateApprovalStaff

  package static let declaration = Declaration(
    "gate_approval.delegate",
    "Let somebody else decide an approval at a gate as well, where you are asked; never who takes the step, who has agreed already, or oneself.",
    zh: "委托其他有权审批的人员代为决定关卡处的审批；不得为操作人、已同意者或本人。", permission: GateRights.approve, roles: GateRights.approvers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateApprovalLine {
    guard context.actor.kind == .staff else { throw Failure(.conflict, GateMessages.needsPerson) }
    let held = try await context.holdApproval(
      input.id,
      ApprovalsAskedOf(
        provider: context.provider.id, account: context.actor.id, customers: context.reachableCustomers, now: context.now, publicId: input.id))
    try context.requireVersion(held.own.row.approval.version)
    try context.requireStanding(held)
    return try await context.handOn(held, to: input.staff, isReassigned: false)
  }
}

/// Gives what waits to somebody who can decide it: whoever is asked is away, or nobody is left.
package enum ReassignAtGate: Operation {
  package typealias Input = GateApprovalStaff

  package static let declaration = Declaration(
    "gate_approval.reassign",
    "Let somebody decide an approval at a gate as well, whoever is asked; never who takes the step, who has agreed already, or oneself.",
    zh: "指定其他人员代为决定关卡处的审批；不得为操作人、已同意者或本人。", permission: GateRights.manage, roles: GateRights.managers, reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateApprovalLine {
    let held = try await context.holdApproval(
      input.id, ApprovalToReassign(provider: context.provider.id, publicId: input.id, customers: context.reachableCustomers))
    try context.requireVersion(held.own.row.approval.version)
    return try await context.handOn(held, to: input.staff, isReassigned: true)
  }
}

/// An approval in the hands of an act: all who were asked with it are locked, and as time has left them.
private struct HeldGateApproval {
  let found: ApprovalsAskedOf.Found
  let own: ApprovalRowOfGate
  let all: [ApprovalRowOfGate]
  let gate: Gate
  var round: ApprovalRound

  var approval: Approval { round.approvals.first { $0.publicId == own.row.approval.publicId } ?? own.row.approval }
}

extension OperationContext {
  fileprivate func gates(_ ids: [Int64]) async throws -> [Int64: Gate] {
    guard !ids.isEmpty else { return [:] }
    let gates = try await transaction.query(GatesByIds(provider: provider.id, ids: Array(Set(ids))))
    return Dictionary(gates.map { ($0.id, $0) }) { first, _ in first }
  }

  /// What others are asked, or concerns whom the caller does not serve, is not there.
  /// - Parameter shown: finds the approval where the caller may see it.
  fileprivate func holdApproval<S: Statement>(_ id: PublicId, _ shown: S) async throws -> HeldGateApproval where S.Output == ApprovalsAskedOf.Found {
    subject(id)
    let (all, seen) = try await transaction.query(HoldRoundOfApproval(provider: provider.id, publicId: id), shown)
    guard let found = seen.first, let own = all.first(where: { $0.row.approval.publicId == id.random }),
      let gate = try await gates([own.gate])[own.gate]
    else { throw Failure.notFound }
    var round = ApprovalRound(all.map(\.row.approval))
    try round.expire(at: now)
    return HeldGateApproval(found: found, own: own, all: all, gate: gate, round: round)
  }

  fileprivate func requireStanding(_ held: HeldGateApproval) throws(Failure) {
    let facts = ApproverRule.Facts(tenants: [], permission: GateRights.approve, submitter: held.own.asker, mayBeOwn: held.own.mayBeOwn)
    let approval = held.approval
    switch ApproverRule.standing(of: principal, for: approval, among: held.round.approvals, facts, at: now) {
    case .may: break
    case .none: throw Failure.notFound
    case .own: throw Failure(.conflict, GateMessages.ownWork)
    case .alreadyAgreed where approval.state == .asked: throw Failure(.conflict, GateMessages.agreedAlready)
    case .alreadyAgreed: break
    case .noPerson: throw Failure(.conflict, GateMessages.needsPerson)
    }
  }

  /// What does not wait at the gate any more nobody decides.
  private func requireStay(_ held: HeldGateApproval) async throws {
    guard held.approval.state == .asked else { return }
    let open = try await transaction.query(OpenStays(tenants: [held.own.stayTenant], stays: [held.own.stay]))
    guard !open.isEmpty else { throw Failure(.conflict, GateMessages.stayEnded) }
  }

  fileprivate func decide(_ id: PublicId, agrees: Bool, reason: String?) async throws -> GateApprovalLine {
    subject(id)
    guard actor.kind == .staff else { throw Failure(.conflict, GateMessages.needsPerson) }
    var held = try await holdApproval(
      id, ApprovalsAskedOf(provider: provider.id, account: actor.id, customers: reachableCustomers, now: now, publicId: id))
    try requireStanding(held)
    try await requireStay(held)
    // Who decides too late is refused by this, and the sweep writes down that he did not.
    try held.round.decide(id.random, agrees: agrees, reason: reason, by: Party(principal), at: now)
    let standing = try held.round.settle(at: now)
    held.round.countVersions(since: held.all.map(\.row.approval))
    for (before, after) in zip(held.all, held.round.approvals) where before.row.approval != after {
      transaction.enqueue(UpdateGateApproval(provider: provider.id, id: before.id, approval: after))
    }
    // Whoever waits is told what came of it, once.
    if standing != .waiting {
      let answer = Value.Member("answer", .text(standing == .approved ? "approved" : "rejected"))
      tell(.decided, of: held.own.id, held.approval, held.gate, [answer], in: transaction)
    }
    return GateApprovalLine(held.found, held.gate, held.approval, in: self)
  }

  /// Nobody is named whose word would not count: it would take the place of one whose word does, and wait in vain.
  fileprivate func handOn(_ was: HeldGateApproval, to staff: PublicId, isReassigned: Bool) async throws -> GateApprovalLine {
    try await requireStay(was)
    var held = was
    let (own, provider) = (held.own, provider.id)
    let account = AccountAtCustomer(home: provider, publicId: staff, permission: GateRights.approve, customer: provider, now: now)
    guard let named = try await transaction.first(account), named.party.kind == Actor.Kind.staff.rawValue else { throw unknownReference("staff") }
    let there = ApproversThere(provider: provider, tenant: own.stayTenant, subject: own.subject, accounts: [named.party.id], now: now)
    guard let found = try await transaction.first(there) else {
      throw Failure.invalid("staff", GateMessages.approverMayNot, ["permission": GateRights.approve])
    }
    // What is decided goes to nobody, whoever is named.
    try held.round.delegate(own.row.approval.publicId, to: found.party, named: staff, isReassigned: isReassigned, at: now)
    let isOwn = !own.mayBeOwn && found.party.isSame(as: own.asker)
    // Who is asked is so already; where all must agree he agrees once, and the other approval would wait in vain.
    let isAsked = held.round.approvals.contains { one in
      one.state == .asked && one.holder == .account(found.account) && (!one.suffices || one.publicId == own.row.approval.publicId)
    }
    guard !isOwn, !isAsked, !found.party.isSame(as: Party(principal)), !ApproverRule.hasAgreed(found.party, among: held.round.approvals) else {
      throw Failure.invalid("staff", GateMessages.handedToOwn)
    }
    held.round.countVersions(since: held.all.map(\.row.approval))
    let approval = held.approval
    transaction.enqueue(DelegateGateApproval(provider: provider, id: own.id, delegate: found, version: approval.version))
    tell(.asked, of: own.id, approval, held.gate, [Value.Member("to", .id(staff))], in: transaction)
    let delegate = GateRound.Row.Delegate(publicId: found.publicId, name: found.name)
    return GateApprovalLine(held.found, held.gate, approval, delegate: delegate, in: self)
  }
}
