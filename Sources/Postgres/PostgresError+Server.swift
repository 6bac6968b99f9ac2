extension PostgresError {
  /// The error that `result` reports.
  init(_ result: QueryResult, statement: String?) {
    let sqlState = result.diagnostic("C")
    let severity = result.diagnostic("V")
    let message = result.diagnostic("M").map { Self.withoutValues($0, sqlState: sqlState ?? "") }
    self.init(
      sqlState.map(Self.kind) ?? .connection, sqlState: sqlState, constraint: result.diagnostic("n").map(Self.withoutShard),
      table: result.diagnostic("t"), statement: statement, endsConnection: severity == "FATAL" || severity == "PANIC", message: message)
  }

  /// Errors are told apart by SQLSTATE only: messages are translated and change.
  static func kind(_ sqlState: String) -> Kind {
    switch sqlState {
    case "40001": .serialization
    case "40P01": .deadlock
    case "23505": .uniqueViolation
    case "23503", "23001": .foreignKeyViolation
    case "23514": .checkViolation
    case "23P01": .exclusionViolation
    case "23502": .notNullViolation
    case "42501": .insufficientPrivilege
    case "25006": .readOnly
    case "53100": .diskFull
    // 57014 without our own cancel is `statement_timeout`; 55P03 is `lock_timeout`.
    case "57014", "55P03", "25P03": .timeout
    // Terminated, crashed, starting up, too many connections, idle session ended.
    case "57P01", "57P02", "57P03", "57P05", "53300": .connection
    case _ where sqlState.hasPrefix("08"): .connection
    default: .other
    }
  }

  /// Citus names a shard's constraint `name_102008`.
  static func withoutShard(_ constraint: String) -> String {
    guard let underscore = constraint.utf8.lastIndex(of: UInt8(ascii: "_")) else { return constraint }
    let suffix = constraint.utf8[constraint.utf8.index(after: underscore)...]
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard !suffix.isEmpty, underscore != constraint.startIndex, suffix.allSatisfy(digits.contains) else { return constraint }
    return String(constraint[..<underscore])
  }

  /// Errors of class 22 (data exception) quote the offending value: `invalid input syntax for type bigint: "..."`.
  static func withoutValues(_ message: String, sqlState: String) -> String {
    guard sqlState.hasPrefix("22"), let first = message.firstIndex(of: "\"") else { return message }
    return message[..<first] + "..."
  }

  /// The same transaction, begun anew, may succeed. What it did so far is undone.
  var isRetryable: Bool {
    switch kind {
    case .serialization, .deadlock, .connection, .readOnly: true
    default: false
    }
  }
}
