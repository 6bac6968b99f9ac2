import Kernel
import Synchronization
import Testing

@testable import Postgres

@Suite struct CopyTests {
  /// Rows made while they are sent: nothing holds them all.
  private struct Rows: AsyncSequence {
    let count: Int64
    var failsAt: Int64?
    var padding = ""
    var bytes: ByteCount?

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
          guard encoder.byteCount >= 65_536 else { continue }
          rows.bytes?.count.wrappingAdd(Int64(encoder.byteCount), ordering: .relaxed)
          return encoder.take()
        }
        isOver = true
        return encoder.finish()
      }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rows: self) }
  }

  /// How much a source has made.
  private final class ByteCount: Sendable {
    let count = Atomic<Int64>(0)
    let isOver = Atomic<Bool>(false)
    /// Which backend takes them; 0: none yet.
    let backend = Atomic<Int32>(0)
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

  /// What the server has taken of the copy of one backend: other tests copy into the same database.
  private struct BytesTaken: Statement {
    let backend: Int32

    static let sql = "select bytes_processed from pg_stat_progress_copy where pid = $1"

    func bind(to parameters: inout Parameters) { parameters.append(backend) }

    static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
  }

  /// What is not taken yet is not made either: some 250 MB pass through, and no more than some MB are ever on the way.
  @Test func aMillionRowsWaitForTheServer() async throws {
    try await withClient { client in
      let made = ByteCount()
      let rows = Rows(count: 1_000_000, padding: String(repeating: ".", count: 240), bytes: made)
      // How far the source was ahead, by looks from beside: what was made before each look against what had been taken after it.
      let watch = Task {
        var (most, looks) = (Int64(0), 0)
        while !made.isOver.load(ordering: .relaxed) {
          let before = made.count.load(ordering: .relaxed)
          let looked = BytesTaken(backend: made.backend.load(ordering: .relaxed))
          if let taken = try await client.withConnection({ try await $0.query(looked) }).first {
            most = max(most, before - taken)
            looks += 1
          }
          try? await Task.sleep(for: .milliseconds(10))
        }
        return (most: most, looks: looks)
      }
      defer { made.isOver.store(true, ordering: .relaxed) }
      // No test of speed: a busy machine takes its time.
      try await client.transaction(TransactionOptions(statementTimeoutMilliseconds: 600_000)) { tx in
        made.backend.store(try await tx.first(BackendProcess()) ?? 0, ordering: .relaxed)
        try await tx.execute(Unchecked())
        let copied = try await tx.copyIn("import", columns: ["id", "note"], rows: rows)
        let figures = try await tx.first(Sum())
        #expect(copied == 1_000_000 && figures == [1_000_000, 500_000_500_000, 1_000_000 - 142_857])
      }
      made.isOver.store(true, ordering: .relaxed)
      let ahead = try await watch.value
      #expect(made.count.load(ordering: .relaxed) > 200_000_000 && ahead.looks > 10 && ahead.most < 16_000_000, "\(ahead)")
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
