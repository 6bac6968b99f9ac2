import Kernel
import Operations

/// What a CI type must be before it is stored.
enum TypeRule {
  static func isCode(_ code: String) -> Bool { code.wholeMatch(of: /[a-z][a-z0-9_]{0,39}/) != nil }

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
      if (attribute.type == .choice) == attribute.choices.isEmpty { refuse("choices", AssetsMessages.choicesOfChoice) }
      if Set(attribute.choices.map(\.value)).count < attribute.choices.count { refuse("choices", AssetsMessages.choiceTwice) }
      if attribute.pattern != nil, attribute.type != .text { refuse("pattern", AssetsMessages.patternOfText) }
      checkLimits(attribute, refuse)
    }
    return violations
  }

  private static func checkLimits(_ attribute: AttributeDefinition, _ refuse: (String, Message, [String: String]) -> Void) {
    var limits: [Rate] = []
    for (field, text) in [("least", attribute.least), ("most", attribute.most)] {
      guard let text else { continue }
      guard attribute.type.isBounded else { return refuse(field, AssetsMessages.notBounded, [:]) }
      guard let rate = Rate(text), attribute.type == .decimal || rate.units % Rate.scale == 0,
        attribute.type != .text || (0...AttributeRule.longestText * Rate.scale).contains(rate.units)
      else { return refuse(field, AssetsMessages.badLimits, [:]) }
      limits.append(rate)
    }
    if limits.count == 2, limits[0] > limits[1] { refuse("most", AssetsMessages.badLimits, [:]) }
  }
}
