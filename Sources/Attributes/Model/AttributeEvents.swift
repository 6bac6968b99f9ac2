import Kernel

/// The events by which histories tell of attributes, after the word of the process: `incident.attributes_changed`. Their payload names the keys;
/// what the values were and became lies beside the history.
package enum AttributeEvents {
  /// Of which the customer's people may know.
  package static let changed = "attributes_changed"
  /// The provider's own.
  package static let internalChanged = "internal_attributes_changed"

  package static func payload(_ keys: [String]) -> [Value.Member] { [Value.Member("keys", .array(keys.map { .text($0) }))] }

  /// Whether an event of a history is one of them.
  package static func isOne(_ type: String) -> Bool { type.hasSuffix("." + changed) || type.hasSuffix("." + internalChanged) }
}

extension Value {
  /// The payload of such an event as it is told: with what changed, where that is known.
  package func with(attributeChanges changes: Value?) -> Value {
    guard let changes else { return self }
    return .object((members ?? []) + [Member("changes", changes)])
  }
}
