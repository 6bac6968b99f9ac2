import Kernel

/// The values bound to a statement's `$1`, `$2`, ... in order, each with its type, so that the server never guesses one.
/// Values are kept in their binary form and are never printed.
package struct Parameters: Sendable {
  private(set) var types: [PostgresType] = []
  /// Where each value lies in `bytes`; nil is NULL.
  private(set) var ranges: [Range<Int>?] = []
  /// Begins with a byte that belongs to no value, so that even an empty value has an address (no address means NULL).
  private(set) var bytes: [UInt8] = [0]
  /// The position of the first value that has no binary form (a decimal that is none).
  private(set) var firstUnfit: Int?

  package init() {}

  package var count: Int { types.count }

  package mutating func append<Element: PostgresEncodable>(_ value: Element) { add(Element.postgresType) { value.encode(to: &$0) } }

  package mutating func append<Element: PostgresEncodable>(_ value: Element?) {
    guard let value else { return addNull(Element.postgresType) }
    append(value)
  }

  package mutating func append<Element: PostgresEncodable>(_ values: [Element]) {
    addArray(of: Element.postgresType, values.count, hasNulls: false) { bytes in
      for value in values { Self.addField(to: &bytes) { value.encode(to: &$0) } }
    }
  }

  package mutating func append<Element: PostgresEncodable>(_ values: [Element?]) {
    addArray(of: Element.postgresType, values.count, hasNulls: values.contains { $0 == nil }) { bytes in
      for value in values {
        guard let value else {
          bytes.append(bigEndian: Int32(-1))
          continue
        }
        Self.addField(to: &bytes) { value.encode(to: &$0) }
      }
    }
  }

  package mutating func append<Element: PostgresEncodable>(_ values: [Element]?) {
    guard let values else { return addNull(Element.postgresType.array ?? .unknown) }
    append(values)
  }

  /// As `bytea`.
  package mutating func append(_ value: [UInt8]) { append(BytesParameter(value: value)) }
  package mutating func append(_ value: [UInt8]?) { append(value.map(BytesParameter.init)) }
  package mutating func append(_ values: [[UInt8]]) { append(values.map(BytesParameter.init)) }
  package mutating func append(_ values: [[UInt8]?]) { append(values.map { $0.map(BytesParameter.init) }) }

  /// As `jsonb`. Nil is SQL's null, `.null` is JSON's.
  package mutating func append(json value: Value?) { append(value.map(JSONParameter.init)) }
  package mutating func append(json values: [Value]) { append(values.map(JSONParameter.init)) }
  package mutating func append(json values: [Value?]) { append(values.map { $0.map(JSONParameter.init) }) }

  /// As `numeric`: `[-]digits[.digits]`. Anything else fails when the statement is sent.
  package mutating func append(decimal text: String?) {
    guard let text else { return addNull(.numeric) }
    let position = count + 1
    var fits = true
    add(.numeric) { fits = DecimalForm.encode(text, to: &$0) }
    if !fits, firstUnfit == nil { firstUnfit = position }
  }

  package mutating func append(decimals texts: [String?]) {
    let position = count + 1
    var fits = true
    addArray(of: .numeric, texts.count, hasNulls: texts.contains { $0 == nil }) { bytes in
      for text in texts {
        guard let text else {
          bytes.append(bigEndian: Int32(-1))
          continue
        }
        Self.addField(to: &bytes) { fits = DecimalForm.encode(text, to: &$0) && fits }
      }
    }
    if !fits, firstUnfit == nil { firstUnfit = position }
  }

  mutating func removeAll() {
    types.removeAll(keepingCapacity: true)
    ranges.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    bytes.append(0)
    firstUnfit = nil
  }

  private mutating func add(_ type: PostgresType, _ encode: (inout [UInt8]) -> Void) {
    let start = bytes.count
    encode(&bytes)
    types.append(type)
    ranges.append(start..<bytes.count)
  }

  private mutating func addNull(_ type: PostgresType) {
    types.append(type)
    ranges.append(nil)
  }

  /// An array of one dimension, or of none when it is empty.
  private mutating func addArray(of element: PostgresType, _ count: Int, hasNulls: Bool, _ encode: (inout [UInt8]) -> Void) {
    add(element.array ?? .unknown) { bytes in
      bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
      bytes.append(bigEndian: Int32(hasNulls ? 1 : 0))
      bytes.append(bigEndian: element.rawValue)
      guard count > 0 else { return }
      bytes.append(bigEndian: Int32(clamping: count))
      bytes.append(bigEndian: Int32(1))  // the index of the first element
      encode(&bytes)
    }
  }

  /// A value with its length in front.
  static func addField(to bytes: inout [UInt8], _ encode: (inout [UInt8]) -> Void) {
    let start = bytes.count
    bytes.append(bigEndian: Int32(0))
    encode(&bytes)
    bytes.replace(at: start, bigEndian: Int32(clamping: bytes.count - start - 4))
  }
}
