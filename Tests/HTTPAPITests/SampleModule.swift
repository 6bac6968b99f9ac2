import Kernel
import Operations

/// Operations with a field of every type and a route of every shape, for what the platform's own do not show.
enum SampleModule: OperationModule {
  static let operations: [any Operation.Type] = [FindSamples.self, CheckSample.self, CreateSample.self, RemoveSample.self, FailSample.self]
  static let messages: [Message] = []
  static let constraints: [String: Message] = [:]
}

/// One field of every type, given back as they were read.
struct SampleInput: OperationInput {
  static let title = Field.text("title", 1...20, "A title.", "标题。").optional
  static let notes = Field.longText("notes", 0...200, "Notes.", "备注。").optional
  static let count = Field.integer("count", -5...5_000_000_000, "A count.", "数量。").optional
  static let isOpen = Field.boolean("isOpen", "Whether it is open.", "是否打开。").optional
  static let at = Field.instant("at", "When.", "时间。").optional
  static let on = Field.date("on", "The day.", "日期。").optional
  static let month = Field.month("month", "The month.", "月份。").optional
  static let person = Field.id("person", .person, "A person.", "人员。").optional
  static let state = Field.oneOf("state", ["new", "active"], "A state.", "状态。").optional
  static let share = Field.percent("share", "A share.", "份额。").optional
  static let price = Field.amount("price", "A price.", "价格。").optional
  static let sizes = Field.list("sizes", of: Field.integer("size", 0...9, "A size.", "大小。"), count: 0...3, "Sizes.", "大小列表。").optional
  static let parts = Field.list("parts", of: Field<SamplePart>.object("part", "A part.", "部件。"), count: 0...3, "Parts.", "部件列表。").optional
  static let detail = Field.document("detail", "A detail.", "详情。").optional
  static let secret = Field.text("secret", 1...20, "A secret.", "机密。").secret.optional

  static let fields: [any InputField] = [
    title, notes, count, isOpen, at, on, month, person, state, share, price, sizes, parts, detail, secret,
  ]

  let seen: Value

  init(_ values: InputValues) throws(FieldError) {
    let sizes: [Value]? = try values[Self.sizes].map { $0.map { Value.integer($0) } }
    let parts: [Value]? = try values[Self.parts].map { $0.map { Value.text($0.name) } }
    let members: [Value.Member] = [
      Value.Member("title", .text(try values[Self.title])),
      Value.Member("count", .integer(try values[Self.count])),
      Value.Member("isOpen", .bool(try values[Self.isOpen])),
      Value.Member("at", .instant(try values[Self.at])),
      Value.Member("sizes", sizes.map(Value.array) ?? .null),
      Value.Member("parts", parts.map(Value.array) ?? .null),
      Value.Member("detail", try values[Self.detail] ?? .null),
    ]
    seen = .object(members)
  }
}

struct SamplePart: OperationInput {
  static let nameField = Field.text("name", 1...20, "A name.", "名称。")
  static let fields: [any InputField] = [nameField]
  let name: String

  init(_ values: InputValues) throws(FieldError) { name = try values[Self.nameField] }
}

struct SampleOutput: OperationOutput {
  let seen: Value
  static let fields: [OutputField<SampleOutput>] = [OutputField("seen", .document, "What was understood.", "所理解的内容。") { $0.seen }]
}

enum FindSamples: Operation {
  static let declaration = Declaration(
    "sample.find", "Find samples.", zh: "查找样本。", roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .read)

  static func run(_ input: SampleInput, in context: OperationContext) async throws -> SampleOutput { SampleOutput(seen: input.seen) }
}

enum CheckSample: Operation {
  static let declaration = Declaration(
    "sample.check", "Check a sample.", zh: "检查样本。", permission: "sample.find", roles: Set(StockRole.allCases),
    scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .change)

  static func run(_ input: SampleInput, in context: OperationContext) async throws -> SampleOutput { SampleOutput(seen: input.seen) }
}

/// Each run makes another number, so that a replay shows.
enum CreateSample: Operation {
  static let declaration = Declaration(
    "sample.create", "Create a sample.", zh: "创建样本。", permission: "sample.find", roles: Set(StockRole.allCases),
    scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .create)

  static func run(_ input: SampleInput, in context: OperationContext) async throws -> Done {
    Done(id: context.newId(.person), version: 1)
  }
}

struct SampleReference: OperationInput {
  static let fields: [any InputField] = [Field.id("id", .person, "The sample.", "样本。")]
  init(_ values: InputValues) throws(FieldError) {}
}

enum RemoveSample: Operation {
  static let declaration = Declaration(
    "sample.delete", "Delete a sample.", zh: "删除样本。", roles: [.administrator], reach: .one(by: "id"), effect: .delete, requiresVersion: true)

  static func run(_ input: SampleReference, in context: OperationContext) async throws -> Done { throw Failure.notFound }
}

/// Throws what no operation should.
enum FailSample: Operation {
  struct Defect: Error {}

  static let declaration = Declaration(
    "sample.fail", "Fail.", zh: "失败。", permission: "sample.find", roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases),
    reach: .home, effect: .read)

  static func run(_ input: NoInput, in context: OperationContext) async throws -> Done { throw Defect() }
}
