import Kernel
import Operations

/// The words in which a plan is told.
package enum PlanWords: MessageCatalog {
  static let create = Message("catalogue_plan.create", "create", zh: "新建")
  static let change = Message("catalogue_plan.change", "change", zh: "变更")
  static let publish = Message("catalogue_plan.publish", "publish", zh: "发布")
  static let draft = Message("catalogue_plan.draft", "draft", zh: "起草")
  static let retire = Message("catalogue_plan.retire", "retire", zh: "停用")
  static let family = Message("catalogue_plan.family", "family {code}", zh: "服务族 {code}")
  static let service = Message("catalogue_plan.service", "service {code}", zh: "服务 {code}")
  static let offering = Message("catalogue_plan.offering", "offering {code}", zh: "服务项 {code}")
  static let summary = Message("catalogue_plan.summary", "Summary", zh: "概述")
  static let inFamily = Message("catalogue_plan.in_family", "Family", zh: "所属服务族")
  static let stages = Message("catalogue_plan.stages", "Stages", zh: "生命周期阶段")
  static let dropsDraft = Message("catalogue_plan.drops_draft", "a draft that was written since is dropped", zh: "此后编写的草稿将被丢弃")

  package static let all = [create, change, publish, draft, retire, family, service, offering, summary, inFamily, stages, dropsDraft]
}

package enum ExportCatalogue: Operation {
  package struct Output: OperationOutput {
    let catalogue: Value
    let revision: Int64

    package static let fields: [OutputField<Output>] = [
      OutputField("catalogue", .document, "All of it, in a stable order: what catalogue.apply takes.", "完整目录，顺序固定；即 catalogue.apply 的输入。") { $0.catalogue },
      OutputField("revision", .integer, "Rises with every change of the catalogue.", "目录每次变更时递增。") { .integer($0.revision) },
    ]
  }

  package static let declaration = Declaration(
    "catalogue.export", "Export the whole catalogue, for review.", zh: "导出完整目录以供评审。", permission: "catalogue.read", roles: CatalogRights.staff,
    reach: .provider, effect: .read)

  package static func run(_ input: NoInput, in context: OperationContext) async throws -> Output {
    let recorded = try await RecordedCatalogue(in: context)
    return Output(catalogue: recorded.catalogue.stored, revision: recorded.revision)
  }
}

package struct PlanOutput: OperationOutput {
  package struct StepOutput: OperationOutput {
    let step: CataloguePlan.Step
    let dropsDraft: Bool

    package static let fields: [OutputField<StepOutput>] = [
      OutputField("english", .text, "The step in English words.", "该步骤的英文表述。") { .text($0.text(.english)) },
      OutputField("chinese", .text, "The step in Chinese words.", "该步骤的中文表述。") { .text($0.text(.chinese)) },
      OutputField("englishDetails", .list(.text), "What it changes from what to what, in English words.", "变更前后对照的英文表述。") {
        .array($0.details(.english).map { .text($0) })
      },
      OutputField("chineseDetails", .list(.text), "The same in Chinese words.", "变更前后对照的中文表述。") { .array($0.details(.chinese).map { .text($0) }) },
      OutputField("fields", .list(.text), "The fields that differ; of dependencies, the services.", "有差异的字段；依赖关系则为服务代码。") {
        .array($0.step.fields.map { .text($0) })
      },
    ]

    private func details(_ language: Language) -> [String] { step.changes.map { ContentWords(language).sentence($0) } }

    private func text(_ language: Language) -> String {
      let (verb, noun, code) = step.act.words
      let subject = noun.text(language, ["code": code])
      let title = language == .chinese ? "\(verb.text(language))\(subject)" : "\(verb.text(language)) \(subject)"
      // The names of fields are those of the file; in Chinese the details tell what they say.
      let fields = language == .chinese && !step.changes.isEmpty ? [] : step.fields
      let details = (fields + (dropsDraft ? [PlanWords.dropsDraft.text(language)] : [])).joined(separator: language == .chinese ? "、" : ", ")
      guard !details.isEmpty else { return title }
      return language == .chinese ? "\(title)：\(details)" : "\(title): \(details)"
    }
  }

  let steps: [StepOutput]
  let revision: Int64

  package static let fields: [OutputField<PlanOutput>] = [
    OutputField("steps", listOf: StepOutput.self, "What is done, in order; nothing where all is so already.", "按顺序执行的步骤；已一致则为空。") { $0.steps },
    OutputField("revision", .integer, "The catalogue's, for catalogue.apply.", "目录修订号，供 catalogue.apply 使用。") { .integer($0.revision) },
  ]
}

extension CataloguePlan.Act {
  fileprivate var words: (Message, Message, String) {
    switch self {
    case .createFamily(let family): (PlanWords.create, PlanWords.family, family.code)
    case .changeFamily(let family): (PlanWords.change, PlanWords.family, family.code)
    case .createService(let service, _): (PlanWords.create, PlanWords.service, service.code)
    case .changeService(let service, _): (PlanWords.change, PlanWords.service, service.code)
    case .relate(let code, _): (PlanWords.change, PlanWords.service, "\(code) (needs)")
    case .createOffering(let offering, _): (PlanWords.create, PlanWords.offering, offering.code)
    case .draft(let offering): (PlanWords.draft, PlanWords.offering, offering.code)
    case .publish(let offering): (PlanWords.publish, PlanWords.offering, offering.code)
    case .retire(let code): (PlanWords.retire, PlanWords.offering, code)
    }
  }
}

package enum ApplyCatalogue: Operation {
  package struct Input: OperationInput {
    let catalogue: Catalogue
    let planOnly: Bool
    let revision: Int64?

    private static let planOnly = Field.boolean("planOnly", "Only tell what would be done (default: no).", "仅说明将执行的变更（默认否）。").optional
    private static let revision = Field.integer(
      "revision", 0...Int64.max, "The revision that the plan was made for; another one is refused (default: any).", "生成计划时的修订号；不一致则拒绝（默认不检查）。"
    ).optional

    package static let fields: [any InputField] = Catalogue.fields + [planOnly, revision]

    package init(_ values: InputValues) throws(FieldError) {
      catalogue = try Catalogue(values)
      planOnly = try values[Self.planOnly] ?? false
      revision = try values[Self.revision]
    }
  }

  package static let declaration = Declaration(
    "catalogue.apply", "Make the catalogue say what is given, all or nothing; what is not named stays as it is.",
    zh: "使目录与给定内容一致，全部成功或全部不执行；未提及的内容保持不变。", permission: "catalogue.manage", roles: CatalogRights.managers,
    scopes: CatalogRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PlanOutput {
    // Who only asks holds nobody up.
    if !input.planOnly { _ = try await context.transaction.query(HoldDependencies()) }
    let recorded = try await RecordedCatalogue(in: context)
    if let revision = input.revision, revision != recorded.revision { throw Failure(.versionMismatch, CatalogMessages.changedMeanwhile) }
    let plan = try await CataloguePlan(input.catalogue, recorded, in: context)
    if !input.planOnly { try await CatalogueChange(recorded, try await context.customers(input.catalogue), context).carryOut(plan) }
    return PlanOutput(plan, recorded)
  }
}

extension CataloguePlan {
  /// Refuses a catalogue that cannot be, with all that is wrong with it.
  fileprivate init(_ wanted: Catalogue, _ recorded: RecordedCatalogue, in context: OperationContext) async throws {
    let contents = wanted.families.flatMap(\.services).flatMap(\.offerings).map(\.content)
    let teams = try await context.teams(Set(contents.flatMap(\.tasks).map(\.team)))
    let levels = try await context.priorityLevels(for: contents)
    let customers = try await context.customers(wanted)
    self.init(
      from: recorded.catalogue, to: wanted, known: Known(teams: Set(teams.keys), levels: levels, customers: Set(customers.keys)),
      today: context.today)
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }
}

extension OperationContext {
  /// The customers for whom alone services are, by code.
  fileprivate func customers(_ wanted: Catalogue) async throws -> [String: TenantId] {
    let codes = Set(wanted.families.flatMap(\.services).compactMap(\.onlyFor))
    guard !codes.isEmpty else { return [:] }
    let found = try await transaction.query(CustomersOfCodes(codes: codes.sorted()))
    return Dictionary(found.map { ($0.code, $0.id) }) { first, _ in first }
  }
}

extension PlanOutput {
  fileprivate init(_ plan: CataloguePlan, _ recorded: RecordedCatalogue) {
    steps = plan.steps.map { step in
      guard case .publish(let offering) = step.act, let row = recorded.offerings[offering.code] else { return StepOutput(step: step, dropsDraft: false) }
      return StepOutput(step: step, dropsDraft: row.seq != nil && row.draft != nil)
    }
    revision = recorded.revision
  }
}
