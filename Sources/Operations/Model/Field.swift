import Kernel

/// What an input field may hold. The decoder, the JSON schema, the HELP texts and the generated tests all read this.
package indirect enum FieldType: Sendable {
  /// Characters after decoding; control characters other than line feed and tab are refused.
  case text(length: ClosedRange<Int>, multiline: Bool)
  case integer(ClosedRange<Int64>)
  case boolean
  /// RFC 3339.
  case instant
  /// `yyyy-mm-dd`.
  case date
  /// `yyyy-mm`.
  case month
  case id(IdKind)
  case oneOf([String])
  /// A percentage with up to four decimals, 0 to 100, as a number or a text.
  case percent
  /// A decimal amount as text; its currency stands elsewhere.
  case amount
  case list(FieldType, count: ClosedRange<Int>)
  case object([any InputField])
  /// An object whose shape its own rules check (a calendar definition).
  case document(Message)
}

/// One field of an input, without its Swift type.
package protocol InputField: Sendable {
  var name: String { get }
  var type: FieldType { get }
  var isRequired: Bool { get }
  /// Whether null is a value of its own (a change that clears).
  var isClearable: Bool { get }
  /// Never logged, audited or echoed: passwords, secrets.
  var isSecret: Bool { get }
  /// Kept whole by the module's own rows: the audit holds its hash, so that nothing large is stored twice.
  var isKeptElsewhere: Bool { get }
  var summary: Message { get }
}

/// A field that must be there.
package struct Field<Wrapped: Sendable>: InputField {
  package let name: String
  package let type: FieldType
  package let summary: Message
  package private(set) var isSecret = false
  package private(set) var isKeptElsewhere = false
  let read: @Sendable (Value, String) throws(FieldError) -> Wrapped

  package var isRequired: Bool { true }
  package var isClearable: Bool { false }

  init(_ name: String, _ type: FieldType, _ english: String, _ chinese: String, read: @escaping @Sendable (Value, String) throws(FieldError) -> Wrapped) {
    self.name = name
    self.type = type
    summary = Message("field.\(name)", english, zh: chinese)
    self.read = read
  }

  /// The same field, but it may be left out.
  package var optional: OptionalField<Wrapped> { OptionalField(base: self) }
  /// The same field in a change: absent keeps, a value sets; null is refused.
  package var change: ChangeField<Wrapped> { ChangeField(base: self, isClearable: false) }
  /// The same field in a change: absent keeps, null clears, a value sets.
  package var clearable: ChangeField<Wrapped> { ChangeField(base: self, isClearable: true) }

  /// The same field, which must be there too, but null says that there is none.
  package var nullable: NullableField<Wrapped> { NullableField(base: self) }

  package var secret: Field {
    var copy = self
    copy.isSecret = true
    return copy
  }

  /// The same field, of which the audit holds the hash.
  package var keptElsewhere: Field {
    var copy = self
    copy.isKeptElsewhere = true
    return copy
  }
}

/// A field that may be left out; null counts as left out.
package struct OptionalField<Wrapped: Sendable>: InputField {
  let base: Field<Wrapped>
  package var name: String { base.name }
  package var type: FieldType { base.type }
  package var summary: Message { base.summary }
  package var isSecret: Bool { base.isSecret }
  package var isKeptElsewhere: Bool { base.isKeptElsewhere }
  package var isRequired: Bool { false }
  package var isClearable: Bool { true }
}

/// A field that must be there, where null is a value of its own.
package struct NullableField<Wrapped: Sendable>: InputField {
  let base: Field<Wrapped>
  package var name: String { base.name }
  package var type: FieldType { base.type }
  package var summary: Message { base.summary }
  package var isSecret: Bool { base.isSecret }
  package var isKeptElsewhere: Bool { base.isKeptElsewhere }
  package var isRequired: Bool { true }
  package var isClearable: Bool { true }
}

/// A field of a change, where absent, null and a value differ.
package struct ChangeField<Wrapped: Sendable>: InputField {
  let base: Field<Wrapped>
  package let isClearable: Bool
  package var name: String { base.name }
  package var type: FieldType { base.type }
  package var summary: Message { base.summary }
  package var isSecret: Bool { base.isSecret }
  package var isKeptElsewhere: Bool { base.isKeptElsewhere }
  package var isRequired: Bool { false }
}

/// What a change says of one field.
package enum Change<Wrapped: Sendable>: Sendable {
  case keep
  case clear
  case set(Wrapped)

  /// The value after the change.
  package func applied(to current: Wrapped?) -> Wrapped? {
    switch self {
    case .keep: current
    case .clear: nil
    case .set(let value): value
    }
  }

  package func applied(to current: Wrapped) -> Wrapped {
    if case .set(let value) = self { value } else { current }
  }

  package var isKeep: Bool { if case .keep = self { true } else { false } }
}

extension Change: Equatable where Wrapped: Equatable {}

/// What is wrong with a value; becomes a violation of the failure.
package struct FieldError: Error {
  package let violations: [Failure.Violation]

  package init(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) {
    violations = [Failure.Violation(path: path, message, arguments)]
  }

  init(_ violations: [Failure.Violation]) {
    self.violations = violations
  }
}
