import Kernel
import Postgres

/// The lines of all customers that promise an SLA, now or from a later version on: what people call them, in their order.
struct LinesOfSla: Statement {
  let sla: Int64
  let at: Instant
  let limit: Int64

  static let sql = "select customer || ' / ' || contract || ' / ' || line from finder.lines_of_sla($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(sla)
    parameters.append(at)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
