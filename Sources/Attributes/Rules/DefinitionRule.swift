import Kernel
import TypedFields

/// What a definition must be before it is stored.
struct DefinitionRule {
  let process: AttributeProcess
  let type: FieldDefinition.Kind
  let isInternal: Bool

  /// As many names of choices as a definition keeps.
  static let mostChoices = 1000

  func require(_ content: AttributeContent) throws(Failure) {
    let violations = violations(in: content)
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
  }

  func violations(in content: AttributeContent) -> [Failure.Violation] {
    var violations: [Failure.Violation] = []
    func refuse(_ field: String, _ message: Message) {
      violations.append(Failure.Violation(path: field, message, ["type": type.rawValue, "process": process.rawValue, "most": String(Self.mostChoices)]))
    }
    for (field, flaw) in content.definition(type).flaws { refuse(field, Self.message(of: flaw)) }
    if content.unit != nil, type != .integer, type != .decimal { refuse("unit", AttributeMessages.unitOfNumber) }
    if content.customersTell, isInternal { refuse("customersTell", AttributeMessages.internalTold) }
    if !content.categories.isEmpty, !process.hasCategory { refuse("categories", AttributeMessages.noCategory) }
    if !content.customers.isEmpty, !process.hasOneCustomer { refuse("customers", AttributeMessages.manyCustomers) }
    if content.choices.count + content.formerChoices.count > Self.mostChoices { refuse("choices", AttributeMessages.tooManyFormer) }
    return violations
  }

  private static func message(of flaw: FieldDefinition.Flaw) -> Message {
    switch flaw {
    case .choicesOfChoice: AttributeMessages.choicesOfChoice
    case .choiceTwice: AttributeMessages.choiceTwice
    case .patternOfText: AttributeMessages.patternOfText
    case .notBounded: AttributeMessages.notBounded
    case .badLimits: AttributeMessages.badLimits
    }
  }
}
