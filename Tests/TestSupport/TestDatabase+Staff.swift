import Postgres

extension TestDatabase {
  /// What the superuser finds on the side of the staff, which functions of the finder ask for what is theirs.
  package func asStaff<S: Statement>(_ statement: S) async throws -> [S.Output] {
    try await superuser.transaction { transaction in
      try await transaction.execute(StaffSide())
      return try await transaction.query(statement)
    }
  }

  /// As ``asStaff(_:)``, and how many rows of a table it read by what an index said.
  package func asStaff<S: Statement>(_ statement: S, fetchingFrom table: String) async throws -> (found: [S.Output], fetched: Int64) {
    try await superuser.transaction { transaction in
      try await transaction.execute(StaffSide())
      let before = try await transaction.first(RowsFetched(table: table)) ?? 0
      let found = try await transaction.query(statement)
      return (found, (try await transaction.first(RowsFetched(table: table)) ?? 0) - before)
    }
  }
}

private struct StaffSide: Statement {
  static let sql = "set local app.side = 'staff'"
}

/// What this session has counted and not reported yet.
private struct RowsFetched: Statement {
  let table: String

  static let sql = "select pg_stat_get_xact_tuples_fetched(to_regclass($1))"

  func bind(to parameters: inout Parameters) { parameters.append(table) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
