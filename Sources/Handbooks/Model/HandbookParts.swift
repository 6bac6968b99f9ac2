import Catalog
import Kernel
import Operations
import Scorecard

/// A step of the process: `IM1`, identify and record.
struct HandbookActivity: OperationInput, Hashable {
  let code: String
  let name: LocalText
  let text: LocalText?
  let who: LocalText?

  private static let code = Field.text("code", 1...20, "Its code: IM1.", "活动代码，例如 IM1。")
  private static let name = Field.localText("name", 1...200, "What it is called.", "名称。")
  private static let text = Field.localText("text", 1...4000, multiline: true, "What is done in it.", "活动内容。").optional
  private static let who = Field.localText("who", 1...500, "Who does it.", "执行者。").optional
  static let fields: [any InputField] = [code, name, text, who]

  init(_ values: InputValues) throws(FieldError) {
    code = try values[Self.code]
    name = try values[Self.name]
    text = try values[Self.text]
    who = try values[Self.who]
  }

  var stored: Value { .members([("code", .text(code)), ("name", name.value), ("text", text?.value), ("who", who?.value)]) }
}

/// Who does what in the process.
struct HandbookRole: OperationInput, Hashable {
  let name: LocalText
  let duties: LocalText?
  /// Members of the staff.
  let people: [PublicId]

  private static let name = Field.localText("name", 1...200, "What it is called.", "名称。")
  private static let duties = Field.localText("duties", 1...4000, multiline: true, "What it does.", "职责。").optional
  private static let people = Field<[PublicId]>.list(
    "people", of: .id("person", .staff, "A member of the staff.", "服务商人员。"), count: 0...100, "Who has it (default: nobody yet).", "担任人员（默认尚无）。"
  ).optional
  static let fields: [any InputField] = [name, duties, people]

  init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    duties = try values[Self.duties]
    people = try values[Self.people] ?? []
  }

  var stored: Value { .members([("name", name.value), ("duties", duties?.value), ("people", .array(people.map { .id($0) }))]) }
}

/// What holds in the process, of one kind.
struct HandbookPrinciple: OperationInput, Hashable {
  enum Kind: String, Sendable, CaseIterable { case general, ownership, dispatch, closure, notification, escalation }

  let kind: Kind
  let text: LocalText

  private static let kind = Field.oneOf("kind", Kind.allCases.map(\.rawValue), "What it is about.", "类别。")
  private static let text = Field.localText(
    "text", 1...8000, multiline: true, "What it says; lines that begin with a hyphen are a list.", "内容；以连字符开头的行为列表。")
  static let fields: [any InputField] = [kind, text]

  init(_ values: InputValues) throws(FieldError) {
    kind = Kind(rawValue: try values[Self.kind]) ?? .general
    text = try values[Self.text]
  }

  var stored: Value { .members([("kind", .text(kind.rawValue)), ("text", text.value)]) }
}

/// A field of the form by which the process keeps its records.
struct HandbookFormField: OperationInput, Hashable {
  let name: LocalText
  let meaning: LocalText?
  let isRequired: Bool

  private static let name = Field.localText("name", 1...200, "What it is called.", "字段名称。")
  private static let meaning = Field.localText("meaning", 1...1000, "What is written there.", "填写内容。").optional
  private static let required = Field.boolean("required", "Whether it must be filled (default: no).", "是否必填（默认否）。").optional
  static let fields: [any InputField] = [name, meaning, required]

  init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    meaning = try values[Self.meaning]
    isRequired = try values[Self.required] ?? false
  }

  var stored: Value { .members([("name", name.value), ("meaning", meaning?.value), ("required", .bool(isRequired))]) }
}

/// A figure by which the process is judged: one that the scorecard tells, and what is aimed at.
struct HandbookKpi: OperationInput, Hashable {
  let indicator: Indicator
  /// In the indicator's unit.
  let target: String

  private static let keys = Indicator.all.map(\.key)
  private static let indicator = Field.oneOf("indicator", keys, "The figure, as the scorecard knows it.", "记分卡指标的键。")
  private static let target = Field.amount(
    "target", "What is aimed at, in the figure's unit: a percentage, seconds or tickets. An attainment should be that or more, everything else that or less.",
    "目标值，以该指标的单位计（百分比、秒或工单数）；达成率应不低于目标，其余应不高于目标。")
  static let fields: [any InputField] = [indicator, target]

  private static let mostCounted: Int64 = 1_000_000_000

  init(_ values: InputValues) throws(FieldError) {
    let key = try values[Self.indicator]
    guard let indicator = Indicator(key: key) else { throw FieldError("indicator", InputMessages.notAllowed, ["allowed": Self.keys.joined(separator: ", ")]) }
    self.indicator = indicator
    let target = try values[Self.target]
    switch indicator.unit {
    case .percent:
      guard let rate = Rate(percent: target), (0...Rate.scale).contains(rate.units) else { throw FieldError("target", InputMessages.notAPercentage) }
      self.target = rate.percent
    case .seconds, .tickets:
      guard let count = Int64(target) else { throw FieldError("target", InputMessages.wrongType, ["expected": "integer"]) }
      guard (0...Self.mostCounted).contains(count) else {
        throw FieldError("target", InputMessages.outOfRange, ["least": "0", "most": String(Self.mostCounted)])
      }
      self.target = String(count)
    }
  }

  /// Whether more is better; of everything else less is.
  var isAtLeast: Bool { indicator.measure == .attainment }

  var stored: Value { .members([("indicator", .text(indicator.key)), ("target", .text(target))]) }
}
