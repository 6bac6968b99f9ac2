import Glibc
import TestSupport
import Testing

@testable import Postgres

/// Tasks that run where their answers are read.
@Suite struct ExecutorTests {
  private static func thread() -> pthread_t { pthread_self() }

  /// On any other executor the task goes on in a thread that is free then; here it must be the same one throughout, which
  /// is one that waits for sockets, also on a connection that another thread waited for before.
  @Test func anAnswerComesOnTheThreadThatAsked() async throws {
    try await withClient { client in
      for _ in 0..<4 {
        let isSame = try await Task(executorPreference: PostgresClient.taskExecutor()) {
          let before = Self.thread()
          #expect(Poller.current != nil)
          for _ in 0..<50 {
            try await client.transaction { _ = try await $0.query(BackendProcess()) }
            if Self.thread() != before { return false }
          }
          return true
        }.value
        #expect(isSame)
      }
      #expect(Poller.current == nil)
    }
  }

  /// One connection, used in turn from the threads of all executors: each answer is waited for where it was asked.
  @Test func aConnectionComesToItsUser() async throws {
    try await withClient({
      $0.maximumConnections = 1
      $0.reservedConnections = 0
    }) { client in
      for _ in 0..<8 {
        try await Task(executorPreference: PostgresClient.taskExecutor()) {
          let lease = try await client.acquire(.work)
          let connection = lease.resource
          defer { client.release(lease) }
          _ = try await connection.query(BackendProcess())
          #expect(connection.wire.withLock { $0.poller } === Poller.current)
        }.value
      }
      #expect(client.statistics.counters.opened == 1)
    }
  }

  /// Connections go to and fro between tasks of all kinds, and each answer reaches who asked for it.
  @Test func connectionsMoveBetweenTheThreads() async throws {
    try await withClient { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...24 {
          group.addTask(executorPreference: number.isMultiple(of: 3) ? nil : PostgresClient.taskExecutor()) {
            for round in 1...40 {
              let divisor = Int64(number % 10 + 1)
              let answer = try await client.transaction { try await $0.query(Divide(divisor: divisor)) }
              #expect(answer == [10 / divisor], "round \(round)")
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(client.statistics.counters.opened <= 4)
      #expect(client.statistics.leased == 0)
    }
  }

  /// Deadlines and cancellations are noticed although the task that waits shares the thread that notices them.
  @Test func deadlinesAndCancellationsReachIt() async throws {
    try await withClient { client in
      let late = Task(executorPreference: PostgresClient.taskExecutor()) {
        await errorKind {
          try await client.transaction(TransactionOptions(statementTimeoutMilliseconds: 30, retries: 0)) { _ = try await $0.query(Sleep(milliseconds: 60_000)) }
        }
      }
      #expect(await late.value == .timeout)
      let cancelled = Task(executorPreference: PostgresClient.taskExecutor()) {
        await errorKind { try await client.transaction { _ = try await $0.query(Sleep(milliseconds: 60_000)) } }
      }
      while client.statistics.leased == 0 { try await Task.sleep(for: .milliseconds(1)) }
      cancelled.cancel()
      #expect(await cancelled.value == .cancelled)
      #expect(try await client.transaction { try await $0.query(Divide(divisor: 5)) } == [2])
    }
  }
}
