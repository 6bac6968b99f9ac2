/// A value as it crosses an interface: what JSON can say, with numbers kept exact. Inputs arrive and outputs leave as
/// values, so the edges need to know neither.
package enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number that is not a 64-bit integer, as its digits: `99.9`. It is never turned into a Double.
  case decimal(String)
  case text(String)
  case array([Value])
  /// Members in the order in which they were written; names are unique.
  case object([Member])

  package struct Member: Hashable, Sendable {
    package let name: String
    package let value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  package static func object(_ members: KeyValuePairs<String, Value>) -> Value { .object(members.map { Member($0.key, $0.value) }) }

  /// The member of an object, or nil.
  package subscript(_ name: String) -> Value? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
  package var array: [Value]? { if case .array(let array) = self { array } else { nil } }
  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }
  package var isNull: Bool { self == .null }

  package static func text(_ text: String?) -> Value { text.map(Value.text) ?? .null }
  package static func integer(_ integer: Int64?) -> Value { integer.map(Value.integer) ?? .null }
  package static func bool(_ bool: Bool?) -> Value { bool.map(Value.bool) ?? .null }
  package static func instant(_ instant: Instant?) -> Value { .text(instant?.description) }
  package static func id(_ id: PublicId?) -> Value { .text(id?.description) }
  package static func date(_ date: CalendarDate?) -> Value { .text(date?.description) }
}

extension Value: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = .text(text) }
}

extension Value: ExpressibleByIntegerLiteral {
  package init(integerLiteral integer: Int64) { self = .integer(integer) }
}
