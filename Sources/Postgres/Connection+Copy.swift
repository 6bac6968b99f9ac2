import CLibPQ

extension Connection {
  /// Sends `chunks` as the data of a COPY. Each is sent whole before the next is asked for, so a slow server slows the
  /// source down and never fills memory. A bad row fails the COPY when all is sent. After an interruption the connection
  /// is closed.
  func copyIn<Chunks: AsyncSequence>(_ sql: String, _ chunks: Chunks, timeout: Duration) async throws -> Int where Chunks.Element: Collection<UInt8> {
    let name = "COPY"
    do {
      let invitation = await exchange(.copyInvitation, timeout: timeout, isCancellable: true) { _, handle, _ in
        PQexitPipelineMode(handle) == 1 && PQsendQuery(handle, sql) == 1
      }
      try Self.checkUninterrupted(invitation)
      if let failed = invitation.results.first(where: \.isError) {
        resumePipelining()
        throw PostgresError(failed, statement: name)
      }
      guard invitation.results.last?.status == PGRES_COPY_IN else { throw CopyEnd.interrupted(PostgresError(.other, statement: name)) }
      do {
        for try await chunk in chunks { try await sendCopyData(chunk, timeout: timeout) }
      } catch let end as CopyEnd {
        throw end
      } catch {
        _ = try await endCopy(refusing: "the source of the rows failed", timeout: timeout)
        throw error
      }
      let end = try await endCopy(refusing: nil, timeout: timeout)
      if let failed = end.first(where: \.isError) { throw PostgresError(failed, statement: name) }
      return end.last?.affectedRows ?? 0
    } catch CopyEnd.interrupted(let error) {
      close(error)
      throw error
    }
  }

  /// The COPY cannot be ended in an orderly way.
  private enum CopyEnd: Error {
    case interrupted(PostgresError)
  }

  private func sendCopyData(_ chunk: some Collection<UInt8>, timeout: Duration) async throws {
    guard !chunk.isEmpty else { return }
    let bytes = Array(chunk)
    let outcome = await exchange(.flushed, timeout: timeout, isCancellable: true) { _, handle, _ in
      bytes.withUnsafeBytes { bytes in
        PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count)) == 1
      }
    }
    try Self.checkUninterrupted(outcome)
  }

  private func endCopy(refusing reason: String?, timeout: Duration) async throws -> [QueryResult] {
    let outcome = await exchange(.lastResult, timeout: timeout, isCancellable: reason == nil) { _, handle, _ in PQputCopyEnd(handle, reason) == 1 }
    try Self.checkUninterrupted(outcome)
    resumePipelining()
    return outcome.results
  }

  private static func checkUninterrupted(_ outcome: ExchangeOutcome) throws {
    if let error = outcome.interruption ?? outcome.loss { throw CopyEnd.interrupted(error) }
  }
}
