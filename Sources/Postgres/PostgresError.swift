/// What went wrong with the database.
///
/// It has two faces: `description` holds codes and names only and may go anywhere; `debugText` adds the server's words
/// for the operator's log. Neither holds a bound value: the server's DETAIL, HINT and CONTEXT are never kept, and quoted
/// parts of data errors are cut out.
package struct PostgresError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    /// No connection, or it was lost before COMMIT was sent. Nothing happened.
    case connection
    /// No connection of the pool came free in time. Nothing happened.
    case acquireTimeout
    /// The statement, a lock, or the server took too long.
    case timeout
    /// The task was cancelled.
    case cancelled
    case serialization
    case deadlock
    case uniqueViolation
    case foreignKeyViolation
    case checkViolation
    case exclusionViolation
    case notNullViolation
    case insufficientPrivilege
    /// The server takes no writes: a standby, or a read-only transaction.
    case readOnly
    case diskFull
    /// A row did not hold what its statement promises: a defect.
    case decoding
    /// The connection was lost after COMMIT was sent. Only the data can tell whether it happened.
    case commitOutcomeUnknown
    /// The client is shutting down.
    case shutdown
    case other
  }

  package let kind: Kind
  /// Five letters; nil when the error did not come from the server.
  package let sqlState: String?
  /// The violated constraint, without the `_102008` that Citus adds for a shard.
  package let constraint: String?
  package let table: String?
  /// The type of the failing statement.
  package var statement: String?
  /// `#fileID:#line` of the caller.
  package var location: String?
  /// The server said that it ends the connection.
  let endsConnection: Bool
  private let message: String?

  init(
    _ kind: Kind, sqlState: String? = nil, constraint: String? = nil, table: String? = nil, statement: String? = nil, endsConnection: Bool = false,
    message: String? = nil
  ) {
    self.kind = kind
    self.sqlState = sqlState
    self.constraint = constraint
    self.table = table
    self.statement = statement
    self.endsConnection = endsConnection
    self.message = message
  }

  /// Whether the database itself is at fault, and not what it was asked: another question would fare no better.
  package var isOfDatabase: Bool {
    switch kind {
    case .connection, .acquireTimeout, .cancelled, .readOnly, .diskFull, .shutdown: true
    default: false
    }
  }

  /// Codes and names only.
  package var description: String {
    var text = "postgres.\(kind.rawValue)"
    if let sqlState { text += " \(sqlState)" }
    if let constraint { text += " constraint \(constraint)" }
    if let statement { text += " in \(statement)" }
    if let location { text += " at \(location)" }
    return text
  }

  /// The description and the server's words, for the operator's log.
  package var debugText: String { description + (message.map { ": \($0)" } ?? "") }

  package var debugDescription: String { debugText }

  /// The same fault under another kind.
  func with(kind: Kind) -> PostgresError {
    PostgresError(
      kind, sqlState: sqlState, constraint: constraint, table: table, statement: statement, endsConnection: endsConnection, message: message
    )
    .at(location)
  }

  func at(_ location: String?) -> PostgresError {
    var error = self
    error.location = error.location ?? location
    return error
  }

  func at(_ file: StaticString, _ line: UInt) -> PostgresError { location == nil ? at("\(file):\(line)") : self }
}
