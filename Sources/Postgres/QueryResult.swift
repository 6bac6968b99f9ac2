import CLibPQ

/// What the server answered to one statement.
///
/// `@unchecked Sendable`: libpq never touches a result again once it has handed it out, nothing here changes it, and it is
/// freed when the last reference goes.
final class QueryResult: @unchecked Sendable {
  private let handle: OpaquePointer
  let rowCount: Int
  let columnCount: Int

  init(_ handle: OpaquePointer) {
    self.handle = handle
    rowCount = Int(PQntuples(handle))
    columnCount = Int(PQnfields(handle))
  }

  deinit { PQclear(handle) }

  var status: ExecStatusType { PQresultStatus(handle) }

  var isError: Bool { status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE }

  /// An invitation to a COPY, after which libpq waits for the caller.
  var wantsCopy: Bool { status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH }

  /// Skipped because an earlier statement of the same round trip failed.
  var isSkipped: Bool { status == PGRES_PIPELINE_ABORTED }

  var affectedRows: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

  /// `COMMIT`, `ROLLBACK`, `INSERT 0 1`.
  var commandTag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }

  func type(_ column: Int) -> PostgresType { PostgresType(rawValue: PQftype(handle, Int32(column))) }

  func name(_ column: Int) -> String { PQfname(handle, Int32(column)).map { String(cString: $0) } ?? "" }

  /// Nil is NULL. The bytes live as long as this object.
  func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
    let (row, column) = (Int32(row), Int32(column))
    guard PQgetisnull(handle, row, column) == 0 else { return nil }
    return UnsafeRawBufferPointer(start: PQgetvalue(handle, row, column), count: Int(PQgetlength(handle, row, column)))
  }

  /// The types of the parameters, in the answer to a describe.
  var parameterTypes: [PostgresType] { (0..<PQnparams(handle)).map { PostgresType(rawValue: PQparamtype(handle, $0)) } }

  /// A field of an error. The macros `PG_DIAG_...` are characters and do not import.
  func diagnostic(_ field: Character) -> String? { Self.diagnostic(of: handle, field) }

  static func diagnostic(of handle: OpaquePointer, _ field: Character) -> String? {
    PQresultErrorField(handle, Int32(field.asciiValue ?? 0)).map { String(cString: $0) }
  }

  func rows<S: Statement>(of statement: S.Type) throws -> [S.Output] {
    var outputs: [S.Output] = []
    outputs.reserveCapacity(rowCount)
    for row in 0..<rowCount { outputs.append(try decode(row, of: statement)) }
    return outputs
  }

  func firstRow<S: Statement>(of statement: S.Type) throws -> S.Output? { rowCount > 0 ? try decode(0, of: statement) : nil }

  private func decode<S: Statement>(_ row: Int, of statement: S.Type) throws -> S.Output {
    var reader = RowReader(self, row: row, statement: S.self)
    return try S.decode(&reader)
  }
}
