import CLibPQ

extension Connection {
  /// Sends `commands` as one pipeline and returns one result for each. The first failure is thrown; what stood behind it
  /// was skipped by the server.
  func roundTrip(_ commands: [Command], timeout: Duration, isCancellable: Bool = true) async throws -> [QueryResult] {
    let outcome = try await pipeline(commands, timeout: timeout, isCancellable: isCancellable)
    if let interruption = outcome.interruption { throw interruption }
    if let loss = outcome.loss { throw loss }
    if let error = Self.firstError(outcome, commands) { throw error }
    return outcome.results
  }

  func pipeline(_ commands: [Command], timeout: Duration, isCancellable: Bool) async throws -> ExchangeOutcome {
    for command in commands { try command.parameters.check(statement: command.name) }
    let prepares = configuration.usesPreparedStatements
    var outcome = await exchange(.sync, timeout: timeout, isCancellable: isCancellable) { wire, handle, exchange in
      var fresh: [PreparedKey: String] = [:]
      for command in commands {
        guard Self.send(command, prepares: prepares, &wire, handle, &exchange, &fresh) else { return false }
      }
      return PQpipelineSync(handle) == 1
    }
    if outcome.loss == nil, outcome.interruption == nil, outcome.results.count != commands.count {
      let reason = PostgresError(.connection, message: "the server's answers do not match the statements")
      close(reason)
      outcome.loss = reason
    }
    return outcome
  }

  static func firstError(_ outcome: ExchangeOutcome, _ commands: [Command]) -> PostgresError? {
    zip(outcome.results, commands).first { $0.0.isError }.map { PostgresError($0.0, statement: $0.1.name) }
  }

  private static func send(
    _ command: Command, prepares: Bool, _ wire: inout Wire, _ handle: OpaquePointer, _ exchange: inout Exchange, _ fresh: inout [PreparedKey: String]
  ) -> Bool {
    let parameters = command.parameters
    guard prepares, let commandKey = command.key else {
      exchange.slots.append(.command)
      return parameters.withPointers { count, values, lengths, formats in
        PQsendQueryParams(handle, command.sql, count, oids(of: parameters), values, lengths, formats, 1) == 1
      }
    }
    let key = PreparedKey(command: commandKey, types: parameters.types)
    let name: String
    if let known = wire.prepared[key] ?? fresh[key] {
      name = known
    } else {
      wire.preparedCount += 1
      // Names are cut to 63 bytes by the server; the number in front keeps them apart.
      name = "s\(wire.preparedCount)_\(command.name.prefix(40))"
      fresh[key] = name
      exchange.slots.append(.preparation(key, name: name))
      let types = oids(of: parameters)
      guard PQsendPrepare(handle, name, command.sql, Int32(clamping: types.count), types) == 1 else { return false }
    }
    exchange.slots.append(.command)
    return parameters.withPointers { count, values, lengths, formats in
      PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1) == 1
    }
  }

  private static func oids(of parameters: Parameters) -> [Oid] { parameters.types.map { Oid($0.rawValue) } }

  /// Forgets all prepared statements, here and at the server.
  func deallocatePrepared(timeout: Duration) async throws {
    _ = try await roundTrip([Command(control: "DEALLOCATE ALL")], timeout: timeout, isCancellable: false)
    wire.withLock { $0.prepared = [:] }
  }
}

/// What the server says of a statement without running it.
package struct StatementDescription: Sendable {
  package struct Column: Sendable, Equatable {
    package let name: String
    package let type: PostgresType
  }

  package let parameters: [PostgresType]
  package let columns: [Column]
}

extension Connection {
  /// Runs SQL text as it is, several statements if need be, in one implicit transaction unless it says otherwise. The raw
  /// door: for migrations and administration, never with a value from outside in the text.
  /// - Parameter timeout: of the whole script, at the server too; nil is the configured time of a statement.
  /// - Returns: rows affected by the last statement.
  @discardableResult package func runScript(
    _ sql: String, timeout: Duration? = nil, file: StaticString = #fileID, line: UInt = #line
  ) async throws -> Int {
    do {
      if let timeout {
        _ = try await script("SET statement_timeout = \(timeout.milliseconds)", name: "SET", timeout: configuration.statementTimeout)
      }
      return try await script(sql, name: "script", timeout: timeout ?? configuration.statementTimeout)
    } catch let error as PostgresError {
      throw error.at(file, line)
    }
  }

  private func script(_ sql: String, name: String, timeout: Duration) async throws -> Int {
    let outcome = await exchange(.lastResult, timeout: timeout + configuration.cancelGrace, isCancellable: true) { _, handle, _ in
      PQexitPipelineMode(handle) == 1 && PQsendQuery(handle, sql) == 1
    }
    if let last = outcome.results.last, last.wantsCopy {
      let error = PostgresError(.other, statement: name, message: "a script must not COPY from or to the client")
      close(error)
      throw error
    }
    if outcome.loss == nil { resumePipelining() }
    if let interruption = outcome.interruption { throw interruption }
    if let failed = outcome.results.first(where: \.isError), failed.diagnostic("C") != nil { throw PostgresError(failed, statement: name) }
    if let loss = outcome.loss { throw loss }
    return outcome.results.last?.affectedRows ?? 0
  }

  /// Back to pipeline mode after a script or a COPY. A connection that is not done is closed.
  func resumePipelining() {
    let isReady = wire.withLock { wire in wire.handle.map { PQenterPipelineMode($0) == 1 } ?? true }
    if !isReady { close(PostgresError(.connection, message: "the connection is not done with the last exchange")) }
  }

  /// Asks the server for the parameter and column types of a statement. It is parsed and analysed, not run.
  package func describe(_ sql: String) async throws -> StatementDescription {
    let outcome = await exchange(.sync, timeout: configuration.statementTimeout, isCancellable: true) { _, handle, exchange in
      exchange.slots = [.command, .command]
      return PQsendPrepare(handle, "", sql, 0, nil) == 1 && PQsendDescribePrepared(handle, "") == 1 && PQpipelineSync(handle) == 1
    }
    if let interruption = outcome.interruption { throw interruption }
    if let loss = outcome.loss { throw loss }
    if let failed = outcome.results.first(where: \.isError) { throw PostgresError(failed, statement: "describe") }
    guard let result = outcome.results.last else { throw PostgresError(.other, statement: "describe") }
    return StatementDescription(
      parameters: result.parameterTypes,
      columns: (0..<result.columnCount).map { StatementDescription.Column(name: result.name($0), type: result.type($0)) })
  }

  /// As for ``Transaction/query(_:)``, outside a transaction block.
  package func query<S: Statement>(_ statement: S) async throws -> [S.Output] {
    let results = try await roundTrip([Command(statement)], timeout: configuration.statementTimeout + configuration.cancelGrace)
    return try results.first?.rows(of: S.self) ?? []
  }
}
