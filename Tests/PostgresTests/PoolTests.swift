import EmbeddedPostgres
import Kernel
import TestSupport
import Testing

@testable import Postgres

@Suite struct PoolTests {
  @Test func waitersAreServedInOrder() async throws {
    try await withClient({
      $0.maximumConnections = 2
      $0.reservedConnections = 1
    }) { client in
      let order = Shared<[Int]>([])
      let holder = try await client.acquire(.work)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<10 {
          group.addTask {
            let connection = try await client.acquire(.work)
            order.withLock { $0.append(number) }
            client.release(connection)
          }
          // The next one only when this one waits.
          while client.statistics.waiting <= number { try await Task.sleep(for: .milliseconds(1)) }
        }
        client.release(holder)
        try await group.waitForAll()
      }
      #expect(order.withLock { $0 } == Array(0..<10))
      #expect(client.statistics.counters.opened == 1)
    }
  }

  @Test func waitingEndsAndAdministrationHasItsOwn() async throws {
    try await withClient({
      $0.maximumConnections = 2
      $0.reservedConnections = 1
      $0.maximumWaiters = 1
      $0.acquireTimeout = .milliseconds(300)
    }) { client in
      // Opened beforehand, so that the short time measures the waiting and not the connecting.
      _ = await client.health()
      try await client.transaction { tx in
        _ = try await tx.query(BackendProcess())
        async let waiting = errorKind { try await client.transaction { _ = try await $0.query(BackendProcess()) } }
        while client.statistics.waiting == 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(await errorKind { try await client.transaction { _ = try await $0.query(BackendProcess()) } } == .acquireTimeout)
        #expect(await waiting == .acquireTimeout)
        #expect(client.statistics.waiting == 0)
        let cancelled = Task { await errorKind { try await client.transaction { _ = try await $0.query(BackendProcess()) } } }
        cancelled.cancel()
        #expect(await cancelled.value == .cancelled)
      }
      // The reserved connection may take longer to open than the limit on a busy machine.
      var isReachable = false
      for _ in 0..<50 where !isReachable { isReachable = await client.health().isReachable }
      #expect(isReachable)
    }
  }

  /// Reliability case 6: twin tenants alternate on one connection, with errors, cancellations and time-outs in between.
  @Test func nothingLeaksThroughTheOneConnection() async throws {
    try await withClient({
      $0.maximumConnections = 1
      $0.reservedConnections = 0
    }) { client in
      for round in 0..<200 {
        let tenant = Int64(round % 2 + 1)
        var options = TransactionOptions(settings: [.integers("app.tenants", [tenant])], retries: 0)
        switch round % 5 {
        case 0: #expect(await errorKind { try await client.transaction(options) { _ = try await $0.query(Divide(divisor: 0)) } } == .other)
        case 1 where round % 25 == 1:
          options.statementTimeoutMilliseconds = 20
          #expect(await errorKind { try await client.transaction(options) { _ = try await $0.query(Sleep(milliseconds: 60_000)) } } == .timeout)
        case 2 where round % 25 == 2:
          let task = Task { [options] in await errorKind { try await client.transaction(options) { _ = try await $0.query(Sleep(milliseconds: 60_000)) } } }
          try await Task.sleep(for: .milliseconds(round % 10))
          task.cancel()
          #expect(await task.value == .cancelled)
        case 3:
          struct Abort: Error {}
          await #expect(throws: Abort.self) {
            try await client.transaction(options) {
              _ = try await $0.query(BackendProcess())
              throw Abort()
            }
          }
        default: break
        }
        let seen = try await client.transaction(TransactionOptions(settings: [.integers("app.tenants", [tenant])])) {
          try await $0.first(CurrentSetting(name: "app.tenants"))
        }
        #expect(seen == "{ \(tenant) }")
        let bare = try await client.transaction { try await $0.query(CurrentSetting(name: "app.tenants"), CurrentSetting(name: "statement_timeout")) }
        #expect(bare.0 == [""] && bare.1 == ["30s"])
      }
      let statistics = client.statistics
      #expect(statistics.leased == 0 && statistics.waiting == 0 && statistics.idle <= 1)
    }
  }

  /// Reliability case 162: the query of a caller that went away ends at the server, too.
  @Test func aCancelledTaskCancelsItsQuery() async throws {
    try await withClient { client in
      let pid = Shared<Int32>(0)
      let task = Task {
        await errorKind {
          try await client.transaction { tx in
            let own = try await tx.first(BackendProcess()) ?? 0
            pid.withLock { $0 = own }
            _ = try await tx.query(Sleep(milliseconds: 60_000))
          }
        }
      }
      func runningSleeps() async throws -> Int64 { try await client.transaction { try await $0.first(RunningSleeps(pid: pid.withLock { $0 })) } ?? 0 }
      while try await runningSleeps() == 0 {}
      task.cancel()
      #expect(await task.value == .cancelled)
      #expect(try await runningSleeps() == 0)
      #expect(client.statistics.leased == 0)
    }
  }

  @Test func scriptsLeaveNoSession() async throws {
    try await withClient({
      $0.maximumConnections = 1
      $0.reservedConnections = 0
    }) { client in
      try await client.withConnection { _ = try await $0.runScript("set app.side = 'staff'; set application_name = 'left behind'") }
      #expect(try await client.transaction { try await $0.query(CurrentSetting(name: "app.side")) } == [""])
      #expect(try await client.transaction { try await $0.query(CurrentSetting(name: "application_name")) } == ["steward"])
    }
  }

  @Test func worksWithoutPreparedStatements() async throws {
    try await withClient({ $0.usesPreparedStatements = false }) { client in
      #expect(try await client.transaction { try await $0.query(CurrentSetting(name: "statement_timeout")) } == ["30s"])
      try await client.withConnection { connection in
        let quotients = try await connection.query(Divide(divisor: 5))
        let prepared = try await connection.query(PreparedCount())
        #expect(quotients == [2] && prepared == [0])
      }
    }
  }

  @Test func runEndsWithItsTaskAndWithShutdown() async throws {
    try await withClient { client in
      let running = Task { await client.run() }
      _ = await client.health()
      await client.shutdown()
      await running.value
      #expect(await errorKind { try await client.transaction { _ = try await $0.query(BackendProcess()) } } == .shutdown)
      #expect(client.statistics.idle == 0)
    }
    try await withClient { client in
      let running = Task { await client.run() }
      running.cancel()
      await running.value
      #expect(await errorKind { try await client.transaction { _ = try await $0.query(BackendProcess()) } } == .shutdown)
    }
  }
}

private struct PreparedCount: Statement {
  static let sql = "select count(*) from pg_prepared_statements"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
