/// A setting for one transaction: `SET LOCAL`. Its text is built from integers and words of our own code only, so nothing
/// from outside can get into it.
package struct LocalSetting: Sendable, Hashable {
  let name: String
  let sql: String
  private let isConstant: Bool

  private init(_ name: StaticString, _ value: String, isConstant: Bool = false) {
    self.name = name.description
    sql = "SET LOCAL \(name) = \(value)"
    self.isConstant = isConstant
  }

  var command: Command { Command(control: sql, isConstant: isConstant) }

  /// `SET LOCAL app.tenants = '{ 7 , 9 }'`: an array, and a text in which a number is found with a space on both sides,
  /// as the policies of tenant tables look for it.
  package static func integers(_ name: StaticString, _ values: [Int64]) -> LocalSetting {
    LocalSetting(name, "'{\(values.map { " \($0) " }.joined(separator: ","))}'")
  }

  /// `SET LOCAL app.side = 'staff'`
  package static func word(_ name: StaticString, _ value: StaticString) -> LocalSetting {
    LocalSetting(name, "'\(value)'", isConstant: true)
  }

  /// `SET LOCAL lock_timeout = 500`
  package static func integer(_ name: StaticString, _ value: Int64) -> LocalSetting {
    LocalSetting(name, "\(value)")
  }
}

/// How a transaction runs.
package struct TransactionOptions: Sendable {
  package enum Isolation: Sendable {
    case readCommitted
    /// One snapshot for all statements.
    case repeatableRead
    case serializable
  }

  package var settings: [LocalSetting]
  package var isolation: Isolation
  package var readOnly: Bool
  /// Of each statement, at the server; nil is the configured time.
  package var statementTimeoutMilliseconds: Int?
  /// Of each lock that is waited for, at the server; nil is the configured time.
  package var lockTimeoutMilliseconds: Int?
  /// How often the whole transaction is begun anew after a fault that may pass. Its body must be fit for that.
  package var retries: Int

  package init(
    settings: [LocalSetting] = [], isolation: Isolation = .readCommitted, readOnly: Bool = false, statementTimeoutMilliseconds: Int? = nil,
    lockTimeoutMilliseconds: Int? = nil, retries: Int = 3
  ) {
    self.settings = settings
    self.isolation = isolation
    self.readOnly = readOnly
    self.statementTimeoutMilliseconds = statementTimeoutMilliseconds
    self.lockTimeoutMilliseconds = lockTimeoutMilliseconds
    self.retries = retries
  }

  /// BEGIN and the settings, each its own protocol message: only so do they reach the workers of a Citus cluster.
  func opening(_ configuration: PostgresConfiguration) -> [Command] {
    var begin = "BEGIN"
    switch isolation {
    case .readCommitted: break
    case .repeatableRead: begin += " ISOLATION LEVEL REPEATABLE READ"
    case .serializable: begin += " ISOLATION LEVEL SERIALIZABLE"
    }
    if readOnly { begin += " READ ONLY" }
    var commands = [Command(control: begin, isConstant: true)]
    // Where the session has the time already, nothing need be said. Behind a pooler the session's settings are not ours.
    let statement = statementTimeoutMilliseconds.map { Int64($0) } ?? configuration.statementTimeout.milliseconds
    if !configuration.usesPreparedStatements || statement != configuration.statementTimeout.milliseconds {
      commands.append(Command(control: "SET LOCAL statement_timeout = \(statement)"))
    }
    let lock = lockTimeoutMilliseconds.map { Int64($0) } ?? configuration.lockTimeout?.milliseconds
    if let lock, !configuration.usesPreparedStatements || lock != configuration.lockTimeout?.milliseconds {
      commands.append(Command(control: "SET LOCAL lock_timeout = \(lock)"))
    }
    return commands + settings.map(\.command)
  }

  /// How long our side waits for an answer.
  func timeout(_ configuration: PostgresConfiguration) -> Duration {
    (statementTimeoutMilliseconds.map { .milliseconds($0) } ?? configuration.statementTimeout) + configuration.cancelGrace
  }
}
