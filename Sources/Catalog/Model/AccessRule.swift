import Kernel
import Operations

/// That an offering gives access: to what, and what of it the form asks for.
package struct AccessRule: OperationInput, Hashable {
  package enum Action: String, Sendable, CaseIterable { case grant, change, revoke }

  package let action: Action
  /// What access is had to; nil: the answer under ``resourceAnswer`` says.
  package let resource: String?
  /// Keys of the form.
  package let resourceAnswer: String?
  package let levelAnswer: String?
  package let personAnswer: String?
  package let untilAnswer: String?

  private static let action = Field.oneOf(
    "action", Action.allCases.map(\.rawValue), "What fulfilling it records: access is given, changed to another level, or taken away.",
    "履行后登记的结果：grant 授予、change 变更级别、revoke 收回。")
  private static let resource = Field.text("resource", 1...120, "To what: erp, building 3 (or resourceAnswer).", "访问对象，例如 erp（或使用 resourceAnswer）。")
  private static let resourceAnswer = key("resourceAnswer", "The key of the text or choice field that says to what.", "说明访问对象的文本或选择字段的键。")
  private static let levelAnswer = key("levelAnswer", "The key of the text or choice field that says in which role or at which level.", "说明角色或级别的文本或选择字段的键。")
  private static let personAnswer = key(
    "personAnswer", "The key of the person field that says for whom (default: whom the request is for).", "说明访问人员的人员字段的键（默认为申请对象）。")
  private static let untilAnswer = key("untilAnswer", "The key of the date field that says until which day, that day included.", "说明截止日期（含当日）的日期字段的键。")

  private static func key(_ name: String, _ english: String, _ chinese: String) -> Field<String> { .text(name, 1...40, english, chinese) }

  package static let fields: [any InputField] = [
    action, resource.optional, resourceAnswer.optional, levelAnswer.optional, personAnswer.optional, untilAnswer.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    action = Action(rawValue: try values[Self.action]) ?? .grant
    resource = try values[Self.resource.optional]
    resourceAnswer = try values[Self.resourceAnswer.optional]
    guard (resource == nil) != (resourceAnswer == nil) else { throw FieldError("resource", CatalogMessages.oneResource) }
    levelAnswer = try values[Self.levelAnswer.optional]
    personAnswer = try values[Self.personAnswer.optional]
    untilAnswer = try values[Self.untilAnswer.optional]
  }

  var stored: Value {
    .members([
      ("action", .text(action.rawValue)), ("resource", resource.map { .text($0) }), ("resourceAnswer", resourceAnswer.map { .text($0) }),
      ("levelAnswer", levelAnswer.map { .text($0) }), ("personAnswer", personAnswer.map { .text($0) }), ("untilAnswer", untilAnswer.map { .text($0) }),
    ])
  }

  /// The keys that it names, each with the types of field that can answer it.
  var keys: [(name: String, key: String?, types: Set<FormFieldType>)] {
    [
      ("resourceAnswer", resourceAnswer, [.text, .choice]), ("levelAnswer", levelAnswer, [.text, .choice]), ("personAnswer", personAnswer, [.person]),
      ("untilAnswer", untilAnswer, [.date]),
    ]
  }
}
