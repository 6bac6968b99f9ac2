/// What became of the round trip that ended with COMMIT.
struct CommitOutcome {
  let outcome: ExchangeOutcome
  let commands: [Command]
  /// Nothing was to be made durable: a lost connection is only that.
  let isReadOnly: Bool

  init(_ outcome: ExchangeOutcome, _ commands: [Command], isReadOnly: Bool) {
    self.outcome = outcome
    self.commands = commands
    self.isReadOnly = isReadOnly
  }

  /// Throws unless the transaction has been committed.
  func check() throws {
    if let interruption = outcome.interruption { throw interruption }
    // An error of an earlier statement: the server skipped COMMIT. An error of COMMIT itself (a deferred constraint, a
    // serialization failure) is a rollback, unless the server died of it: then it may have come after the commit.
    for (index, result) in outcome.results.enumerated() where result.isError && result.diagnostic("C") != nil && index < commands.count {
      let error = PostgresError(result, statement: commands[index].name)
      if index == commands.count - 1, error.endsConnection { throw unknown(error) }
      throw error
    }
    if outcome.results.count == commands.count, let answer = outcome.results.last, !answer.isError, !answer.isSkipped {
      guard answer.commandTag == "COMMIT" else { throw PostgresError(.other, statement: "COMMIT", message: "the transaction had failed before") }
      // A connection that broke after the answer changes nothing.
      return
    }
    guard let loss = outcome.loss else { throw PostgresError(.other, statement: "COMMIT") }
    throw outcome.wasSent ? unknown(loss) : loss
  }

  private func unknown(_ error: PostgresError) -> PostgresError { isReadOnly ? error.with(kind: .connection) : error.with(kind: .commitOutcomeUnknown) }
}
