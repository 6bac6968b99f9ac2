import EmbeddedPostgres
import Kernel
import TestSupport
import Testing

@testable import Postgres

@Suite struct TransactionTests {
  @Test func commitsAndRollsBack() async throws {
    try await withClient { client in
      try await client.withConnection { _ = try await $0.runScript(Ledger.create) }
      let ran = Flag()
      try await client.transaction { tx in
        try await tx.execute(Ledger.Insert(id: 1, note: "commits"))
        tx.afterCommit { ran.set() }
      }
      #expect(ran.isSet)
      struct Refusal: Error {}
      await #expect(throws: Refusal.self) {
        try await client.transaction { tx in
          try await tx.execute(Ledger.Insert(id: 2, note: "commits"))
          throw Refusal()
        }
      }
      let unrun = Flag()
      try await client.transaction { tx in
        try await tx.execute(Ledger.Insert(id: 3, note: "commits"))
        tx.afterCommit { unrun.set() }
        tx.rollback()
      }
      #expect(!unrun.isSet)
      #expect(try await client.transaction { try await $0.first(Ledger.CountOf(note: "commits")) } == 1)
    }
  }

  @Test func severalInOneRoundTrip() async throws {
    try await withClient { client in
      let (pids, tens, settings) = try await client.transaction(TransactionOptions(settings: [.word("app.side", "staff")])) { tx in
        try await tx.query(BackendProcess(), Divide(divisor: 1), CurrentSetting(name: "app.side"))
      }
      #expect(pids.count == 1 && tens == [10] && settings == ["staff"])
    }
  }

  @Test func laterStatementsShareTheNextRoundTrip() async throws {
    try await withClient { client in
      try await client.transaction { tx in
        let tens = tx.later(Divide(divisor: 1))
        let pids = tx.later(BackendProcess())
        #expect(throws: PostgresError.self) { try tens.rows }
        #expect(try await tx.query(Divide(divisor: 2)) == [5])
        #expect(try tens.rows == [10])
        let pid = try await tx.first(BackendProcess())
        #expect(try pids.first == pid)
        let fives = tx.later(Divide(divisor: 2))
        try await tx.flush()
        #expect(try fives.first == 5)
      }
      let error = await postgresError {
        try await client.transaction { tx in
          let failing = tx.later(Divide(divisor: 0))
          _ = try await tx.query(Divide(divisor: 1))
          _ = try failing.rows
        }
      }
      #expect(error?.statement == "Divide" && error?.sqlState == "22012")
    }
  }

  @Test func theLastStatementOfAReaderTakesCommitAlong() async throws {
    try await withClient { client in
      let reads = TransactionOptions(settings: [.word("app.side", "staff")], readOnly: true)
      let found = try await client.transaction(reads) { tx in
        let tens = tx.later(Divide(divisor: 1))
        _ = try await tx.query(Divide(divisor: 2))
        let side = try await tx.last(CurrentSetting(name: "app.side"))
        // Nothing follows.
        await #expect(throws: PostgresError.self) { _ = try await tx.query(Divide(divisor: 1)) }
        return (try tens.rows, side)
      }
      #expect(found.0 == [10] && found.1 == ["staff"])
      // Settings have ended with it: the next user of the connection finds none.
      #expect(try await client.transaction { try await $0.first(CurrentSetting(name: "app.side")) } == "")
      let error = await postgresError { try await client.transaction(reads) { _ = try await $0.last(Divide(divisor: 0)) } }
      #expect(error?.statement == "Divide" && error?.sqlState == "22012")
      // A body that fails afterwards leaves a clean connection, too.
      struct Refusal: Error {}
      await #expect(throws: Refusal.self) {
        try await client.transaction(reads) { tx in
          _ = try await tx.last(Divide(divisor: 1))
          throw Refusal()
        }
      }
      #expect(try await client.transaction { try await $0.first(Divide(divisor: 1)) } == 10)
      // One that writes goes on.
      try await client.withConnection { _ = try await $0.runScript(Ledger.create) }
      try await client.transaction { tx in
        #expect(try await tx.last(Divide(divisor: 1)) == [10])
        try await tx.execute(Ledger.Insert(id: 21, note: "after the last"))
      }
      #expect(try await client.transaction { try await $0.first(Ledger.CountOf(note: "after the last")) } == 1)
    }
  }

  @Test func anotherValueOfASettingForATime() async throws {
    try await withClient { client in
      let side = CurrentSetting(name: "app.side")
      let options = TransactionOptions(settings: [.word("app.side", "staff")], readOnly: true)
      try await client.transaction(options) { tx in
        let inside = try await tx.with(.word("app.side", "customer")) { try await tx.first(side) }
        #expect(inside == "customer")
        #expect(try await tx.first(side) == "staff")
        // Nothing is sent inside: the old value still comes last.
        try await tx.with(.word("app.side", "customer")) {}
        #expect(try await tx.first(side) == "staff")
        struct Refusal: Error {}
        await #expect(throws: Refusal.self) { try await tx.with(.word("app.side", "customer")) { throw Refusal() } }
        #expect(try await tx.first(side) == "staff")
        // One that it did not begin with could not be put back.
        await #expect(throws: PostgresError.self) { try await tx.with(.integer("lock_timeout", 1)) {} }
      }
      // What a transaction has enqueued to write would be written under the other value.
      await #expect(throws: PostgresError.self) {
        try await client.transaction(TransactionOptions(settings: [.word("app.side", "staff")])) { try await $0.with(.word("app.side", "customer")) {} }
      }
    }
  }

  @Test func enqueuedStatementsGoWithCommitAndFailThere() async throws {
    try await withClient { client in
      try await client.withConnection { _ = try await $0.runScript(Ledger.create) }
      try await client.transaction { tx in
        tx.enqueue(Ledger.Insert(id: 11, note: "queued"))
        tx.enqueue(Ledger.Insert(id: 12, note: "queued"))
      }
      let error = await postgresError {
        try await client.transaction { tx in
          tx.enqueue(Ledger.Insert(id: 13, note: "queued"))
          tx.enqueue(Ledger.Insert(id: 11, note: "queued"))
        }
      }
      #expect(error?.kind == .uniqueViolation && error?.constraint == "ledger_pkey" && error?.table == "ledger" && error?.statement == "Insert")
      #expect(try await client.transaction { try await $0.first(Ledger.CountOf(note: "queued")) } == 2)
    }
  }

  /// A body that swallows a failed statement must not be told that it committed: COMMIT would answer ROLLBACK, without an error.
  @Test func aSwallowedErrorIsNotACommit() async throws {
    try await withClient { client in
      let error = await postgresError { try await client.transaction { tx in _ = try? await tx.query(Divide(divisor: 0)) } }
      #expect(error?.sqlState == "22012")
    }
  }

  @Test func overlappingUseIsRefused() async throws {
    try await withClient { client in
      let kinds = try await client.transaction { tx in
        await withTaskGroup(of: PostgresError.Kind?.self) { group in
          for _ in 0..<2 { group.addTask { await errorKind { _ = try await tx.query(Sleep(milliseconds: 100)) } } }
          return await group.reduce(into: []) { $0.append($1) }
        }
      }
      #expect(Set(kinds) == [nil, .other])
    }
  }

  @Test func deadlocksAreRetried() async throws {
    try await withClient { client in
      try await client.withConnection {
        _ = try await $0.runScript("\(Ledger.create); insert into ledger values (101, 'a'), (102, 'b') on conflict do nothing")
      }
      let gate = Gate(2)
      @Sendable func touch(_ first: Int64, _ second: Int64) async throws {
        try await client.transaction { tx in
          try await tx.execute(Lock(id: first))
          await gate.pass()
          try await tx.execute(Lock(id: second))
        }
      }
      async let one: Void = touch(101, 102)
      async let other: Void = touch(102, 101)
      _ = try await (one, other)
      #expect(client.statistics.counters.retries >= 1)
    }
  }

  @Test func aChangedTableIsPreparedAnew() async throws {
    try await withClient({ $0.maximumConnections = 2 }) { client in
      try await client.withConnection { _ = try await $0.runScript("create table shifting (a int8); insert into shifting values (1)") }
      #expect(try await client.transaction { try await $0.first(AllOfShifting()) } == 1)
      try await client.withConnection { _ = try await $0.runScript("alter table shifting add column b text") }
      #expect(try await client.transaction { try await $0.first(AllOfShifting()) } == 1)
    }
  }

  @Test func aTransactionThatIsOverIsNotUsed() async throws {
    try await withClient { client in
      let escaped = try await client.transaction { tx in
        _ = try await tx.query(BackendProcess())
        return tx
      }
      #expect(await errorKind { _ = try await escaped.query(BackendProcess()) } == .other)
    }
  }

  @Test func describesWithoutRunning() async throws {
    try await withClient { client in
      try await client.withConnection { connection in
        let description = try await connection.describe("select $1::int8 + 1 as sum, $2::text[] as texts")
        #expect(description.parameters == [.int8, PostgresType(rawValue: 1009)])
        #expect(description.columns == [.init(name: "sum", type: .int8), .init(name: "texts", type: PostgresType(rawValue: 1009))])
        #expect(await postgresError { _ = try await connection.describe("select nothing from nowhere") }?.sqlState == "42P01")
        // The connection goes on.
        #expect(try await connection.query(Divide(divisor: 2)) == [5])
        #expect(await postgresError { try await connection.runScript("select 1; select 1/0") }?.sqlState == "22012")
        #expect(await postgresError { try await connection.runScript("copy (select 1) to stdout") } != nil)
      }
      #expect(await client.health().isReachable)
    }
  }
}

private struct Lock: Statement {
  let id: Int64
  static let sql = "update ledger set note = note where id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(id) }
}

private struct AllOfShifting: Statement {
  static let sql = "select * from shifting"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
