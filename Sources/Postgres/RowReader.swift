import Kernel

/// Reads one row from left to right: `Output(id: try row.next(), title: try row.next())`. What a column must hold
/// follows from the type that is asked for. A wrong type, a NULL where none may be and a missing column are errors that
/// name the statement and the column, never the value. Valid only inside `decode`.
package struct RowReader {
  private let result: QueryResult
  private let row: Int
  private let statement: any Statement.Type
  private var position = 0

  init(_ result: QueryResult, row: Int, statement: any Statement.Type) {
    self.result = result
    self.row = row
    self.statement = statement
  }

  package mutating func next<Column: PostgresDecodable>() throws -> Column { try column() }
  package mutating func next<Column: PostgresDecodable>() throws -> Column? { try columnOrNull() }

  // What most columns are is read by code made for it; generic code that is called from another module asks the runtime
  // for the type each time.
  package mutating func next() throws -> Int64 { try column() }
  package mutating func next() throws -> Int64? { try columnOrNull() }
  package mutating func next() throws -> String { try column() }
  package mutating func next() throws -> String? { try columnOrNull() }
  package mutating func next() throws -> Bool { try column() }
  package mutating func next() throws -> Instant { try column() }
  package mutating func next() throws -> Instant? { try columnOrNull() }
  package mutating func next<Entity>() throws -> Id<Entity> { Id(try column()) }
  package mutating func next<Entity>() throws -> Id<Entity>? { try columnOrNull().map { Id($0) } }

  private mutating func column<Column: PostgresDecodable>() throws -> Column {
    guard let value: Column = try columnOrNull() else { throw wrong("is NULL") }
    return value
  }

  private mutating func columnOrNull<Column: PostgresDecodable>() throws -> Column? {
    let (type, bytes) = try field()
    guard Column.accepts(type) else { throw wrong("is \(type), not a \(Column.self)") }
    guard let bytes else { return nil }
    guard let value = Column(postgres: bytes, type: type) else { throw wrong("holds no \(Column.self)") }
    return value
  }

  package mutating func next<Element: PostgresDecodable>() throws -> [Element] {
    guard let values: [Element] = try next() else { throw wrong("is NULL") }
    return values
  }

  package mutating func next<Element: PostgresDecodable>() throws -> [Element]? {
    guard let values: [Element?] = try elements() else { return nil }
    return try values.map { value in
      guard let value else { throw wrong("has a NULL element") }
      return value
    }
  }

  package mutating func next<Element: PostgresDecodable>() throws -> [Element?] {
    guard let values: [Element?] = try elements() else { throw wrong("is NULL") }
    return values
  }

  /// A `bytea`.
  package mutating func next() throws -> [UInt8] {
    let column: BytesColumn = try next()
    return column.value
  }

  package mutating func next() throws -> [UInt8]? {
    let column: BytesColumn? = try next()
    return column?.value
  }

  /// A `bytea[]`.
  package mutating func next() throws -> [[UInt8]] {
    let columns: [BytesColumn] = try next()
    return columns.map(\.value)
  }

  /// A `bytea` where it lies, for the time of `body`.
  package mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let (type, bytes) = try field()
    guard BytesColumn.accepts(type) else { throw wrong("is \(type), not bytes") }
    guard let bytes else { throw wrong("is NULL") }
    return try body(bytes)
  }

  package mutating func skip() throws { _ = try field() }

  private mutating func field() throws -> (PostgresType, UnsafeRawBufferPointer?) {
    guard position < result.columnCount else {
      position += 1
      throw wrong("is missing")
    }
    defer { position += 1 }
    return (result.type(position), result.bytes(row: row, column: position))
  }

  private mutating func elements<Element: PostgresDecodable>() throws -> [Element?]? {
    let (type, bytes) = try field()
    guard let elementType = type.element, Element.accepts(elementType) else { throw wrong("is \(type), not an array of \(Element.self)") }
    guard let bytes else { return nil }
    var reader = ArrayReader(bytes)
    guard let count = reader.head() else { throw wrong("is no array of one dimension") }
    var values: [Element?] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      switch reader.element() {
      case .null: values.append(nil)
      case .bytes(let bytes):
        guard let value = Element(postgres: bytes, type: elementType) else { throw wrong("has an element that is no \(Element.self)") }
        values.append(value)
      case .malformed: throw wrong("is no array of one dimension")
      }
    }
    return values
  }

  /// Of the column that was read last.
  private func wrong(_ what: String) -> PostgresError {
    let index = max(position - 1, 0)
    let name = index < result.columnCount ? " (\(result.name(index)))" : ""
    return PostgresError(.decoding, statement: statement.name, message: "column \(index + 1)\(name) \(what)")
  }
}

/// Takes the binary form of an array apart without trusting a length in it.
private struct ArrayReader {
  enum Element {
    case null
    case bytes(UnsafeRawBufferPointer)
    case malformed
  }

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// The number of elements; nil unless there are none or one dimension.
  mutating func head() -> Int? {
    guard let dimensions = bytes.bigEndian(at: 0, as: Int32.self) else { return nil }
    guard dimensions != 0 else { return 0 }
    // Each element takes at least the four bytes of its length: no count can make us reserve more than was received.
    guard dimensions == 1, let count = bytes.bigEndian(at: 12, as: Int32.self), count >= 0, Int(count) <= (bytes.count - 12) / 4 else { return nil }
    offset = 20
    return Int(count)
  }

  mutating func element() -> Element {
    guard let length = bytes.bigEndian(at: offset, as: Int32.self) else { return .malformed }
    offset += 4
    guard length != -1 else { return .null }
    guard length >= 0, Int(length) <= bytes.count - offset else { return .malformed }
    defer { offset += Int(length) }
    return .bytes(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(length)]))
  }
}
