import Kernel

/// What an order form must be before it is published.
enum FormRule {
  /// - Parameter path: where the form stands in the input: `form`.
  static func violations(in form: [FormField], at path: String = "form") -> [Failure.Violation] {
    var violations: [Failure.Violation] = []
    var earlier: [String: FormField] = [:]
    for (index, field) in form.enumerated() {
      let place = "\(path)[\(index)]"
      func refuse(_ name: String, _ message: Message, _ arguments: [String: String] = [:]) {
        violations.append(Failure.Violation(path: "\(place).\(name)", message, arguments))
      }
      if field.key.wholeMatch(of: /[a-z][a-z0-9_]*/) == nil { refuse("key", CatalogMessages.badKey) }
      if earlier[field.key] != nil { refuse("key", CatalogMessages.keyTwice, ["key": field.key]) }
      checkBounds(field, refuse)
      checkChoices(field, refuse)
      if let condition = field.shownWhen { check(condition, earlier[condition.field], refuse) }
      earlier[field.key] = field
    }
    return violations
  }

  private typealias Refuse = (String, Message, [String: String]) -> Void

  private static func checkBounds(_ field: FormField, _ refuse: Refuse) {
    guard field.least != nil || field.most != nil else { return }
    guard field.type.isBounded else { return refuse(field.least == nil ? "most" : "least", CatalogMessages.notBounded, [:]) }
    let bounds = AnswerRule.bounds(of: field)
    if bounds.least > bounds.most { refuse(field.most == nil ? "least" : "most", CatalogMessages.badBounds, [:]) }
  }

  private static func checkChoices(_ field: FormField, _ refuse: Refuse) {
    guard (field.type == .choice) != field.choices.isEmpty else { return refuse("choices", CatalogMessages.choicesOfChoice, [:]) }
    var values: Set<String> = []
    for (index, choice) in field.choices.enumerated() where !values.insert(choice.value).inserted {
      refuse("choices[\(index)].value", CatalogMessages.choiceTwice, ["value": choice.value])
    }
  }

  private static func check(_ condition: FormCondition, _ decider: FormField?, _ refuse: Refuse) {
    guard let decider, decider.type.decides else { return refuse("shownWhen.field", CatalogMessages.badCondition, [:]) }
    let isPossible =
      switch decider.type {
      case .choice: decider.choices.contains { $0.value == condition.equals }
      case .boolean: ["true", "false"].contains(condition.equals)
      case .number:
        Int64(condition.equals).map { number in
          let bounds = AnswerRule.bounds(of: decider)
          return String(number) == condition.equals && bounds.least <= number && number <= bounds.most
        } ?? false
      case .text, .lines, .date, .person: false
      }
    if !isPossible { refuse("shownWhen.equals", CatalogMessages.neverShown, ["field": decider.key]) }
  }
}
