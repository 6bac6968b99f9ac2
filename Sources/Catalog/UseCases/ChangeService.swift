import Kernel
import Operations

package enum ChangeService: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let family: PublicId?
    let name: Change<LocalText>
    let summary: Change<LocalText>
    let mode: String?
    let owner: Change<LocalText>

    package static let fields: [any InputField] = [
      ServiceReference.id, ServiceFields.family.optional, CatalogFields.name.change, CatalogFields.summary.clearable, ServiceFields.mode.optional,
      ServiceFields.owner.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ServiceReference.id]
      family = try values[ServiceFields.family.optional]
      name = try values[CatalogFields.name.change]
      summary = try values[CatalogFields.summary.clearable]
      mode = try values[ServiceFields.mode.optional]
      owner = try values[ServiceFields.owner.change]
    }

    fileprivate var changesNothing: Bool { family == nil && name.isKeep && summary.isKeep && mode == nil && owner.isKeep }
  }

  package static let declaration = Declaration(
    "service.change", "Change what a service is called, its family, mode or owner.", zh: "变更服务的名称、服务族、模式或负责岗位。",
    permission: "catalogue.manage", roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    let row = try await context.service(input.id)
    try context.requireVersion(row.version)
    guard !input.changesNothing else { throw Failure(.invalid, CatalogMessages.nothingToChange) }
    var content = row.content
    if let family = input.family {
      guard let found = try await context.transaction.first(FamilyByPublicId(publicId: family)) else { throw context.unknownReference("family") }
      content.family = found.id
    }
    content.name = input.name.applied(to: content.name)
    content.summary = input.summary.applied(to: content.summary)
    content.mode = input.mode.flatMap(ServiceMode.init) ?? content.mode
    content.owner = input.owner.applied(to: content.owner)
    try await context.update(row, content, "changed")
    return try await context.serviceOutput(input.id)
  }
}

/// A stage and the day on which it begins.
package struct StageInput: OperationInput {
  let id: PublicId
  let stage: ServiceStage
  let on: CalendarDate

  static let stage = Field.oneOf(
    "stage", ServiceStage.allCases.map(\.rawValue), "The stage.", "阶段：requirements 需求、design 设计、transition 转换、operation 运营、retirement 退役。")
  private static let on = Field.date("on", "The day on which it begins; one ahead announces it.", "开始日期；将来的日期即为预告。")

  package static let fields: [any InputField] = [ServiceReference.id, stage, on]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ServiceReference.id]
    stage = ServiceStage(rawValue: try values[Self.stage]) ?? .requirements
    on = try values[Self.on]
  }
}

package enum AdvanceService: Operation {
  package typealias Input = StageInput

  package static let declaration = Declaration(
    "service.advance",
    "Record that a service enters a later stage of its life, today, on a day that was, or on one ahead: with operation it enters the catalogue, with retirement it leaves it.",
    zh: "登记服务进入后续生命周期阶段（可为今天、过去或将来的日期）：进入运营即列入目录，进入退役即移出目录。", permission: "catalogue.manage", roles: CatalogRights.managers,
    scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    let row = try await context.service(input.id)
    try context.requireVersion(row.version)
    // From the one that it is in: what is announced behind it may come sooner, later, or with another stage before it.
    let stage = row.content.life.stage(on: context.today)
    guard stage?.mayGo(to: input.stage) ?? true else {
      throw Failure(.conflict, CatalogMessages.stagePassed, ["stage": stage?.rawValue ?? "", "next": input.stage.rawValue])
    }
    try await context.enter(row, input, "advanced")
    return try await context.serviceOutput(input.id)
  }
}

package enum RedateService: Operation {
  package typealias Input = StageInput

  package static let declaration = Declaration(
    "service.redate", "Correct the day on which a stage of a service began, or move one that is announced.", zh: "更正服务某一阶段的开始日期，或调整预告日期。",
    permission: "catalogue.manage",
    roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    let row = try await context.service(input.id)
    try context.requireVersion(row.version)
    guard row.content.life[input.stage] != nil else { throw Failure.invalid("stage", CatalogMessages.stageNotReached) }
    try await context.enter(row, input, "redated")
    return try await context.serviceOutput(input.id)
  }
}

package enum UnplanService: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let stage: ServiceStage

    package static let fields: [any InputField] = [ServiceReference.id, StageInput.stage]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ServiceReference.id]
      stage = ServiceStage(rawValue: try values[StageInput.stage]) ?? .requirements
    }
  }

  package static let declaration = Declaration(
    "service.unplan", "Take back a stage that was announced for a day ahead.", zh: "撤销尚未到来的阶段预告。", permission: "catalogue.manage",
    roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    let row = try await context.service(input.id)
    try context.requireVersion(row.version)
    guard let day = row.content.life[input.stage] else { throw Failure.invalid("stage", CatalogMessages.stageNotReached) }
    guard row.content.life.announced(input.stage, on: context.today) != nil else {
      throw Failure(.conflict, CatalogMessages.stageBegun, ["stage": input.stage.rawValue, "day": day.description])
    }
    var content = row.content
    content.life = content.life.without(input.stage)
    try await context.update(row, content, "unplanned")
    return try await context.serviceOutput(input.id)
  }
}

// MARK: Dependencies

package struct DependencyInput: OperationInput {
  let id: PublicId
  let needs: PublicId

  private static let needs = Field.id("needs", .service, "The service that it depends on.", "所依赖的服务。")

  package static let fields: [any InputField] = [ServiceReference.id, needs]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ServiceReference.id]
    needs = try values[Self.needs]
  }
}

package enum AddDependency: Operation {
  package typealias Input = DependencyInput

  package static let declaration = Declaration(
    "service.depend", "Record that a service depends on another.", zh: "登记服务之间的依赖关系。", permission: "catalogue.manage",
    roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    // The lease first: two that would close a circle together come one after the other.
    _ = try await context.transaction.query(HoldDependencies())
    let row = try await context.service(input.id)
    try context.requireVersion(row.version)
    let needed = try await context.service(input.needs, path: "needs")
    guard row.id != needed.id else { throw Failure.invalid("needs", CatalogMessages.dependsOnItself) }
    guard CatalogRule.mayNeed(needed.onlyTenant, of: row.onlyTenant) else {
      throw Failure.invalid("needs", CatalogMessages.needsDesigned, ["code": needed.code])
    }
    let all = try await context.transaction.query(Dependencies(service: nil, customers: nil))
    let graph = DependencyGraph(Dictionary(grouping: all, by: \.code).mapValues { Set($0.map(\.needsCode)) })
    if let circle = graph.circle(adding: needed.code, to: row.code) {
      throw Failure.invalid("needs", CatalogMessages.circle, ["path": circle.joined(separator: " > ")])
    }
    guard try await context.transaction.first(InsertDependency(service: row.id, needs: needed.id, now: context.now)) != nil else {
      throw Failure.invalid("needs", CatalogMessages.dependsAlready)
    }
    try await context.update(row, row.content, "depends")
    return try await context.serviceOutput(input.id)
  }
}

package enum RemoveDependency: Operation {
  package typealias Input = DependencyInput

  package static let declaration = Declaration(
    "service.release", "Record that a service does not depend on another any more.", zh: "解除服务之间的依赖关系。", permission: "catalogue.manage",
    roles: CatalogRights.managers, scopes: CatalogRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ServiceOutput {
    let row = try await context.service(input.id)
    try context.requireVersion(row.version)
    let needed = try await context.service(input.needs, path: "needs")
    guard try await context.transaction.first(DeleteDependency(service: row.id, needs: needed.id)) != nil else {
      throw Failure.invalid("needs", CatalogMessages.dependsNot)
    }
    try await context.update(row, row.content, "released")
    return try await context.serviceOutput(input.id)
  }
}

extension OperationContext {
  /// Puts a stage's day into the life of a service.
  fileprivate func enter(_ row: ServiceRow, _ input: StageInput, _ what: String) async throws {
    var content = row.content
    content.life = content.life.with([input.stage: input.on])
    try CatalogRule.requireOrder(content.life, after: row.content.life, today: today) { _ in "on" }
    try await update(row, content, what)
  }
}
