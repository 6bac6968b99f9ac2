extension PostgresClient {
  /// Runs `body` in a transaction and commits it. A body that throws is rolled back.
  ///
  /// After a fault that may pass (a serialization failure, a deadlock, a server that goes away or stopped taking writes, a
  /// connection lost before COMMIT was sent) the whole is done again, at most `options.retries` times, on another
  /// connection if need be: the body must have no effect outside of the transaction but through `afterCommit`. An unknown
  /// outcome of COMMIT (`PostgresError.Kind.commitOutcomeUnknown`) is never repeated here.
  @discardableResult package func transaction<T: Sendable>(
    _ options: TransactionOptions = TransactionOptions(), isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID, line: UInt = #line,
    _ body: (Transaction) async throws -> T
  ) async throws -> T {
    var attempt = 0
    while true {
      do {
        return try await attemptTransaction(options, isolation: isolation, body)
      } catch let failed as FailedAttempt {
        let error = (failed.error as? PostgresError)?.at(file, line) ?? failed.error
        if failed.fault?.kind == .commitOutcomeUnknown { count { $0.unknownOutcomes += 1 } }
        guard let fault = failed.fault, mayRepeat(fault, options), attempt < options.retries, !Task.isCancelled else { throw error }
        attempt += 1
        count { $0.retries += 1 }
        logger.debug("postgres transaction repeated", metadata: ["error": .string(fault.description), "attempt": .stringConvertible(attempt)])
        if fault.kind == .readOnly { distrustConnections() }
        // Jittered and growing: two transactions that met once shall not meet again in step.
        let pause = Duration.milliseconds(10 << min(attempt, 6))
        guard (try? await Task.sleep(for: pause / 2 + pause / 1000 * Int.random(in: 0...1000))) != nil else { throw PostgresError(.cancelled).at(file, line) }
      } catch let error as PostgresError {
        // No connection: it has been waited for already.
        throw error.at(file, line)
      }
    }
  }

  /// Everything that was thrown inside an attempt, with the database's fault behind it.
  private struct FailedAttempt: Error {
    let error: any Error
    let fault: PostgresError?
  }

  private func mayRepeat(_ fault: PostgresError, _ options: TransactionOptions) -> Bool {
    // In a read-only transaction of ours a write is a defect, not a standby.
    fault.isRetryable && !(fault.kind == .readOnly && options.readOnly)
  }

  private func attemptTransaction<T: Sendable>(
    _ options: TransactionOptions, isolation: isolated (any Actor)?, _ body: (Transaction) async throws -> T
  ) async throws -> T {
    let lease = try await acquire(options.readOnly ? .reading : .work)
    let connection = lease.resource
    var mayReplan = true
    while true {
      let transaction = Transaction(connection, options)
      do {
        let value = try await body(transaction)
        let afterCommit = try await transaction.end()
        release(lease)
        for action in afterCommit { await action() }
        return value
      } catch {
        let fault = transaction.fault
        await transaction.abandon()
        // A migration changed a table under a prepared statement: prepare anew, once.
        if mayReplan, fault?.sqlState == "0A000" || fault?.sqlState == "26000", configuration.usesPreparedStatements,
          (try? await connection.deallocatePrepared(timeout: configuration.cancelGrace)) != nil
        {
          mayReplan = false
          continue
        }
        release(lease)
        throw FailedAttempt(error: error, fault: fault)
      }
    }
  }

  /// Lends a raw connection, for migrations, `describe` and the like. Whatever was done to its session ends with it: it is
  /// closed afterwards.
  @discardableResult package func withConnection<T: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> T
  ) async throws -> T {
    let lease = try await acquire(.administration)
    defer { release(lease, reusable: false) }
    return try await body(lease.resource)
  }

  /// Asks the server for a sign of life on a connection reserved for that.
  package func health() async -> PostgresHealth {
    let started = ContinuousClock.now
    do {
      let lease = try await acquire(.administration)
      defer { release(lease) }
      let results = try await lease.resource.roundTrip([Command(LivenessProbe())], timeout: configuration.cancelGrace)
      let isStandby = try results.first?.firstRow(of: LivenessProbe.self) ?? false
      return PostgresHealth(isReachable: true, takesWrites: !isStandby, latency: started.duration(to: .now), error: nil, statistics: statistics)
    } catch {
      return PostgresHealth(
        isReachable: false, takesWrites: false, latency: started.duration(to: .now), error: error as? PostgresError, statistics: statistics)
    }
  }
}

private struct LivenessProbe: Statement {
  static let sql = "SELECT pg_catalog.pg_is_in_recovery()"
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// What a health check found.
package struct PostgresHealth: Sendable {
  package let isReachable: Bool
  /// False on a standby.
  package let takesWrites: Bool
  package let latency: Duration
  package let error: PostgresError?
  package let statistics: PostgresStatistics
}
