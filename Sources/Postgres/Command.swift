import CLibPQ

/// One statement of a round trip: its text and its encoded values.
struct Command: Sendable {
  /// By what a statement is prepared once per connection: its type, or the constant text of BEGIN and its like.
  enum Key: Hashable {
    case statement(ObjectIdentifier)
    case control(String)
  }

  let sql: String
  let parameters: Parameters
  /// Nil for what is not worth preparing.
  let key: Key?
  private let statement: (any Statement.Type)?

  init<S: Statement>(_ statement: S) {
    var parameters = Parameters()
    statement.bind(to: &parameters)
    self.parameters = parameters
    sql = S.sql
    key = .statement(ObjectIdentifier(S.self))
    self.statement = S.self
  }

  /// A command without values and rows.
  /// - Parameter isConstant: its text is one of a few.
  init(control sql: String, isConstant: Bool = false) {
    self.sql = sql
    parameters = Parameters()
    key = isConstant ? .control(sql) : nil
    statement = nil
  }

  var isControl: Bool { statement == nil }

  /// For errors. (To ask for a type's name is not cheap.)
  var name: String { statement?.name ?? sql.split(separator: " ").first.map(String.init) ?? "" }
}

/// A command with the parameter types it was bound with; a statement that binds other types in another branch is another
/// prepared statement.
struct PreparedKey: Hashable {
  let command: Command.Key
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
  func check(statement: @autoclosure () -> String) throws {
    if let firstUnfit { throw PostgresError(.other, statement: statement(), message: "parameter \(firstUnfit) is not a decimal") }
    guard count <= Int(UInt16.max), bytes.count <= Self.byteLimit else {
      throw PostgresError(.other, statement: statement(), message: "too many parameters, or too large")
    }
  }

  /// A message of the protocol is at most 1 GiB; what comes near does not belong into one statement.
  private static let byteLimit = 256 << 20
}
