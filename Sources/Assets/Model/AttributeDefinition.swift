import Kernel
import Operations
import TypedFields

/// What an attribute of a CI type holds.
enum AttributeType: String, Sendable, CaseIterable {
  /// One line; `least` and `most` bound its characters, `pattern` its form.
  case text
  /// A whole number; `least` and `most` bound it.
  case integer
  /// A decimal with up to six decimals; `least` and `most` bound it.
  case decimal
  /// yyyy-mm-dd.
  case date
  /// true or false.
  case boolean
  /// One of `choices`.
  case choice

  var kind: FieldDefinition.Kind {
    switch self {
    case .text: .text
    case .integer: .integer
    case .decimal: .decimal
    case .date: .date
    case .boolean: .boolean
    case .choice: .choice
    }
  }
}

/// What a type tells of each of its CIs.
struct AttributeDefinition: OperationInput, Hashable {
  let key: String
  let label: LocalText
  let type: AttributeType
  let required: Bool
  let pattern: String?
  let least: String?
  let most: String?
  let choices: [NamedChoice]

  private static let key = Field.text("key", 1...40, "Its name for programs: small letters, digits and _, a letter first.", "供程序使用的键：小写字母、数字和下划线，以字母开头。")
  private static let label = Field.localText("label", 1...200, "What it is called.", "名称。")
  private static let type = Field.oneOf(
    "type", AttributeType.allCases.map(\.rawValue), "What it holds.", "类型：text 文本、integer 整数、decimal 小数、date 日期、boolean 是否、choice 选择。")
  private static let required = Field.boolean("required", "Whether every CI of the type must have it (default: no).", "该类型的配置项是否必填（默认否）。")
  private static let pattern = Field.text(
    "pattern", 1...100, "The form of a text: # is a digit, @ a letter, ? any character, * any number of them; everything else is itself.",
    "文本格式：# 为数字，@ 为字母，? 为任一字符，* 为任意多个字符，其余按原样匹配。")
  private static let least = Field.amount("least", "Of a number, the least; of a text, the fewest characters.", "数字的最小值，或文本的最少字符数。")
  private static let most = Field.amount("most", "Of a number, the greatest; of a text, the most characters.", "数字的最大值，或文本的最多字符数。")
  private static let choices = Field<[NamedChoice]>.list(
    "choices", of: Field<NamedChoice>.object("choice", "One of the values.", "一个选项。"), count: 0...200, "Of a choice, the values.", "选择类型的选项。")

  static let fields: [any InputField] = [
    key, label, type, required.optional, pattern.optional, least.optional, most.optional, choices.optional,
  ]

  init(_ values: InputValues) throws(FieldError) {
    key = try values[Self.key]
    label = try values[Self.label]
    type = AttributeType(rawValue: try values[Self.type]) ?? .text
    required = try values[Self.required.optional] ?? false
    pattern = try values[Self.pattern.optional]
    least = try values[Self.least.optional]
    most = try values[Self.most.optional]
    choices = try values[Self.choices.optional] ?? []
  }

  var definition: FieldDefinition { FieldDefinition(type.kind, least: least, most: most, pattern: pattern, choices: choices.map(\.value)) }

  /// Without what says nothing.
  var stored: Value {
    let members: [(String, Value?)] = [
      ("key", .text(key)), ("label", label.value), ("type", .text(type.rawValue)), ("required", required ? .bool(true) : nil),
      ("pattern", pattern.map { .text($0) }), ("least", least.map { .text($0) }), ("most", most.map { .text($0) }),
      ("choices", choices.isEmpty ? nil : .array(choices.map(\.stored))),
    ]
    return .object(members.compactMap { name, value in value.map { Value.Member(name, $0) } })
  }

  /// As a type's version stores them.
  static func list(_ stored: Value) throws(FieldError) -> [AttributeDefinition] {
    var list: [AttributeDefinition] = []
    for (index, value) in (stored.array ?? []).enumerated() { list.append(try InputValues.read(Self.self, from: value, path: "attributes[\(index)]")) }
    return list
  }
}
