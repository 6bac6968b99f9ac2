/// What gates ask for, or what of it is there: fields and evidence, and custom attributes by key.
package struct GateNeeds: Sendable, Equatable {
  package var facts: Set<GateFact> = []
  package var attributes: Set<String> = []

  package init(facts: Set<GateFact> = [], attributes: Set<String> = []) { (self.facts, self.attributes) = (facts, attributes) }

  init(of gates: [Gate]) { self.init(facts: Set(gates.flatMap(\.facts)), attributes: Set(gates.flatMap(\.attributes))) }

  package var isEmpty: Bool { facts.isEmpty && attributes.isEmpty }

  package func union(_ facts: Set<GateFact>) -> GateNeeds { GateNeeds(facts: self.facts.union(facts), attributes: attributes) }

  /// As a gate names them.
  var names: Set<String> { Set(facts.map(\.rawValue)).union(attributes.map { Self.name(ofAttribute: $0) }) }

  private static let prefix = "attributes."

  static func name(ofAttribute key: String) -> String { prefix + key }

  /// The key of the attribute that a gate names so; nil: it names a field.
  static func attribute(_ name: String) -> String? { name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil }
}
