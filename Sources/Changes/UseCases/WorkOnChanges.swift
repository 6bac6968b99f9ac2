import Approvals
import Gates
import Kernel
import Operations
import Requests

/// A change that takes a step before which gates may stand.
package typealias ChangeStep = GateStepInput<ChangeFields>

/// The risk follows from the answers.
package enum AssessChange: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let answers: Value

    package static let fields: [any InputField] = [ChangeFields.id, ChangeFields.answers]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      answers = try values[ChangeFields.answers]
    }
  }

  package static let declaration = Declaration(
    "change.assess", "Judge a change's risk by the questionnaire.", zh: "按风险问卷评估变更风险。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try work.requireOwnWords()
    work.takesPart(context.principal)
    try work.assess(input.answers, try await context.questionnaire())
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum SubmitChange: Operation {
  package typealias Input = ChangeStep

  package static let declaration = Declaration(
    "change.submit", "Ask those to agree who are asked at its risk; by a model it is agreed to already.", zh: "按风险提交审批；依据模型的标准变更直接批准。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    // Whom shared CIs affect may have become more since they were named.
    let added = try await context.transaction.query(ConcernAffected(provider: context.provider.id, change: work.row.id, now: context.now))
    if !added.isEmpty, context.reachableCustomers != nil { throw Failure(.denied, ChangeMessages.servesAll) }
    // Now that all are known whose gates it passes; with the next round trip.
    let gates = try context.gates(before: [.submitChange], of: input.id, input.answers)
    guard work.row.owner != nil else { throw Failure(.conflict, ChangeMessages.ownerMissing) }
    try await work.requireModelInForce(in: context)
    if work.row.model == nil, work.row.process.state == .assessed, try await context.questionnaire().seq != work.row.questionnaire {
      throw Failure(.conflict, ChangeMessages.questionsChanged)
    }
    if work.row.process.kind == .emergency {
      let links = try await context.transaction.query(LinksOfChange(provider: context.provider.id, change: work.row.id, customers: nil))
      let manages = try await context.manages(work)
      guard manages || links.contains(where: { $0.kind == ChangeToIncident.resolves.linkKind }) else {
        throw Failure(.conflict, ChangeMessages.emergencyReason)
      }
    }
    work.takesPart(context.principal)
    var planned: [Approval] = []
    if let risk = work.row.process.risk, work.row.process.kind != .standard {
      let rule = try await context.changePolicy().content.rule(for: work.row.process.kind, risk)
      planned = ApprovalPlan.approvals(of: rule, value: nil, persons: [:]) { context.random.publicIdBits() }
      work.row.mayApproveOwn = rule.ownRequests
    }
    try work.row.process.submit(asking: planned, at: context.now)
    try await work.requireNoFreeze()
    try await work.pass(gates, in: context)
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum ReviseChange: Operation {
  package typealias Input = ChangeReason

  package static let declaration = Declaration(
    "change.revise", "Take a change back that was submitted, to write it anew; whoever agreed is asked again.", zh: "退回已提交的变更以重新编写，须重新审批。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    switch work.row.releaseState {
    case .signedOff, .deployed: throw Failure(.conflict, ChangeMessages.releaseSigned)
    // It does not go out with what is over.
    case .closed, .cancelled: work.row.release = nil
    case .planning, .piloting, nil: break
    }
    try work.row.process.revise(input.reason, at: context.now)
    // It comes to all gates anew.
    context.leaveGates(work.row.publicId, of: .change)
    (work.row.freezeReason, work.row.freezes) = (nil, [])
    work.takesPart(context.principal)
    // What a model answers it answers again.
    if work.row.model != nil { try work.assess(work.row.answers, try await context.questionnaire(work.row.questionnaire)) }
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum StartChange: Operation {
  package typealias Input = ChangeStep

  package static let declaration = Declaration(
    "change.start", "Begin to implement a change, within its window; its first tasks can be done.", zh: "在时间窗口内开始实施变更，开放首批任务。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    // Whom shared CIs affect since it was agreed to has not been asked about, nor told.
    let added = try await context.transaction.query(ConcernAffected(provider: context.provider.id, change: work.row.id, now: context.now))
    let withheld = try await work.teamsWithheld()
    try work.row.process.start(withholdingFrom: withheld, at: context.now)
    if !added.isEmpty {
      guard work.row.process.kind == .emergency else { throw Failure(.conflict, ChangeMessages.concernsMore) }
      work.note("concerns_more", [Value.Member("customers", .integer(Int64(added.count)))])
    }
    let gates = try context.gates(before: [.startChange], of: input.id, input.answers)
    work.takesPart(context.principal)
    try await work.requireNoFreeze()
    try await work.pass(gates, in: context)
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum CompleteChange: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let outcome: ChangeOutcome
    let note: String?

    private static let outcome = Field.oneOf("outcome", ["success", "failed"], "Whether it worked.", "结果：success 成功、failed 失败。")
    private static let note = Field.longText("note", 1...5000, "What there is to say of it.", "结果说明。").optional
    package static let fields: [any InputField] = [ChangeFields.id, outcome, note]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      outcome = ChangeOutcome(rawValue: try values[Self.outcome]) ?? .failed
      note = try values[Self.note]
    }
  }

  package static let declaration = Declaration(
    "change.complete", "Say that a change was done, and whether it worked.", zh: "登记变更已实施及其结果。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    let overrules = work.row.process.approval == .rejected ? try await context.manages(work) : false
    try work.row.process.complete(input.outcome, note: input.note, overrules: overrules, at: context.now)
    work.takesPart(context.principal)
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum BackOutChange: Operation {
  package typealias Input = ChangeReason

  package static let declaration = Declaration(
    "change.back_out", "Say that a change was undone, and why.", zh: "登记变更已回退及原因。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    try await context.act(on: input.id, takesPart: true) { process throws(Failure) in try process.backOut(input.reason, at: context.now) }
  }
}

package enum ReviewChange: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let review: String

    private static let review = Field.longText("review", 1...20_000, "What happened, why, and what is to be done differently.", "经过、原因与改进措施。")
    package static let fields: [any InputField] = [ChangeFields.id, review]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      review = try values[Self.review]
    }
  }

  package static let declaration = Declaration(
    "change.review", "Look back on a change that was done or undone (PIR).", zh: "登记实施后评审。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    try await context.act(on: input.id) { process throws(Failure) in try process.record(review: input.review, at: context.now) }
  }
}

package enum CloseChange: Operation {
  package typealias Input = ChangeStep

  package static let declaration = Declaration(
    "change.close",
    "Close a change; an emergency, and what failed or was backed out, was looked back on. What was refused, who manages changes and had no part in it.",
    zh: "关闭变更；紧急、失败或已回退者须已评审；曾被拒绝者由未参与的变更管理人员关闭。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    let gates = try context.gates(before: [.closeChange], of: input.id, input.answers)
    var work = try await ChangeWork.begin(on: input.id, in: context)
    let isOther = FourEyes.refusal(of: Party(context.principal), than: work.parties) == nil
    let overrules = isOther && work.row.process.approval == .rejected ? try await context.manages(work) : false
    try work.row.process.close(overrules: overrules, at: context.now)
    try await work.pass(gates, in: context)
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum CancelChange: Operation {
  package typealias Input = ChangeReason

  package static let declaration = Declaration(
    "change.cancel", "Give up a change that was not begun, with the reason.", zh: "取消尚未实施的变更并说明原因。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    let record = try await context.act(on: input.id) { process throws(Failure) in try process.cancel(input.reason, at: context.now) }
    context.leaveGates(input.id.random, of: .change)
    return record
  }
}

extension ChangeWork {
  /// A model approves by the version that is in force, and what it was agreed to for.
  fileprivate func requireModelInForce(in context: OperationContext) async throws {
    guard let model = row.model else { return }
    guard let found = try await transaction.first(ModelInForce(provider: provider.id, model: model.id, seq: model.seq)) else {
      throw Failure(.conflict, ChangeMessages.modelReplaced)
    }
    let types = try context.stored(ModelContent.self, found).ciTypes
    guard !types.isEmpty else { return }
    guard try await !transaction.query(CiLinks(provider: provider.id, change: row.id, customers: nil)).isEmpty else {
      throw Failure(.conflict, ChangeMessages.modelNeedsCi, ["allowed": types.joined(separator: ", ")])
    }
  }
}

extension OperationContext {
  fileprivate func act(on id: PublicId, takesPart: Bool = false, _ move: (inout ChangeProcess) throws(Failure) -> Void) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: id, in: self)
    try move(&work.row.process)
    if takesPart { work.takesPart(principal) }
    try await work.save()
    return try await work.record(in: self)
  }

  /// A member of the staff whom a body names, who has a permission for all whom the change concerns.
  func staff(_ id: PublicId, for work: ChangeWork, with permission: String, _ path: String) async throws -> StaffForChange.Found {
    let statement = StaffForChange(provider: provider.id, publicId: id, change: work.row.id, permission: permission, now: now)
    guard let found = try await transaction.first(statement) else { throw unknownReference(path) }
    guard found.may else { throw Failure.invalid(path, ChangeMessages.mayNot) }
    return found
  }
}
