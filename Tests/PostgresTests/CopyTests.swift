import Glibc
import Kernel
import Testing

@testable import Postgres

@Suite struct CopyTests {
  /// Rows made while they are sent: nothing holds them all.
  private struct Rows: AsyncSequence {
    let count: Int64
    var failsAt: Int64?
    var padding = ""

    struct Iterator: AsyncIteratorProtocol {
      let rows: Rows
      var next: Int64 = 1
      var encoder = CopyEncoder()
      var isOver = false

      mutating func next() async throws -> [UInt8]? {
        guard !isOver else { return nil }
        while next <= rows.count {
          let id = next
          if rows.failsAt == id { throw SourceFailure() }
          try encoder.append {
            $0.append(id)
            $0.append(id % 7 == 0 ? nil : "行 \(id)\(rows.padding)")
          }
          next += 1
          if encoder.byteCount >= 65_536 { return encoder.take() }
        }
        isOver = true
        return encoder.finish()
      }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rows: self) }
  }

  private struct SourceFailure: Error {}

  private struct Made: Statement { static let sql = "create temporary table import (id int8 primary key check (id <> 600), note text) on commit drop" }

  private struct Sum: Statement {
    static let sql = "select count(*), sum(id)::int8, count(note), min(note) from import where id <> 3 or note like '行 3%'"
    static func decode(_ row: inout RowReader) throws -> [Int64] {
      let figures: [Int64] = [try row.next(), try row.next(), try row.next()]
      let least: String = try row.next()
      return least.hasPrefix("行 1") ? figures : []
    }
  }

  private struct Unchecked: Statement { static let sql = "create temporary table import (id int8, note text) on commit drop" }

  private var peakKilobytes: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
  }

  @Test func aMillionRowsInBoundedMemory() async throws {
    try await withClient { client in
      let before = peakKilobytes
      // No test of speed: a busy machine takes its time.
      try await client.transaction(TransactionOptions(statementTimeoutMilliseconds: 600_000)) { tx in
        try await tx.execute(Unchecked())
        let copied = try await tx.copyIn("import", columns: ["id", "note"], rows: Rows(count: 1_000_000, padding: String(repeating: ".", count: 240)))
        let figures = try await tx.first(Sum())
        #expect(copied == 1_000_000 && figures == [1_000_000, 500_000_500_000, 1_000_000 - 142_857])
      }
      // Some 250 MB pass through; other suites of the process take memory meanwhile.
      #expect(peakKilobytes - before < 98_304)
    }
  }

  @Test func aBadRowAndABadSourceRollBack() async throws {
    try await withClient({
      $0.maximumConnections = 1
      $0.reservedConnections = 0
    }) { client in
      let error = await postgresError {
        try await client.transaction { tx in
          try await tx.execute(Made())
          _ = try await tx.copyIn("import", columns: ["id", "note"], rows: Rows(count: 10_000))
        }
      }
      #expect(error?.kind == .checkViolation && error?.constraint == "import_id_check" && error?.debugText.contains("行") == false)
      await #expect(throws: SourceFailure.self) {
        try await client.transaction { tx in
          try await tx.execute(Made())
          _ = try await tx.copyIn("import", columns: ["id", "note"], rows: Rows(count: 500, failsAt: 400))
        }
      }
      let missing = await postgresError {
        try await client.transaction { tx in _ = try await tx.copyIn("no \"such\" table", columns: ["id"], rows: Rows(count: 1)) }
      }
      #expect(missing?.sqlState == "42P01")
      // The one connection is clean after each of them.
      let quotients = try await client.transaction { try await $0.query(Divide(divisor: 2)) }
      #expect(quotients == [5])
      #expect(client.statistics.counters.opened == 1)
    }
  }
}
