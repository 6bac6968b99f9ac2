import Kernel
import Postgres
import TestSupport
import Testing

/// Impact, urgency and priority have one range, in the fields of operations and in the tables.
@Suite struct RatingRangeTests {
  @Test func theTablesTakeWhatTheFieldsTake() async throws {
    let database = try await TestDatabase.make()
    let checks = try await database.superuser.transaction { try await $0.query(RatingChecks()) }
    #expect(checks.count >= 20, "\(checks)")
    #expect(checks.filter { !$0.contains("<= \(Rating.numbers.upperBound))") } == [])
  }
}

private struct RatingChecks: Statement {
  static let sql = """
    select conrelid::regclass::text || '.' || conname || ': ' || pg_get_constraintdef(oid) from pg_constraint
    where contype = 'c' and pg_get_constraintdef(oid) ~ '[(](priority|priority_to|impact|urgency|urgent_to) <= ' order by 1
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
