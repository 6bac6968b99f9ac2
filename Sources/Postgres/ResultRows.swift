/// The rows that a statement returned, as they came over the wire: to be read one by one, on whatever task has time for it, and
/// without a value of its own for each. ``Transaction/query(_:file:line:)`` is right for everything that is not read by the million.
package struct ResultRows: Sendable {
  private let result: QueryResult
  private let statement: any Statement.Type

  init(_ result: QueryResult, of statement: any Statement.Type) {
    self.result = result
    self.statement = statement
  }

  package var count: Int { result.rowCount }

  package func forEach(_ body: (inout RowReader) throws -> Void) throws {
    for row in 0..<result.rowCount {
      var reader = RowReader(result, row: row, statement: statement)
      try body(&reader)
    }
  }
}
