import CLibPQ

/// One statement of a round trip: its text and its encoded values.
struct Command: Sendable {
  let sql: String
  let parameters: Parameters
  /// The type of the statement, by which it is prepared once per connection; nil for BEGIN and its like.
  let key: ObjectIdentifier?
  /// For errors.
  let name: String

  init<S: Statement>(_ statement: S) {
    var parameters = Parameters()
    statement.bind(to: &parameters)
    self.init(sql: S.sql, parameters: parameters, key: ObjectIdentifier(S.self), name: S.name)
  }

  /// A statement without values that is not worth preparing.
  init(control sql: String) {
    self.init(sql: sql, parameters: Parameters(), key: nil, name: sql.split(separator: " ").first.map(String.init) ?? "")
  }

  init(sql: String, parameters: Parameters, key: ObjectIdentifier?, name: String) {
    self.sql = sql
    self.parameters = parameters
    self.key = key
    self.name = name
  }
}

/// A statement type with the parameter types it was bound with; a statement that binds other types in another branch is
/// another prepared statement.
struct PreparedKey: Hashable {
  let statement: ObjectIdentifier
  let types: [PostgresType]
}

extension Parameters {
  /// Lends the values in the form that libpq takes: addresses, lengths, formats.
  func withPointers<Result>(
    _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
  ) -> Result {
    bytes.withUnsafeBytes { bytes in
      let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      let values = ranges.map { range in range.flatMap { range in base.map { $0 + range.lowerBound } } }
      let lengths = ranges.map { Int32(clamping: $0?.count ?? 0) }
      let formats = [Int32](repeating: 1, count: count)
      return body(Int32(clamping: count), values, lengths, formats)
    }
  }

  /// What the protocol, or a value, does not allow.
  func check(statement: String) throws {
    if let firstUnfit { throw PostgresError(.other, statement: statement, message: "parameter \(firstUnfit) is not a decimal") }
    guard count <= Int(UInt16.max), bytes.count <= Self.byteLimit else {
      throw PostgresError(.other, statement: statement, message: "too many parameters, or too large")
    }
  }

  /// A message of the protocol is at most 1 GiB; what comes near does not belong into one statement.
  private static let byteLimit = 256 << 20
}
