import Desk
import Kernel
import Operations

/// What a version of a model says of each change that is made by it.
package struct ModelContent: OperationInput, Hashable {
  let description: String
  let publicText: String?
  let plan: String
  let backOut: String
  let test: String
  let answers: Value
  let ciTypes: [String]
  let sharesCis: Bool
  let mostCis: Int64
  let tasks: [PlannedTask]

  private static let ciTypes = Field<[String]>.list(
    "ciTypes", of: Field.text("ciType", 1...60, "The code of a type.", "类型代码。"), count: 0...50,
    "The types of the configuration items for which it holds (default: all).", "适用的配置项类型（默认全部）。"
  ).optional
  private static let sharedCis = Field.boolean(
    "sharedCis", "Whether it holds for what the provider shares (default: no).", "是否适用于服务商共享的配置项（默认否）。"
  ).optional
  private static let mostCis = Field.integer(
    "mostCis", 1...100, "How many configuration items a change by it touches at the most (default 10).", "每个变更最多涉及的配置项数（默认 10）。"
  ).optional
  package static let fields: [any InputField] = [
    ChangeFields.description, ChangeFields.publicText.optional, ChangeFields.plan, ChangeFields.backOut, ChangeFields.test.optional, ChangeFields.answers,
    ciTypes,
    sharedCis, mostCis,
    ChangeFields.tasks.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    description = try values[ChangeFields.description]
    publicText = try values[ChangeFields.publicText.optional]
    plan = try values[ChangeFields.plan]
    backOut = try values[ChangeFields.backOut]
    test = try values[ChangeFields.test.optional] ?? ""
    answers = try values[ChangeFields.answers]
    ciTypes = try values[Self.ciTypes] ?? []
    sharesCis = try values[Self.sharedCis] ?? false
    mostCis = try values[Self.mostCis] ?? 10
    tasks = try values[ChangeFields.tasks.optional] ?? []
  }

  var stored: Value {
    .object([
      "description": .text(description), "publicText": .text(publicText), "plan": .text(plan), "backOut": .text(backOut), "test": .text(test),
      "answers": answers,
      "ciTypes": .array(ciTypes.map { .text($0) }), "sharedCis": .bool(sharesCis), "mostCis": .integer(mostCis),
      "tasks": .array(tasks.map(\.stored)),
    ])
  }
}

/// A task that is to be done to implement a change.
package struct PlannedTask: OperationInput, Hashable {
  let name: LocalText
  let step: Int64
  let team: PublicId?

  private static let name = Field.localText("name", 1...200, "What is to be done.", "任务内容。")
  private static let step = Field.integer(
    "step", 1...100, "Tasks of one step can be done at once; the next step opens when all of it are.", "步骤：同一步骤可并行，完成后进入下一步骤。")
  private static let team = Field.id("team", .team, "Which team does it.", "负责团队。").optional
  package static let fields: [any InputField] = [name, step, team]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    step = try values[Self.step]
    team = try values[Self.team]
  }

  var stored: Value { .object(["name": name.value ?? .null, "step": .integer(step), "team": .id(team)]) }
}
