import Approvals
import Kernel
import Operations
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

  init(_ found: ApprovalsAskedOf.Found, _ gate: Gate, _ approval: Approval? = nil, in context: OperationContext) {
    row = found.row
    self.gate = gate
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
    OutputField("askedBy", .text, "Who is about to take the step.", "请求审批的操作人。") { .text($0.row.askerName) },
    OutputField("askedAt", .instant, "Since when it waits for a decision.", "请求审批的时间。") { .instant($0.approval.askedAt) },
    OutputField("suffices", .boolean, "Whether this one's word is enough.", "是否一人同意即可。") { .bool($0.approval.suffices) },
    OutputField("state", .text, "asked, approved, rejected or lapsed.", "状态：asked 待决定、approved 已同意、rejected 已拒绝、lapsed 无需决定。") {
      .text($0.approval.state.rawValue)
    },
    OutputField("decidedAt", .instant, "When it was decided.", "决定时间。") { .instant($0.approval.decidedAt) },
    OutputField("reason", .text, "Why it was decided so.", "决定的理由。") { .text($0.approval.reason) },
  ]
}

/// What waits at gates for the caller's word.
package enum ListGateApprovals: Operation {
  package struct Input: OperationInput {
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "gate_approval.list", "List what waits at gates for the caller's approval, the one that was asked first in front.", zh: "列出关卡处待本人审批的事项，最早的在前。",
    permission: GateRights.approve, roles: GateRights.approvers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<GateApprovalLine> {
    let (limit, after) = try context.page(input.limit, input.cursor)
    // A program is asked nothing.
    let asked = ApprovalsAskedOf(
      provider: context.provider.id, account: context.actor.id, customers: context.reachableCustomers,
      after: try after.map { (askedAt: try $0.instant(0), id: try $0.integer(1)) }, limit: limit + 1)
    let rows = context.actor.kind == .staff ? try await context.transaction.query(asked) : []
    let gates = try await context.gates(rows.map(\.row.gate))
    let known = rows.compactMap { row in gates[row.row.gate].map { (row, $0) } }
    return context.listing(
      known, limit: limit, key: { PageCursor([.integer($0.0.row.row.approval.askedAt?.microseconds ?? 0), .integer($0.0.row.id)]) },
      element: { GateApprovalLine($0.0, $0.1, in: context) })
  }
}

enum GateApprovalFields {
  static let id = Field.id("id", .gateApproval, "The approval.", "审批编号。")
  static let reason = Field.longText("reason", 1...2000, "Why.", "理由。")
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
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    package static let fields: [any InputField] = [GateApprovalFields.id, GateApprovalFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[GateApprovalFields.id]
      reason = try values[GateApprovalFields.reason]
    }
  }

  package static let declaration = Declaration(
    "gate_approval.reject", "Refuse what waits at a gate, where you are asked, with the reason.", zh: "拒绝关卡处待您审批的事项并说明理由。",
    permission: GateRights.approve, roles: GateRights.approvers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> GateApprovalLine {
    try await context.decide(input.id, agrees: false, reason: input.reason)
  }
}

extension OperationContext {
  fileprivate func gates(_ ids: [Int64]) async throws -> [Int64: Gate] {
    guard !ids.isEmpty else { return [:] }
    let gates = try await transaction.query(GatesByIds(provider: provider.id, ids: Array(Set(ids))))
    return Dictionary(gates.map { ($0.id, $0) }) { first, _ in first }
  }

  /// What others are asked, or concerns whom the caller does not serve, is not there.
  fileprivate func decide(_ id: PublicId, agrees: Bool, reason: String?) async throws -> GateApprovalLine {
    subject(id)
    guard actor.kind == .staff else { throw Failure(.conflict, GateMessages.needsPerson) }
    let (all, asked) = try await transaction.query(
      HoldRoundOfApproval(provider: provider.id, publicId: id),
      ApprovalsAskedOf(provider: provider.id, account: actor.id, customers: reachableCustomers, publicId: id))
    guard let found = asked.first, let own = all.first(where: { $0.row.approval.publicId == id.random }),
      let gate = try await gates([own.gate])[own.gate]
    else { throw Failure.notFound }
    let approvals = all.map(\.row.approval)
    let facts = ApproverRule.Facts(tenants: [], permission: GateRights.approve, submitter: own.asker, mayBeOwn: own.mayBeOwn)
    switch ApproverRule.standing(of: principal, for: own.row.approval, among: approvals, facts, at: now) {
    case .may: break
    case .none: throw Failure.notFound
    case .own: throw Failure(.conflict, GateMessages.ownWork)
    case .alreadyAgreed where own.row.approval.state == .asked: throw Failure(.conflict, GateMessages.agreedAlready)
    case .alreadyAgreed: break
    case .noPerson: throw Failure(.conflict, GateMessages.needsPerson)
    }
    if own.row.approval.state == .asked {
      let open = try await transaction.query(OpenStays(tenants: [own.stayTenant], stays: [own.stay]))
      guard !open.isEmpty else { throw Failure(.conflict, GateMessages.stayEnded) }
    }
    var round = ApprovalRound(approvals)
    try round.decide(id.random, agrees: agrees, reason: reason, by: Party(principal), at: now)
    let standing = try round.settle(at: now)
    for (before, after) in zip(all, round.approvals) where before.row.approval != after {
      transaction.enqueue(UpdateGateApproval(provider: provider.id, id: before.id, approval: after))
    }
    // Whoever waits is told what came of it, once.
    if standing != .waiting {
      tell(.decided, of: own.id, id.random, gate, answer: standing == .approved ? "approved" : "rejected", in: transaction)
    }
    return GateApprovalLine(found, gate, round.approvals.first { $0.publicId == id.random }, in: self)
  }
}
