import Postgres

/// How often a table was read from end to end, and how often each of its indexes was looked at.
package struct Scans: Sendable {
  package let sequential: Int64
  package let ofIndexes: [String: Int64]
}

extension TestDatabase {
  /// How a transaction reads a table: also what functions read that it calls, of which a plan says nothing.
  package func scans(of table: String, _ body: (Transaction) async throws -> Void) async throws -> Scans {
    try await superuser.transaction { transaction in
      let before = try await transaction.query(ScansSoFar(table: table))
      try await body(transaction)
      let since = zip(try await transaction.query(ScansSoFar(table: table)), before).map { ($0.name, $0.scans - $1.scans) }
      return Scans(sequential: since.first { $0.0.isEmpty }?.1 ?? -1, ofIndexes: Dictionary(since.filter { !$0.0.isEmpty }) { first, _ in first })
    }
  }
}

/// Of the table, whose name is left out, and of each of its indexes: what this session has counted and not reported yet.
private struct ScansSoFar: Statement {
  let table: String

  static let sql = """
    select '', pg_stat_get_xact_numscans(to_regclass($1))
    union all
    select c.relname::text, pg_stat_get_xact_numscans(c.oid)
    from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = to_regclass($1)
    order by 1
    """

  func bind(to parameters: inout Parameters) { parameters.append(table) }

  static func decode(_ row: inout RowReader) throws -> (name: String, scans: Int64) { (try row.next(), try row.next()) }
}
