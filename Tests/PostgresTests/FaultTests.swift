import EmbeddedPostgres
import Glibc
import Kernel
import Logging
import TestSupport
import Testing

@testable import Postgres

@Suite struct FaultTests {
  private func withProxy(_ body: (SocketProxy) async throws -> Void) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let proxy = try SocketProxy(directory: folder, target: try await TestCluster.shared.server().socketDirectory)
    defer { proxy.close() }
    try await body(proxy)
  }

  @Test func beginSettingsAndStatementAreOneRoundTrip() async throws {
    try await withProxy { proxy in
      try await withClient(socketDirectory: proxy.directory) { client in
        let options = TransactionOptions(settings: [.integers("app.tenants", [7]), .word("app.side", "staff")])
        _ = try await client.transaction(options) { try await $0.query(Divide(divisor: 1)) }
        proxy.resetTurns()
        _ = try await client.transaction(options) { try await $0.query(Divide(divisor: 1)) }
        #expect(proxy.turns == 2, "one with BEGIN, the settings and the statement, one with COMMIT")
        proxy.resetTurns()
        try await client.transaction(options) { tx in for _ in 0..<50 { tx.enqueue(Divide(divisor: 1)) } }
        #expect(proxy.turns == 1)
        proxy.resetTurns()
        try await client.transaction(options) { _ in }
        #expect(proxy.turns == 0)
      }
    }
  }

  /// Reliability case 128.
  @Test(arguments: [true, false]) func aLostCommitIsUnknownAndNotRepeated(reachesTheServer: Bool) async throws {
    try await withProxy { proxy in
      let note = "unknown \(reachesTheServer)"
      try await withClient(socketDirectory: proxy.directory) { client in
        try await client.withConnection { _ = try await $0.runScript(Ledger.create) }
        let attempts = Shared(0)
        let error = await postgresError {
          try await client.transaction { tx in
            attempts.withLock { $0 += 1 }
            try await tx.execute(Ledger.Insert(id: reachesTheServer ? 201 : 202, note: note))
            proxy.cut(after: "COMMIT", forwardsTheMark: reachesTheServer)
          }
        }
        #expect(error?.kind == .commitOutcomeUnknown)
        #expect(attempts.withLock { $0 } == 1 && proxy.cuts == 1)
        // Unknown for good reason: it may be either.
        var count: Int64?
        for _ in 0..<200 where count != (reachesTheServer ? 1 : 0) {
          count = try await client.transaction { try await $0.first(Ledger.CountOf(note: note)) }
        }
        #expect(count == (reachesTheServer ? 1 : 0))
        #expect(client.statistics.counters.unknownOutcomes == 1)
      }
    }
  }

  @Test func aConnectionLostBeforeCommitIsRetried() async throws {
    try await withProxy { proxy in
      try await withClient(socketDirectory: proxy.directory) { client in
        try await client.withConnection { _ = try await $0.runScript(Ledger.create) }
        proxy.cut(after: "insert into ledger", forwardsTheMark: true)
        try await client.transaction { tx in try await tx.execute(Ledger.Insert(id: 301, note: "retried")) }
        #expect(proxy.cuts == 1)
        #expect(try await client.transaction { try await $0.first(Ledger.CountOf(note: "retried")) } == 1)
      }
    }
  }

  /// Reliability case 132, in small.
  @Test func terminatedBackendsAreRetried() async throws {
    try await withClient { client in
      try await withClient { killer in
        try await client.withConnection { _ = try await $0.runScript(Ledger.create) }
        for id in Int64(401)...410 {
          let attempts = Shared(0)
          try await client.transaction { tx in
            let pid = try #require(try await tx.first(BackendProcess()))
            try await tx.execute(Ledger.Insert(id: id, note: "terminated"))
            let isFirst = attempts.withLock { count in
              count += 1
              return count == 1
            }
            if isFirst { _ = try await killer.transaction { try await $0.query(TerminateBackend(pid: pid)) } }
            _ = try await tx.query(Divide(divisor: 1))
          }
          #expect(attempts.withLock { $0 } == 2)
        }
        #expect(try await client.transaction { try await $0.first(Ledger.CountOf(note: "terminated")) } == 10)
      }
    }
  }

  @Test func aRestartedServerIsFoundAgain() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let logger = Logger(label: "postgres-tests")
    var server = try await EmbeddedPostgres.start(in: folder, durability: .disposable, logger: logger)
    try await withClient(socketDirectory: server.socketDirectory) { client in
      try await client.transaction { _ = try await $0.query(BackendProcess()) }
      await server.stop()
      async let during: Void = client.transaction { _ = try await $0.query(BackendProcess()) }
      while client.statistics.counters.connectFailures == 0 { try await Task.sleep(for: .milliseconds(1)) }
      server = try await EmbeddedPostgres.start(in: folder, durability: .disposable, logger: logger)
      try await during
      #expect(await client.health().isReachable)
    }
    await server.stop()
  }

  /// Reliability case 134: a frozen server, no reset, no answer.
  @Test func aBlackHoleIsBounded() async throws {
    try await withCluster { server, _ in
      try await withClient(socketDirectory: server.socketDirectory) {
        $0.statementTimeout = .milliseconds(200)
        $0.cancelGrace = .milliseconds(200)
        $0.acquireTimeout = .milliseconds(500)
        $0.connectTimeout = .milliseconds(500)
      } _: { client in
        let pid = try #require(server.processId)
        let backend = try #require(try await client.transaction { try await $0.first(BackendProcess()) })
        kill(pid, SIGSTOP)
        kill(backend, SIGSTOP)
        defer {
          kill(backend, SIGCONT)
          kill(pid, SIGCONT)
        }
        let started = ContinuousClock.now
        let kind = await errorKind { try await client.transaction(TransactionOptions(retries: 0)) { _ = try await $0.query(BackendProcess()) } }
        #expect(kind == .timeout)
        // A second caller finds no connection: bounded, too.
        #expect(await errorKind { try await client.transaction { _ = try await $0.query(BackendProcess()) } } != nil)
        #expect(started.duration(to: .now) < .seconds(30))
        #expect(client.statistics.leased == 0)
        kill(backend, SIGCONT)
        kill(pid, SIGCONT)
        var isReachable = false
        for _ in 0..<100 where !isReachable { isReachable = await client.health().isReachable }
        #expect(isReachable)
      }
    }
  }

  @Test func aStandbyOrReadOnlyServerIsReported() async throws {
    try await withClient { client in
      let error = await postgresError {
        _ = try await client.transaction(TransactionOptions(readOnly: true)) { try await $0.execute(Ledger.Insert(id: 501, note: "never")) }
      }
      // Undefined table when no other test has made it yet: both are refusals before any write.
      #expect(error?.kind == .readOnly || error?.sqlState == "42P01")
      #expect(client.statistics.counters.retries == 0)
    }
  }

  @Test func aMissingDatabaseFailsAtOnce() async throws {
    let folder = try await TestCluster.shared.server().socketDirectory
    var configuration = try PostgresConfiguration(url: "postgres://\(EmbeddedPostgres.superuserName)@/no_such_database?host=\(folder)")
    configuration.acquireTimeout = .seconds(60)
    let client = PostgresClient(configuration, logger: Logger(label: "postgres-tests") { _ in SwiftLogNoOpLogHandler() })
    let error = await postgresError { try await client.transaction { _ = try await $0.query(BackendProcess()) } }
    #expect(error?.kind == .connection && error?.sqlState == "3D000")
    await client.shutdown()
  }

  /// Reliability case 74: a server that refuses TLS gets no password and no statement.
  @Test func plaintextIsRefused() async throws {
    let listener = try #require(LoopbackListener { _ in [UInt8(ascii: "N")] })
    var configuration = try PostgresConfiguration(
      url: "postgres://u:secret@127.0.0.1:\(listener.port)/d?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt")
    configuration.acquireTimeout = .milliseconds(500)
    let client = PostgresClient(configuration, logger: Logger(label: "postgres-tests") { _ in SwiftLogNoOpLogHandler() })
    #expect(await errorKind { try await client.transaction { _ = try await $0.query(BackendProcess()) } } != nil)
    await client.shutdown()
    listener.close()
    // The SSL request of eight bytes, once for each attempt, and nothing else.
    #expect(!listener.received.isEmpty)
    #expect(listener.received.allSatisfy { $0 == [0, 0, 0, 8, 4, 210, 22, 47] })
  }
}
