/// A setting for one transaction: `SET LOCAL`. Its text is built from integers and words of our own code only, so nothing
/// from outside can get into it.
package struct LocalSetting: Sendable, Hashable {
  let name: String
  let sql: String

  private init(_ name: StaticString, _ value: String) {
    self.name = name.description
    sql = "SET LOCAL \(name) = \(value)"
  }

  /// `SET LOCAL app.tenants = '{7,9}'`
  package static func integers(_ name: StaticString, _ values: [Int64]) -> LocalSetting {
    LocalSetting(name, "'{\(values.map(String.init).joined(separator: ","))}'")
  }

  /// `SET LOCAL app.side = 'staff'`
  package static func word(_ name: StaticString, _ value: StaticString) -> LocalSetting {
    LocalSetting(name, "'\(value)'")
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
  /// How often the whole transaction is begun anew after a fault that may pass. Its body must be fit for that.
  package var retries: Int

  package init(
    settings: [LocalSetting] = [], isolation: Isolation = .readCommitted, readOnly: Bool = false, statementTimeoutMilliseconds: Int? = nil, retries: Int = 3
  ) {
    self.settings = settings
    self.isolation = isolation
    self.readOnly = readOnly
    self.statementTimeoutMilliseconds = statementTimeoutMilliseconds
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
    var commands = [Command(control: begin)]
    if let statementTimeoutMilliseconds {
      commands.append(Command(control: "SET LOCAL statement_timeout = \(statementTimeoutMilliseconds)"))
    } else if !configuration.usesPreparedStatements {
      // Behind a pooler the session's own settings are not ours to make.
      commands.append(Command(control: "SET LOCAL statement_timeout = \(configuration.statementTimeout.milliseconds)"))
    }
    return commands + settings.map { Command(control: $0.sql) }
  }

  /// How long our side waits for an answer.
  func timeout(_ configuration: PostgresConfiguration) -> Duration {
    (statementTimeoutMilliseconds.map { .milliseconds($0) } ?? configuration.statementTimeout) + configuration.cancelGrace
  }
}
