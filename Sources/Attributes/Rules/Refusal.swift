import Kernel
import TypedFields

/// Why a value is refused.
enum Refusal: Error {
  case staffOnly
  case retired(Value)
  case otherCustomer
  case otherCategory(String?)
  case value(Value, TypedField.Problem)

  func violation(of definition: AttributeDefinition) -> Failure.Violation {
    var arguments = ["key": definition.key]
    let message: Message
    switch self {
    case .staffOnly: message = AttributeMessages.staffTells
    case .retired(let told): (message, arguments["value"]) = (AttributeMessages.retired, Self.text(told))
    case .otherCustomer: message = AttributeMessages.otherCustomer
    case .otherCategory(let category):
      message = AttributeMessages.otherCategory
      arguments["categories"] = definition.content.categories.shown
      arguments["category"] = category ?? "-"
    case .value(let told, let problem):
      arguments["value"] = Self.text(told)
      message = Self.message(problem, &arguments)
    }
    return Failure.Violation(path: "attributes.\(definition.key)", message, arguments)
  }

  private static func message(_ problem: TypedField.Problem, _ arguments: inout [String: String]) -> Message {
    switch problem {
    case .wrongType(let expected):
      arguments["expected"] = expected
      return AttributeMessages.wrongType
    case .length(let least, let most):
      (arguments["least"], arguments["most"]) = (String(least), String(most))
      return AttributeMessages.length
    case .blank: return AttributeMessages.blank
    case .range(let least, let most):
      (arguments["least"], arguments["most"]) = (least, most)
      return AttributeMessages.range
    case .otherForm(let pattern):
      arguments["pattern"] = pattern
      return AttributeMessages.otherForm
    case .notADate:
      arguments["expected"] = "2026-03-01"
      return AttributeMessages.wrongType
    case .notAnInstant:
      arguments["expected"] = "2026-03-01T08:00:00Z"
      return AttributeMessages.wrongType
    case .notAChoice(let allowed):
      arguments["allowed"] = allowed.shown
      return AttributeMessages.notAChoice
    case .chosenTwice(let value):
      arguments["value"] = value.shown
      return AttributeMessages.chosenTwice
    }
  }

  /// The beginning of what somebody sent.
  private static func text(_ value: Value) -> String { (value.text ?? JSON.text(value)).shown }
}
