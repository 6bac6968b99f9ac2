import Kernel
import Postgres
import Testing

/// How many sessions of this database wait for a lock.
private struct WaitingSessions: Statement {
  static let sql = """
    select count(distinct w.pid) from pg_locks w where not w.granted and exists (
      select from pg_locks h where h.pid = w.pid and h.database = (select oid from pg_database where datname = current_database()))
    """
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

extension Transaction {
  /// Until so many sessions wait for a lock; generous, for a loaded machine.
  package func waitForLocks(_ count: Int64) async throws {
    for _ in 0..<1000 {
      if try await first(WaitingSessions()) ?? 0 >= count { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("nobody waits for a lock")
  }
}
