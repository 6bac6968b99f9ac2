import Kernel
import Operations
import TypedFields

/// What of a definition may be written anew.
struct AttributeContent: Sendable, Equatable {
  var label: LocalText
  var unit: String?
  var least: String?
  var most: String?
  var pattern: String?
  var choices: [NamedChoice] = []
  /// Choices of earlier revisions: what tickets hold keeps its name.
  var formerChoices: [NamedChoice] = []
  /// Keys of the list of categories; empty: all.
  var categories: [String] = []
  /// Public ids; empty: all.
  var customers: [PublicId] = []
  /// Whether a customer's people may tell it.
  var customersTell = false

  func definition(_ type: FieldDefinition.Kind) -> FieldDefinition {
    FieldDefinition(type, least: least, most: most, pattern: pattern, choices: choices.map(\.value))
  }

  /// Without what says nothing.
  var stored: Value {
    let members: [(String, Value?)] = [
      ("label", label.value), ("unit", unit.map { .text($0) }), ("least", least.map { .text($0) }), ("most", most.map { .text($0) }),
      ("pattern", pattern.map { .text($0) }), ("choices", choices.isEmpty ? nil : .array(choices.map(\.stored))),
      ("formerChoices", formerChoices.isEmpty ? nil : .array(formerChoices.map(\.stored))),
      ("categories", categories.isEmpty ? nil : .array(categories.map { .text($0) })),
      ("customers", customers.isEmpty ? nil : .array(customers.map { .id($0) })), ("customersTell", customersTell ? .bool(true) : nil),
    ]
    return .object(members.compactMap { name, value in value.map { Value.Member(name, $0) } })
  }

  init(label: LocalText) { self.label = label }

  /// As it was stored.
  init(_ stored: Value) throws(FieldError) {
    func choices(_ name: String) throws(FieldError) -> [NamedChoice] {
      var choices: [NamedChoice] = []
      for value in stored[name]?.array ?? [] { choices.append(try InputValues.read(NamedChoice.self, from: value, path: name)) }
      return choices
    }
    label = LocalText(stored["label"])
    (unit, least, most, pattern) = (stored["unit"]?.text, stored["least"]?.text, stored["most"]?.text, stored["pattern"]?.text)
    self.choices = try choices("choices")
    formerChoices = try choices("formerChoices")
    categories = (stored["categories"]?.array ?? []).compactMap(\.text)
    customers = (stored["customers"]?.array ?? []).compactMap { $0.text.flatMap { PublicId($0) } }
    customersTell = stored["customersTell"] == .bool(true)
  }

  /// Whether it is for the tickets of a category.
  func isFor(category: String?) -> Bool {
    guard !categories.isEmpty else { return true }
    guard let category else { return false }
    return categories.contains { category == $0 || category.hasPrefix($0 + "/") }
  }

  /// Whether an earlier revision was for tickets of categories of which this one is not.
  func leavesCategories(of earlier: AttributeContent) -> Bool {
    guard !categories.isEmpty else { return false }
    return earlier.categories.isEmpty || !earlier.categories.allSatisfy { isFor(category: $0) }
  }

  /// Whether an earlier revision was for tickets of customers of whom this one is not.
  func leavesCustomers(of earlier: AttributeContent) -> Bool {
    guard !customers.isEmpty else { return false }
    return earlier.customers.isEmpty || !earlier.customers.allSatisfy { customers.contains($0) }
  }

  /// Keeps the names of the choices that an earlier revision had and this one has not.
  mutating func remember(_ earlier: AttributeContent) {
    var known = Set(choices.map(\.value))
    formerChoices = (earlier.choices + earlier.formerChoices).filter { known.insert($0.value).inserted }
  }
}

/// A custom attribute: what may be told of the tickets of a process.
package struct AttributeDefinition: Sendable {
  let id: Int64
  let publicId: [UInt8]
  package let process: AttributeProcess
  package let key: String
  let type: FieldDefinition.Kind
  package let isInternal: Bool
  /// Nil: of all customers.
  let onlyTenants: [Int64]?
  let content: AttributeContent
  let isActive: Bool
  let seq: Int64
  let version: Int64

  package var label: LocalText { content.label }

  /// Whether it is for the tickets of a customer; nil: for those that are of nobody in particular.
  func isFor(_ customer: TenantId?) -> Bool {
    guard let onlyTenants else { return true }
    return customer.map { onlyTenants.contains($0.rawValue) } ?? false
  }

  /// Whether it is for the tickets of a category.
  func isFor(category: String?) -> Bool { content.isFor(category: category) }

  /// Whether lists are narrowed to its values.
  var isFilter: Bool { type == .choice || type == .boolean }

  /// What a value is found by; nil: it is not.
  func code(_ value: Value?) -> String? {
    switch value {
    case .text(let chosen) where type == .choice: chosen
    case .bool(let truth) where type == .boolean: String(truth)
    default: nil
    }
  }
}
