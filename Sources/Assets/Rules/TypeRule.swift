import Kernel
import Operations
import TypedFields

/// What a CI type must be before it is stored.
enum TypeRule {
  static func isCode(_ code: String) -> Bool { FieldDefinition.isKey(code) }

  static func requireSound(_ attributes: [AttributeDefinition]) throws(Failure) {
    let violations = violations(in: attributes)
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }

  static func violations(in attributes: [AttributeDefinition]) -> [Failure.Violation] {
    var violations: [Failure.Violation] = []
    var keys: Set<String> = []
    for (index, attribute) in attributes.enumerated() {
      func refuse(_ field: String, _ message: Message, _ arguments: [String: String] = [:]) {
        violations.append(Failure.Violation(path: "attributes[\(index)].\(field)", message, arguments))
      }
      if !isCode(attribute.key) { refuse("key", AssetsMessages.badKey) }
      if !keys.insert(attribute.key).inserted { refuse("key", AssetsMessages.keyTwice, ["key": attribute.key]) }
      for (field, flaw) in attribute.definition.flaws { refuse(field, message(of: flaw)) }
    }
    return violations
  }

  private static func message(of flaw: FieldDefinition.Flaw) -> Message {
    switch flaw {
    case .choicesOfChoice: AssetsMessages.choicesOfChoice
    case .choiceTwice: AssetsMessages.choiceTwice
    case .patternOfText: AssetsMessages.patternOfText
    case .notBounded: AssetsMessages.notBounded
    case .badLimits: AssetsMessages.badLimits
    }
  }
}
