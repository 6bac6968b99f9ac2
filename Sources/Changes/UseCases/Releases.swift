import Attributes
import Gates
import Kernel
import Knowledge
import Operations

package enum ReleaseFields: NamesRecord {
  package static let id = Field.id("id", .release, "The release.", "发布编号。")
  static let title = Field.text("title", 1...200, "What goes out, in a line.", "标题。")
  static let description = Field.longText("description", 0...20_000, "What goes out, and why.", "说明。")
  static let note = Field.longText("note", 1...5000, "What there is to say of it.", "说明。")
}

package typealias ReleaseReference = ReferenceInput<ReleaseFields>

/// A release that takes a step before which gates may stand.
package typealias ReleaseStep = GateStepInput<ReleaseFields>

/// A page of what belongs to a release.
package typealias PageOfRelease = PageOf<ReleaseFields>

package enum OpenRelease: Operation {
  package struct Input: OperationInput {
    let title: String
    let description: String
    let owner: PublicId?
    let attributes: Value?

    private static let owner = Field.id(
      "owner", .staff, "Who answers for it (default: who opens it): one who may work on changes of all customers.",
      "负责人（默认新建人）：须对全部客户均有变更处理权限。"
    ).optional
    package static let fields: [any InputField] = [
      ReleaseFields.title, ReleaseFields.description.optional, owner, AttributeFields.attributes.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      title = try values[ReleaseFields.title]
      description = try values[ReleaseFields.description.optional] ?? ""
      owner = try values[Self.owner]
      attributes = try values[AttributeFields.attributes.optional]
    }
  }

  package static let declaration = Declaration(
    "release.open", "Open a release, which changes go out with. As long as it concerns nobody, who opened it and who serves all customers read it.",
    zh: "新建发布；尚未涉及客户时，仅新建人与服务全部客户的人员可查看。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    let (provider, transaction) = (context.provider.id, context.transaction)
    let attributes = try context.told(input.attributes, of: .release)
    let id = context.newId(.release)
    let owner = try await context.ownerOfNewRelease(input.owner)
    guard let number = try await transaction.first(NextNumber("release", of: provider)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "no number")
    }
    context.subject(id)
    transaction.enqueue(
      InsertRelease(
        provider: provider, publicId: id, number: number, title: input.title, description: input.description, owner: owner,
        author: Party(context.principal), now: context.now))
    let row = try await context.release(id)
    transaction.enqueueWords(of: row.searched(of: provider), row.words)
    transaction.record(
      Event(subjectKind: "release", subject: row.id, seq: 0, type: "release.opened", payload: .object([]), occurredAt: context.now), tenant: provider,
      actor: context.actor, at: context.now)
    guard let edit = try await attributes?.applied(to: row.attributes, of: nil, category: nil) else { return ReleaseRecord(row, in: context) }
    var work = ReleaseWork(context: context, row: row)
    work.tell(edit)
    return work.save(countsVersion: false)
  }
}

package enum WriteRelease: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let title: Change<String>
    let description: Change<String>
    let attributes: Change<Value>

    package static let fields: [any InputField] = [
      ReleaseFields.id, ReleaseFields.title.change, ReleaseFields.description.change, AttributeFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      title = try values[ReleaseFields.title.change]
      description = try values[ReleaseFields.description.change]
      attributes = try values[AttributeFields.attributes.change]
    }
  }

  package static let declaration = Declaration(
    "release.change", "Change what a release says that is not signed off, and its custom attributes.", zh: "修改尚未签发的发布及其自定义属性。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    let attributes = try context.told(input.attributes.applied(to: nil), of: .release)
    guard !input.title.isKeep || !input.description.isKeep || attributes != nil else {
      throw Failure(.invalid, ChangeMessages.nothingToChange)
    }
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.row.process.require(.write)
    let before = work.row
    work.row.title = input.title.applied(to: before.title)
    work.row.description = input.description.applied(to: before.description)
    let told: [FieldChange] = [
      .text("title", before.title, work.row.title), .text("description", before.description, work.row.description),
    ]
    let changed = told.real
    let edit = try await attributes?.applied(to: before.attributes, of: nil, category: nil)
    // What is said as it stands changes nothing.
    guard !changed.isEmpty || !(edit?.isEmpty ?? true) else { return ReleaseRecord(work.row, in: context) }
    work.note(changed)
    work.tell(edit)
    return work.save()
  }
}

package struct ChangeOfRelease: OperationInput {
  let id: PublicId
  let change: PublicId

  private static let change = Field.id("change", .change, "The change.", "变更编号。")
  package static let fields: [any InputField] = [ReleaseFields.id, change]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ReleaseFields.id]
    change = try values[Self.change]
  }
}

package enum AddReleaseChange: Operation {
  package typealias Input = ChangeOfRelease

  package static let declaration = Declaration(
    "release.add_change", "Let a change go out with a release.", zh: "将变更纳入发布。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    try await context.move(input, isAdded: true)
  }
}

package enum RemoveReleaseChange: Operation {
  package typealias Input = ChangeOfRelease

  package static let declaration = Declaration(
    "release.remove_change", "Let a change not go out with a release after all.", zh: "将变更移出发布。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    try await context.move(input, isAdded: false)
  }
}

package enum AddCriterion: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let text: String

    private static let text = Field.longText("text", 1...2000, "What must be so before it goes out.", "发布前须满足的标准。")
    package static let fields: [any InputField] = [ReleaseFields.id, text]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      text = try values[Self.text]
    }
  }

  private static let most = 100

  package static let declaration = Declaration(
    "release.add_criterion", "Say what a release must meet before it is signed off.", zh: "登记发布的验收标准。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.row.process.require(.write)
    guard work.row.process.criteria.count < most else { throw Failure(.conflict, ReleaseMessages.tooManyCriteria, ["most": String(most)]) }
    let seq = (work.row.process.criteria.last?.seq ?? 0) + 1
    work.row.process.criteria.append(Criterion(seq: seq, body: input.text))
    work.note("criterion_added", [Value.Member("criterion", .integer(seq))])
    return work.save()
  }
}

package enum JudgeCriterion: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let criterion: Int64
    let state: Criterion.State
    let evidence: String

    private static let criterion = Field.integer("criterion", 1...1000, "Its number.", "验收标准的序号。")
    private static let state = Field.oneOf("state", ["met", "not_met"], "Whether it is met.", "met 满足、not_met 不满足。")
    private static let evidence = Field.longText("evidence", 1...5000, "What shows it.", "证据。")
    package static let fields: [any InputField] = [ReleaseFields.id, criterion, state, evidence]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      criterion = try values[Self.criterion]
      state = Criterion.State(rawValue: try values[Self.state]) ?? .notMet
      evidence = try values[Self.evidence]
    }
  }

  package static let declaration = Declaration(
    "release.judge_criterion", "Say whether a release meets a criterion, and what shows it.", zh: "判定发布是否满足验收标准并附证据。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    let former = work.row.process.criteria.first { $0.seq == input.criterion }
    try work.row.process.judge(
      input.criterion, input.state, evidence: input.evidence, by: Party(context.principal), context.principal.name, at: context.now)
    work.note(
      "criterion_judged",
      [
        Value.Member("criterion", .integer(input.criterion)), Value.Member("state", .text(input.state.rawValue)),
        Value.Member("evidence", .text(input.evidence)), Value.Member("before", .text(former?.state.rawValue)),
      ])
    return work.save()
  }
}

package enum PilotRelease: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let scope: String

    private static let scope = Field.longText("scope", 1...2000, "On which customers or configuration items it is tried.", "试点的客户或配置项。")
    package static let fields: [any InputField] = [ReleaseFields.id, scope]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      scope = try values[Self.scope]
    }
  }

  package static let declaration = Declaration(
    "release.pilot", "Try a release on a few first; what came of an earlier pilot counts no more.", zh: "开展试点；此前的试点结果不再有效。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.row.process.pilot(input.scope)
    work.note("piloted")
    return work.save()
  }
}

package enum RecordPilot: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let result: ReleaseProcess.Pilot
    let note: String

    private static let result = Field.oneOf("result", ["passed", "failed"], "What came of it.", "passed 通过、failed 未通过。")
    package static let fields: [any InputField] = [ReleaseFields.id, result, ReleaseFields.note]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      result = ReleaseProcess.Pilot(rawValue: try values[Self.result]) ?? .failed
      note = try values[ReleaseFields.note]
    }
  }

  package static let declaration = Declaration(
    "release.record_pilot", "Say what came of a release's pilot.", zh: "登记试点结果。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.row.process.record(input.result, input.note, by: Party(context.principal))
    work.note("pilot_recorded", [Value.Member("result", .text(input.result.rawValue))])
    return work.save()
  }
}

package enum SignOffRelease: Operation {
  package typealias Input = ReleaseStep

  package static let declaration = Declaration(
    "release.sign_off",
    "Answer for it that a release may go out: by who neither opened it, answered for it, nor judged its criteria, recorded its pilot or gathered its changes.",
    zh: "签发发布：须由未提出、未负责、未判定验收标准、未登记试点、未调整其变更的人员签发。", permission: ChangeRights.approve, roles: ChangeRights.approvers, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    let gates = try context.gates(before: [.signOffRelease], of: input.id, input.answers)
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.row.process.signOff(
      by: Party(context.principal), context.principal.name, hasUnapproved: try await work.hasUnapproved(), at: context.now)
    try await work.pass(gates)
    work.note("signed_off")
    return work.save()
  }
}

package enum DeployRelease: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let what: String
    let place: String
    let result: String
    let note: String?
    let deployedAt: Instant?
    let answers: GateAnswers

    private static let what = Field.text("what", 1...500, "What went out: a build, a version.", "部署内容，例如版本号。")
    private static let place = Field.text("where", 1...500, "Where it went.", "部署位置。")
    private static let result = Field.oneOf(
      "result", ["succeeded", "failed", "backed_out"], "What came of it.", "结果：succeeded 成功、failed 失败、backed_out 已回退。")
    private static let deployedAt = Field.instant("deployedAt", "When (default: now).", "部署时间（默认当前时刻）。").optional
    package static let fields: [any InputField] =
      [ReleaseFields.id, what, place, result, ReleaseFields.note.optional, deployedAt] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      what = try values[Self.what]
      place = try values[Self.place]
      result = try values[Self.result]
      note = try values[ReleaseFields.note.optional]
      deployedAt = try values[Self.deployedAt]
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "release.deploy", "Record that a release that is signed off went somewhere, and what came of it.", zh: "登记已签发发布的部署记录。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    let gates = try context.gates(before: [.deployRelease], of: input.id, input.answers)
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    let at = input.deployedAt ?? context.now
    guard at <= context.now else { throw Failure.invalid("deployedAt", ReleaseMessages.inFuture) }
    if let signed = work.row.process.signedAt, at < signed { throw Failure.invalid("deployedAt", ReleaseMessages.beforeSigned) }
    try work.row.process.deploy(hasUnapproved: try await work.hasUnapproved())
    work.note("deployed", [Value.Member("result", .text(input.result))])
    // The event's number is the record's: each deployment has one.
    let seq = work.row.lastSeq + 1
    try await work.pass(gates)
    let deployment = Deployment(
      seq: seq, what: input.what, place: input.place, result: input.result, note: input.note, deployedAt: at,
      actorName: context.principal.name)
    context.transaction.enqueue(InsertDeployment(provider: context.provider.id, release: work.row.id, deployment: deployment, now: context.now))
    return work.save()
  }
}

package enum CloseRelease: Operation {
  package typealias Input = ReleaseStep

  package static let declaration = Declaration(
    "release.close", "Close a release that went out, when its changes are over.", zh: "变更全部结束后关闭已部署的发布。", permission: ChangeRights.work,
    roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    let gates = try context.gates(before: [.closeRelease], of: input.id, input.answers)
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    let hasOpen = try await context.transaction.first(HasOpenChanges(provider: context.provider.id, release: work.row.id)) ?? true
    try work.row.process.close(hasChangesOpen: hasOpen, at: context.now)
    try await work.pass(gates)
    work.note("closed")
    return work.save()
  }
}

package enum CancelRelease: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String

    package static let fields: [any InputField] = [ReleaseFields.id, ChangeFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      reason = try values[ChangeFields.reason]
    }
  }

  package static let declaration = Declaration(
    "release.cancel", "Give up a release that has not gone out, with the reason; its changes go on by themselves.", zh: "取消尚未部署的发布；其变更各自继续。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context)
    try work.row.process.cancel(input.reason, at: context.now)
    context.leaveGates(work.row.publicId, of: .release)
    work.note("cancelled")
    return work.save()
  }
}

extension OperationContext {
  /// Puts a change into a release or takes it out: both are held, the release first.
  fileprivate func move(_ input: ChangeOfRelease, isAdded: Bool) async throws -> ReleaseRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: self)
    try work.row.process.gather(by: Party(principal))
    var change: ChangeWork
    do {
      change = try await ChangeWork.begin(on: input.change, in: self, comparesVersion: false)
    } catch let failure as Failure where failure.kind == .notFound {
      throw unknownReference("change")
    }
    subject(input.id)
    let release = ChangeRow.Reference(id: work.row.id, publicId: work.row.publicId)
    if isAdded {
      // What was given up takes nothing along.
      guard change.row.release == nil || change.row.releaseState == .cancelled else { throw Failure(.conflict, ReleaseMessages.changeTaken) }
      guard change.row.process.state.isAhead, change.row.process.state != .implementing else {
        throw Failure.invalid("change", ReleaseMessages.changeBegun)
      }
    } else {
      guard change.row.release == release else { throw Failure(.conflict, ReleaseMessages.changeNotOf) }
    }
    transaction.enqueue(RememberConcerned(provider: provider.id, release: work.row.id, change: change.row.id, now: now))
    change.row.release = isAdded ? release : nil
    change.note(isAdded ? "release_added" : "release_removed", [Value.Member("release", .id(input.id))])
    try await change.save()
    // Which changes a release has, a reader sees by those changes: the event names none.
    work.note(isAdded ? "change_added" : "change_removed")
    return work.save()
  }
}
