import Kernel

/// What becomes of the attributes of a ticket.
package struct AttributeEdit: Sendable {
  package struct Change: Sendable, Equatable {
    package let key: String
    let definition: Int64
    package let isInternal: Bool
    let was: Value?
    /// Nil: it is taken away.
    let became: Value?
    let code: String?
  }

  package let after: HeldAttributes
  package let changes: [Change]

  package var isEmpty: Bool { changes.isEmpty }
  /// The keys that changed, for the history: of those that the customer may know, or of the others.
  package func keys(internal isInternal: Bool) -> [String] { changes.filter { $0.isInternal == isInternal }.map(\.key) }
}

/// What is told of a ticket against the definitions.
struct AttributeRule {
  let definitions: [AttributeDefinition]
  /// Whose ticket it is; nil: nobody's in particular.
  let customer: TenantId?
  /// The category that it has afterwards.
  let category: String?
  /// Whether a customer's person tells it.
  let isCustomer: Bool

  struct Outcome {
    var edit: AttributeEdit
    var violations: [Failure.Violation] = []
    /// Keys of no attribute of such a ticket, as far as the caller may know.
    var unknown: [String] = []
  }

  /// Only what is told is looked at: what a ticket holds stays as it is, whatever became of the definition.
  func applied(_ told: [Value.Member], to held: HeldAttributes) -> Outcome {
    var (after, changes, violations, unknown) = (held, [AttributeEdit.Change](), [Failure.Violation](), [String]())
    for member in told {
      let current = held.shown[member.name] ?? held.internals[member.name]
      let known = definitions.first { $0.key == member.name && ($0.isFor(customer) || current != nil) }
      guard let definition = known else {
        unknown.append(member.name)
        continue
      }
      let became: Value?
      do throws(Refusal) { became = try value(member.value, definition, current) } catch {
        violations.append(error.violation(of: definition))
        continue
      }
      guard became != current else { continue }
      if definition.isInternal { after.internals[member.name] = became } else { after.shown[member.name] = became }
      changes.append(
        AttributeEdit.Change(
          key: definition.key, definition: definition.id, isInternal: definition.isInternal, was: current, became: became,
          code: definition.code(became)))
    }
    return Outcome(edit: AttributeEdit(after: after, changes: changes), violations: violations, unknown: unknown)
  }

  private func value(_ told: Value, _ definition: AttributeDefinition, _ current: Value?) throws(Refusal) -> Value? {
    if isCustomer, !definition.content.customersTell { throw .staffOnly }
    if told.isNull { return nil }
    if told == current { return current }
    guard definition.isActive else { throw .retired(told) }
    guard definition.isFor(customer) else { throw .otherCustomer }
    guard definition.isFor(category: category) else { throw .otherCategory(category) }
    do { return try definition.content.definition(definition.type).field.stored(told) } catch { throw .value(told, error) }
  }
}
