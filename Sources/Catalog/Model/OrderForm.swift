import Kernel
import Operations

/// What a form asks for in a field.
package enum FormFieldType: String, Sendable, CaseIterable {
  /// One line; `least` and `most` bound its characters.
  case text
  /// Several lines.
  case lines
  /// A whole number; `least` and `most` bound it.
  case number
  /// One of `choices`.
  case choice
  /// yyyy-mm-dd.
  case date
  /// true or false.
  case boolean
  /// A person of the customer.
  case person

  var isBounded: Bool { self == .text || self == .lines || self == .number }
  /// Whether another field can be shown by its answer.
  var decides: Bool { self == .choice || self == .boolean || self == .number }
}

/// A field is asked for only when an earlier one was answered so.
struct FormCondition: OperationInput, Hashable {
  let field: String
  let equals: String

  private static let field = Field.text("field", 1...40, "The key of an earlier field: a choice, a number, or yes or no.", "此前某一字段的键：选择、数字或是否类型。")
  private static let equals = Field.text("equals", 1...60, "Its answer: a choice's value, a number, true or false.", "其答案：选项的值、数字、true 或 false。")

  static let fields: [any InputField] = [field, equals]

  init(_ values: InputValues) throws(FieldError) {
    field = try values[Self.field]
    equals = try values[Self.equals]
  }

  var stored: Value { .object(["field": .text(field), "equals": .text(equals)]) }
}

/// A field of an order form.
package struct FormField: OperationInput, Hashable {
  let key: String
  let label: LocalText
  let help: LocalText?
  let type: FormFieldType
  let required: Bool
  let least: Int64?
  let most: Int64?
  let choices: [NamedChoice]
  let shownWhen: FormCondition?

  /// Whether its answer is always there and at least one.
  var counts: Bool { required && shownWhen == nil && (least ?? 0) >= 1 }

  private static let key = Field.text("key", 1...40, "Its name for programs: small letters, digits and _, a letter first.", "供程序使用的键：小写字母、数字和下划线，以字母开头。")
  private static let label = Field.localText("label", 1...200, "What is asked.", "所问内容。")
  private static let help = Field.localText("help", 1...1000, multiline: true, "What helps to answer it.", "填写说明。")
  private static let type = Field.oneOf(
    "type", FormFieldType.allCases.map(\.rawValue), "What it takes.", "类型：text 文本、lines 多行文本、number 整数、choice 选择、date 日期、boolean 是否、person 人员。")
  private static let required = Field.boolean("required", "Whether it must be answered where it is shown (default: no).", "显示时是否必填（默认否）。")
  private static let least = Field.integer(
    "least", -1_000_000_000_000...1_000_000_000_000, "Of a number, the least; of a text, the fewest characters.", "数字的最小值，或文本的最少字符数。")
  private static let most = Field.integer(
    "most", -1_000_000_000_000...1_000_000_000_000, "Of a number, the greatest; of a text, the most characters.", "数字的最大值，或文本的最多字符数。")
  private static let choices = Field<[NamedChoice]>.list(
    "choices", of: Field<NamedChoice>.object("choice", "One of the answers.", "一个选项。"), count: 0...200, "Of a choice, the answers.", "选择类型的选项。")
  private static let shownWhen = Field<FormCondition>.object("shownWhen", "When it is asked for (default: always).", "何时显示（默认始终）。")

  package static let fields: [any InputField] = [
    key, label, help.optional, type, required.optional, least.optional, most.optional, choices.optional, shownWhen.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    key = try values[Self.key]
    label = try values[Self.label]
    help = try values[Self.help.optional]
    type = FormFieldType(rawValue: try values[Self.type]) ?? .text
    required = try values[Self.required.optional] ?? false
    least = try values[Self.least.optional]
    most = try values[Self.most.optional]
    choices = try values[Self.choices.optional] ?? []
    shownWhen = try values[Self.shownWhen.optional]
  }

  /// Without what says nothing.
  var stored: Value {
    .members([
      ("key", .text(key)), ("label", label.value), ("help", help?.value), ("type", .text(type.rawValue)), ("required", required ? .bool(true) : nil),
      ("least", least.map { .integer($0) }), ("most", most.map { .integer($0) }),
      ("choices", choices.isEmpty ? nil : .array(choices.map(\.stored))), ("shownWhen", shownWhen?.stored),
    ])
  }
}

extension Value {
  /// An object of the members that there are.
  package static func members(_ members: [(String, Value?)]) -> Value {
    .object(members.compactMap { name, value in value.map { Value.Member(name, $0) } })
  }
}
