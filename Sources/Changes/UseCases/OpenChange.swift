import Attributes
import Desk
import Kernel
import Knowledge
import Operations
import Postgres

/// Opens a change: of one customer, at once with CIs of his; or of the provider, concerning nobody yet.
package enum OpenChange: Operation {
  package struct Input: OperationInput {
    let customer: PublicId?
    let kind: ChangeKind
    let title: String
    let description: String?
    let publicText: String?
    let model: PublicId?
    let plan: String?
    let backOut: String?
    let test: String?
    let startsAt: Instant?
    let endsAt: Instant?
    let cis: [PublicId]
    let sharedCis: [PublicId]
    let suppressAlerts: Bool?
    let team: PublicId?
    let requester: PublicId?
    let attributes: Value?

    private static let customer = Field.id(
      "customer", .customer,
      "A customer whom it concerns; change.concern and change.add_ci add others. Left out: nobody yet, which is for who serves all.",
      "所涉及的客户；可用 change.concern、change.add_ci 增加。不填表示暂不涉及客户，仅服务全部客户的人员可新建。"
    ).optional
    private static let kind = Field.oneOf(
      "kind", ChangeKind.allCases.map(\.rawValue), "standard: by a model; normal; emergency: may be done before all have agreed.",
      "类型：standard 依据模型、normal 常规、emergency 可先实施后审批。")
    private static let model = Field.id("model", .changeModel, "The model of a standard change.", "标准变更所依据的模型。").optional
    private static let cis = Field<[PublicId]>.list(
      "cis", of: ChangeFields.ci, count: 0...50, "Configuration items of the customer that it touches.", "涉及的客户配置项。"
    ).optional
    private static let sharedCi = Field.id("sharedCi", .sharedCi, "A configuration item that the provider shares.", "服务商共享的配置项。")
    private static let sharedCis = Field<[PublicId]>.list(
      "sharedCis", of: sharedCi, count: 0...50, "Configuration items that the provider shares: it concerns all whom they affect.",
      "服务商共享的配置项：变更将涉及受其影响的全部客户。"
    ).optional

    package static let fields: [any InputField] = [
      customer, kind, ChangeFields.title, ChangeFields.description.optional, ChangeFields.publicText.optional, model, ChangeFields.plan.optional,
      ChangeFields.backOut.optional, ChangeFields.test.optional, ChangeFields.startsAt.optional, ChangeFields.endsAt.optional, cis, sharedCis,
      ChangeFields.suppressAlerts.optional, WorkingTeamFields.team.optional, NamedRequesterFields.requester.optional,
      AttributeFields.attributes.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      customer = try values[Self.customer]
      kind = ChangeKind(rawValue: try values[Self.kind]) ?? .normal
      title = try values[ChangeFields.title]
      description = try values[ChangeFields.description.optional]
      publicText = try values[ChangeFields.publicText.optional]
      model = try values[Self.model]
      plan = try values[ChangeFields.plan.optional]
      backOut = try values[ChangeFields.backOut.optional]
      test = try values[ChangeFields.test.optional]
      startsAt = try values[ChangeFields.startsAt.optional]
      endsAt = try values[ChangeFields.endsAt.optional]
      cis = try values[Self.cis] ?? []
      sharedCis = try values[Self.sharedCis] ?? []
      suppressAlerts = try values[ChangeFields.suppressAlerts.optional]
      team = try values[WorkingTeamFields.team.optional]
      requester = try values[NamedRequesterFields.requester.optional]
      attributes = try values[AttributeFields.attributes.optional]
      guard kind != .standard || model != nil else { throw FieldError("model", ChangeMessages.modelNeeded) }
      try ChangeFields.checkWindow(startsAt, endsAt)
    }

    /// A model writes what is to be done. Asked when it is known that the model is there.
    fileprivate func requireNothingBesideModel() throws(Failure) {
      guard kind == .standard else { throw Failure.invalid("model", ChangeMessages.modelNeeded) }
      for (name, text) in [
        ("description", description), ("publicText", publicText), ("plan", plan), ("backOut", backOut), ("test", test),
      ] where text != nil {
        throw Failure.invalid(name, ChangeMessages.modelWrites)
      }
    }
  }

  package static let declaration = Declaration(
    "change.open", "Open a change.", zh: "新建变更。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .homeOr(by: "customer", andProvider: true), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    let (provider, transaction) = (context.provider.id, context.transaction)
    if input.customer == nil { try context.requireEveryCustomer() } else if context.tenant.kind != .customer { throw context.unknownReference("customer") }
    if input.customer == nil, !input.cis.isEmpty { throw context.unknownReference("cis[0]") }
    let attributes = try context.told(input.attributes, of: .change)
    var model: ModelRow?
    if let id = input.model {
      do {
        _ = try await context.changeModel(id)
      } catch let failure as Failure where failure.kind == .notFound {
        throw context.unknownReference("model")
      }
      guard let found = try await transaction.first(ModelByPublicId(provider: provider, publicId: id, inForce: true)) else {
        throw Failure.invalid("model", ChangeMessages.modelNotApproved)
      }
      guard !found.isRetired else { throw Failure.invalid("model", ChangeMessages.modelRetired) }
      try input.requireNothingBesideModel()
      model = found
    }
    let content = try model.map { try context.stored(ModelContent.self, $0.content) }
    let id = context.newId(.change)
    guard let number = try await transaction.first(NextNumber("change", of: provider)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "no number")
    }
    let owner: ChangeRow.Reference? =
      if context.actor.kind == .staff {
        try await transaction.first(AccountOfStaff(provider: provider, account: context.actor.id))?.account
      } else { nil }
    let insert = InsertChange(
      provider: provider, publicId: id, number: number, kind: input.kind, title: input.title, description: input.description ?? content?.description ?? "",
      model: model.map { ($0.id, $0.seq) }, owner: owner, author: Party(context.principal), now: context.now)
    guard let change = try await transaction.first(insert) else { throw Failure(.internal, OperationMessages.internalFault, debug: "no change") }
    if input.customer != nil {
      _ = try await transaction.first(InsertConcerned(provider: provider, change: change, customer: context.tenant.id, now: context.now))
    }
    var work = try await ChangeWork.begin(on: id, in: context, comparesVersion: false)
    transaction.enqueueWords(of: work.searched, work.row.words)
    work.takesPart(context.principal)
    work.row.publicText = content == nil ? input.publicText : content?.publicText
    work.row.process.plan = content?.plan ?? input.plan
    work.row.process.backOut = content?.backOut ?? input.backOut
    work.row.process.test = content?.test ?? input.test
    (work.row.process.startsAt, work.row.process.endsAt) = (input.startsAt, input.endsAt)
    work.row.suppressesAlerts = input.suppressAlerts ?? false
    work.note("opened", [Value.Member("kind", .text(input.kind.rawValue))])
    work.tell(try await attributes?.applied(to: work.row.attributes, of: nil, category: nil))
    for (index, ci) in input.cis.enumerated() { try await work.name(ci, of: context.tenant, "cis[\(index)]", in: context) }
    for (index, ci) in input.sharedCis.enumerated() { try await work.name(ci, of: context.provider, "sharedCis[\(index)]", in: context) }
    // Now that all are known whom it concerns.
    try await context.requireMaySuppress(work, "suppressAlerts")
    if let team = input.team { try await work.give(to: .set(team), in: context) }
    if let requester = input.requester { try await work.name(requester: .set(requester), in: context) }
    if let content {
      try work.assess(content.answers, try await context.questionnaire())
      try await work.plan(content.tasks, random: context.random)
    }
    try await work.save(countsVersion: false)
    return try await work.record(in: context)
  }
}

/// Writes what a change that nobody was asked about yet is to be.
package enum WriteChange: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let title: Change<String>
    let description: Change<String>
    let publicText: Change<String>
    let plan: Change<String>
    let backOut: Change<String>
    let test: Change<String>
    let startsAt: Change<Instant>
    let endsAt: Change<Instant>
    let suppressAlerts: Change<Bool>
    let requester: Change<PublicId>
    let attributes: Change<Value>

    package static let fields: [any InputField] = [
      ChangeFields.id, ChangeFields.title.change, ChangeFields.description.change, ChangeFields.publicText.clearable, ChangeFields.plan.clearable,
      ChangeFields.backOut.clearable, ChangeFields.test.clearable, ChangeFields.startsAt.clearable, ChangeFields.endsAt.clearable,
      ChangeFields.suppressAlerts.change, NamedRequesterFields.requester.clearable, AttributeFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      title = try values[ChangeFields.title.change]
      description = try values[ChangeFields.description.change]
      publicText = try values[ChangeFields.publicText.clearable]
      plan = try values[ChangeFields.plan.clearable]
      backOut = try values[ChangeFields.backOut.clearable]
      test = try values[ChangeFields.test.clearable]
      startsAt = try values[ChangeFields.startsAt.clearable]
      endsAt = try values[ChangeFields.endsAt.clearable]
      suppressAlerts = try values[ChangeFields.suppressAlerts.change]
      requester = try values[NamedRequesterFields.requester.clearable]
      attributes = try values[AttributeFields.attributes.change]
    }

    /// Whether nothing but attributes is told.
    var isEmpty: Bool { title.isKeep && !isOfModel && startsAt.isKeep && endsAt.isKeep && suppressAlerts.isKeep && requester.isKeep }

    var isOfModel: Bool { !description.isKeep || !publicText.isKeep || !plan.isKeep || !backOut.isKeep || !test.isKeep }
  }

  package static let declaration = Declaration(
    "change.change", "Write what a draft or assessed change is to be, whom it is for, and when it is to be done; its risk is judged anew.",
    zh: "修改草稿或已评估变更的内容、请求人与时间窗口；须重新评估风险。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .homeOr(by: "requester", andProvider: true), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    let attributes = try context.told(input.attributes.applied(to: nil), of: .change)
    guard !input.isEmpty || attributes != nil else { throw Failure(.invalid, ChangeMessages.nothingToChange) }
    var work = try await ChangeWork.begin(on: input.id, in: context)
    if input.isOfModel { try work.requireOwnWords() }
    var read = work
    try await work.write(in: context)
    let before = work.row
    work.row.title = input.title.applied(to: before.title)
    work.row.description = input.description.applied(to: before.description)
    work.row.publicText = input.publicText.applied(to: before.publicText)
    work.row.process.plan = input.plan.applied(to: before.process.plan)
    work.row.process.backOut = input.backOut.applied(to: before.process.backOut)
    work.row.process.test = input.test.applied(to: before.process.test)
    work.row.process.startsAt = input.startsAt.applied(to: before.process.startsAt)
    work.row.process.endsAt = input.endsAt.applied(to: before.process.endsAt)
    work.row.suppressesAlerts = input.suppressAlerts.applied(to: before.suppressesAlerts)
    try ChangeFields.checkWindow(work.row.process.startsAt, work.row.process.endsAt)
    try await work.name(requester: input.requester, in: context)
    let changed = work.row.changes(since: before)
    let edit = try await attributes?.applied(to: before.attributes, of: nil, category: nil)
    // Telling what stands there already is no change: what was assessed stays so.
    if changed.isEmpty, edit?.isEmpty ?? true, work.row.requester == before.requester {
      // Save what time has decided meanwhile.
      if !read.row.process.events.isEmpty { try await read.save() }
      return try await read.record(in: context)
    }
    if let path = work.row.expectsAnew(since: before) { try await context.requireMaySuppress(work, path) }
    work.note(changed)
    work.tell(edit)
    try await work.save()
    return try await work.record(in: context)
  }
}

package enum PlanChangeTasks: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let tasks: [PlannedTask]

    package static let fields: [any InputField] = [ChangeFields.id, ChangeFields.tasks]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      tasks = try values[ChangeFields.tasks]
    }
  }

  package static let declaration = Declaration(
    "change.plan_tasks", "Say what is done to implement a change, step by step, in the place of what was planned before.", zh: "登记变更的实施任务，替换原有计划。",
    permission: ChangeRights.work, roles: ChangeRights.workers, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try work.requireOwnWords()
    try await work.write(in: context)
    try await work.plan(input.tasks, random: context.random)
    // Of a model, which is written for all, the teams that may not are passed over when it is begun.
    let concerned = try await work.concerned()
    var allowed: Set<Int64> = []
    for task in work.row.process.board.tasks {
      guard let team = task.team, allowed.insert(team).inserted else { continue }
      try await context.requireAllowed(team, for: concerned, "tasks[\(task.seq - 1)].team")
    }
    try await work.save()
    return try await work.record(in: context)
  }
}

extension ChangeRow {
  /// The field that says that alerts are expected which were not before, or at another time; nil: none does.
  fileprivate func expectsAnew(since before: ChangeRow) -> String? {
    guard suppressesAlerts else { return nil }
    if !before.suppressesAlerts { return "suppressAlerts" }
    if process.startsAt != before.process.startsAt { return "startsAt" }
    return process.endsAt == before.process.endsAt ? nil : "endsAt"
  }

  /// What was written in it otherwise than before.
  fileprivate func changes(since before: ChangeRow) -> [FieldChange] {
    let (was, now) = (before.process, process)
    let told: [FieldChange] = [
      .text("title", before.title, title), .text("description", before.description, description),
      .text("publicText", before.publicText, publicText), .text("plan", was.plan, now.plan), .text("backOut", was.backOut, now.backOut),
      .text("test", was.test, now.test), .code("startsAt", .instant(was.startsAt), .instant(now.startsAt)),
      .code("endsAt", .instant(was.endsAt), .instant(now.endsAt)),
      .code("suppressAlerts", .bool(before.suppressesAlerts), .bool(suppressesAlerts)),
    ]
    return told.real
  }
}
