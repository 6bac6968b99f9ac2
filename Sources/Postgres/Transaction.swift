import Synchronization

/// A transaction that a ``PostgresClient`` runs, for the time of its body. BEGIN and its settings travel with the first
/// statement in one round trip; a transaction that sends nothing costs nothing.
///
/// One call at a time: a second one while the first is under way is an error. For several statements in one round trip use
/// ``enqueue(_:)`` or the `query` of several.
package final class Transaction: Sendable {
  private let connection: Connection
  private let options: TransactionOptions
  private let state = Mutex(State())

  private struct State {
    var hasBegun = false
    var isBusy = false
    var isOver = false
    /// COMMIT has been answered.
    var isCommitted = false
    var wantsRollback = false
    /// The first error of a statement: after it the server refuses all others.
    var fault: PostgresError?
    var queued: [Queued] = []
    var afterCommit: [@Sendable () async -> Void] = []
  }

  /// A command that travels with the next round trip, and who takes its answer.
  private struct Queued {
    let command: Command
    var take: (@Sendable (QueryResult) throws -> Void)?
  }

  init(_ connection: Connection, _ options: TransactionOptions) {
    self.connection = connection
    self.options = options
  }

  // MARK: Statements

  /// All rows.
  package func query<S: Statement>(_ statement: S, file: StaticString = #fileID, line: UInt = #line) async throws -> [S.Output] {
    try await located(file, line) { try await self.one(statement).rows(of: S.self) }
  }

  /// All rows, not decoded yet.
  package func rows<S: Statement>(_ statement: S, file: StaticString = #fileID, line: UInt = #line) async throws -> ResultRows {
    try await located(file, line) { ResultRows(try await self.one(statement), of: S.self) }
  }

  /// The first row, or nil when there is none.
  package func first<S: Statement>(_ statement: S, file: StaticString = #fileID, line: UInt = #line) async throws -> S.Output? {
    try await located(file, line) { try await self.one(statement).firstRow(of: S.self) }
  }

  /// - Returns: the number of rows affected.
  @discardableResult package func execute<S: Statement>(_ statement: S, file: StaticString = #fileID, line: UInt = #line) async throws -> Int {
    try await located(file, line) { try await self.one(statement).affectedRows }
  }

  /// All rows of the last statement of a transaction that reads: COMMIT travels with it, and no statement can follow. (One
  /// that writes still has its records to write, and goes on.)
  package func last<S: Statement>(_ statement: S, file: StaticString = #fileID, line: UInt = #line) async throws -> [S.Output] {
    try await located(file, line) {
      guard self.options.readOnly else { return try await self.one(statement).rows(of: S.self) }
      let (hasBegun, queued) = self.state.withLock { ($0.hasBegun, $0.queued) }
      var results = try await self.commit(queued, hasBegun: hasBegun, after: Command(statement))
      return try results.take().rows(of: S.self)
    }
  }

  /// Sends the statement with the next round trip, or with COMMIT. Its rows are not wanted, and its failure surfaces there.
  package func enqueue<S: Statement>(_ statement: S) {
    let command = Command(statement)
    state.withLock { $0.queued.append(Queued(command: command)) }
  }

  /// Sends the statement with the next round trip, after which its rows are there: so that parts of an act that do not need
  /// each other's answers share one.
  package func later<S: Statement>(_ statement: S) -> Later<S.Output> {
    let later = Later<S.Output>()
    let command = Command(statement)
    state.withLock { $0.queued.append(Queued(command: command) { later.set(try $0.rows(of: S.self)) }) }
    return later
  }

  /// Makes the round trip of what is enqueued, if anything is.
  package func flush(file: StaticString = #fileID, line: UInt = #line) async throws {
    try await located(file, line) { _ = try await self.send([]) }
  }

  /// Several statements in one round trip. They run in order, and after the first failure none does.
  package func query<A: Statement, B: Statement, each C: Statement>(
    _ a: A, _ b: B, _ rest: repeat each C, file: StaticString = #fileID, line: UInt = #line
  ) async throws -> ([A.Output], [B.Output], repeat [(each C).Output]) {
    try await located(file, line) {
      var commands = [Command(a), Command(b)]
      for statement in repeat each rest { commands.append(Command(statement)) }
      var results = try await self.send(commands)[...]
      return (
        try results.take().rows(of: A.self), try results.take().rows(of: B.self),
        repeat try results.take().rows(of: (each C).self)
      )
    }
  }

  /// Runs `body` under another value of a setting that the transaction began with. It travels with the next statement, the
  /// old one with the first statement after `body`. What is enqueued before would run under the new value: a transaction
  /// that writes has no use for this.
  package func with<T>(_ setting: LocalSetting, _ body: () async throws -> T) async throws -> T {
    guard options.readOnly, let old = options.settings.first(where: { $0.name == setting.name }) else {
      throw PostgresError(.other, message: "the transaction writes, or did not begin with a value of \(setting.name)")
    }
    state.withLock { $0.queued.append(Queued(command: setting.command)) }
    defer { state.withLock { $0.queued.append(Queued(command: old.command)) } }
    return try await body()
  }

  /// Goes on under another value of a setting, from the next statement on; what is enqueued before runs under the old one.
  package func set(_ setting: LocalSetting) { state.withLock { $0.queued.append(Queued(command: setting.command)) } }

  /// Fills `target` (a temporary table: see schema-rules 17) from chunks that a ``CopyEncoder`` made.
  /// - Returns: the number of rows.
  package func copyIn<Chunks: AsyncSequence>(
    _ target: String, columns: [String], rows: Chunks, file: StaticString = #fileID, line: UInt = #line
  ) async throws -> Int where Chunks.Element: Collection<UInt8> {
    try await located(file, line) {
      _ = try await self.send([])
      let table = target.split(separator: ".", omittingEmptySubsequences: false).map { Self.quoted($0) }.joined(separator: ".")
      let sql = "COPY \(table) (\(columns.map { Self.quoted($0) }.joined(separator: ", "))) FROM STDIN (FORMAT binary)"
      try self.enter()
      do {
        let count = try await self.connection.copyIn(sql, rows, timeout: self.options.timeout(self.connection.configuration))
        self.leave(nil)
        return count
      } catch {
        // The server has given the transaction up, whoever failed.
        self.leave(error as? PostgresError ?? PostgresError(.other, statement: "COPY", message: "the source of the rows failed"))
        throw error
      }
    }
  }

  // MARK: The end

  /// Runs after COMMIT succeeded, before the transaction's caller goes on; never when it was rolled back.
  package func afterCommit(_ action: @escaping @Sendable () async -> Void) { state.withLock { $0.afterCommit.append(action) } }

  /// The transaction ends in ROLLBACK even if its body returns. (A body that throws is rolled back anyway.)
  package func rollback() { state.withLock { $0.wantsRollback = true } }

  /// The fault that decides whether the transaction is begun anew, whatever error the body made of it.
  var fault: PostgresError? { state.withLock { $0.fault } }

  /// Commits, or rolls back where that was asked for.
  /// - Returns: what is to be run after the commit.
  func end() async throws -> [@Sendable () async -> Void] {
    let (fault, wantsRollback, isCommitted, hasBegun, queued, afterCommit) = state.withLock { state in
      // Settings end with the transaction: nothing but them need not be sent.
      let queued = state.queued.contains { !$0.command.isControl } ? state.queued : []
      return (state.fault, state.wantsRollback, state.isCommitted, state.hasBegun, queued, state.afterCommit)
    }
    if let fault { throw fault }
    if isCommitted { return afterCommit }
    if wantsRollback {
      await abandon()
      return []
    }
    if Task.isCancelled { throw PostgresError(.cancelled) }
    if hasBegun || !queued.isEmpty { _ = try await commit(queued, hasBegun: hasBegun) }
    state.withLock { $0.isOver = true }
    return afterCommit
  }

  /// Sends what is still to be sent, `last` if there is one, and COMMIT.
  /// - Returns: the answer to `last`, if there is one.
  private func commit(_ queued: [Queued], hasBegun: Bool, after last: Command? = nil) async throws -> ArraySlice<QueryResult> {
    try enter()
    let opening = hasBegun ? [] : options.opening(connection.configuration)
    let commands = opening + queued.map(\.command) + (last.map { [$0] } ?? []) + [Command(control: "COMMIT", isConstant: true)]
    state.withLock { $0.hasBegun = true }
    do {
      // Once a COMMIT that matters is sent, its outcome is waited for.
      let outcome = try await connection.pipeline(commands, timeout: options.timeout(connection.configuration), isCancellable: last != nil)
      try CommitOutcome(outcome, commands, isReadOnly: options.readOnly).check()
      state.withLock { state in
        state.isCommitted = true
        state.isOver = true
      }
      for (one, result) in zip(queued, outcome.results.dropFirst(opening.count)) { try one.take?(result) }
      leave(nil)
      return outcome.results.dropLast().suffix(last == nil ? 0 : 1)
    } catch let error as PostgresError {
      leave(error)
      throw error
    }
  }

  /// Rolls back without the caller's cancellation; a connection that cannot do that is closed.
  func abandon() async {
    let mustRollBack = state.withLock { state in
      state.isOver = true
      return state.hasBegun && !state.isCommitted
    }
    guard mustRollBack else { return }
    do {
      _ = try await connection.roundTrip([Command(control: "ROLLBACK")], timeout: connection.configuration.cancelGrace, isCancellable: false)
    } catch {
      connection.close()
    }
  }

  // MARK: Sending

  private func one<S: Statement>(_ statement: S) async throws -> QueryResult {
    var results = try await send([Command(statement)])[...]
    return try results.take()
  }

  /// Sends what is still to be sent and `commands`; returns the results of `commands`.
  private func send(_ commands: [Command]) async throws -> [QueryResult] {
    try enter()
    let (hasBegun, queued) = state.withLock { state in
      defer {
        state.queued = []
        state.hasBegun = true
      }
      return (state.hasBegun, state.queued)
    }
    let opening = hasBegun ? [] : options.opening(connection.configuration)
    let all = opening + queued.map(\.command) + commands
    guard !all.isEmpty else {
      leave(nil)
      return []
    }
    do {
      let results = try await connection.roundTrip(all, timeout: options.timeout(connection.configuration))
      for (one, result) in zip(queued, results.dropFirst(opening.count)) { try one.take?(result) }
      leave(nil)
      return results.suffix(commands.count)
    } catch let error as PostgresError {
      leave(error)
      throw error
    }
  }

  private func enter() throws {
    try state.withLock { state in
      if let fault = state.fault { throw fault }
      guard !state.isOver else { throw PostgresError(.other, message: "the transaction is over") }
      guard !state.isBusy else { throw PostgresError(.other, message: "the transaction is in use: await one statement before the next") }
      state.isBusy = true
    }
  }

  private func leave(_ fault: PostgresError?) {
    state.withLock { state in
      state.isBusy = false
      if state.fault == nil { state.fault = fault }
    }
  }

  private func located<Result>(_ file: StaticString, _ line: UInt, _ body: () async throws -> Result) async throws -> Result {
    do {
      return try await body()
    } catch let error as PostgresError {
      throw error.at(file, line)
    }
  }

  private static func quoted(_ name: some StringProtocol) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}

extension ArraySlice<QueryResult> {
  /// The next answer. There is one for each statement, or the round trip has failed before.
  mutating func take() throws -> QueryResult {
    guard let result = popFirst() else { throw PostgresError(.other, message: "an answer is missing") }
    return result
  }
}
