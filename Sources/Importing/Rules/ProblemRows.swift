import Desk
import Kernel
import Postgres
import Problems

/// A problem of the log on its way into the tables.
struct IncomingProblem: Sendable {
  /// Its place in ``IncidentLog/incidents``.
  let index: Int
  let id: Int64
  let publicId: [UInt8]
  /// 1 for the first new one; human numbers follow it.
  let position: Int64
  let process: ImportedProblem
}

/// Writes problems as rows for COPY. The columns stand in the order of ``IncomingProblems``.
struct ProblemRows: Sendable {
  let log: IncidentLog
  let profile: ImportProfile
  let customer: TenantId

  static let columns = [
    "position", "id", "public_id", "title", "description", "category", "impact", "urgency", "priority", "state", "opened_at", "resolved_at",
    "closed_at", "reopen_count", "external_key", "last_seq", "updated_at",
  ]

  func append(_ problem: IncomingProblem, to encoder: inout CopyEncoder) throws {
    let found = log.incidents[problem.index]
    let rows = log.rows[found.rows]
    try encoder.append { row in
      row.append(problem.position)
      row.append(problem.id)
      row.append(problem.publicId)
      row.append(log.title(problem.index, of: profile.columns.title))
      row.append(description(problem.index))
      row.append(log.text(problem.index, profile.columns.category))
      row.append(found.impact)
      row.append(found.urgency)
      row.append(found.priority)
      row.append(problem.process.state.rawValue)
      row.append(problem.process.openedAt ?? found.openedAt)
      row.append(problem.process.resolvedAt)
      row.append(problem.process.closedAt)
      row.append(problem.process.reopenCount)
      row.append(log.pool[found.number])
      row.append(Int64(rows.count))
      row.append(rows.map(\.at).max() ?? found.openedAt)
    }
  }

  /// What is kept of the last row, a line for each column.
  private func description(_ problem: Int) -> String {
    let lines = profile.columns.attributes.compactMap { column in log.text(problem, column).map { "\(column): \($0)" } }
    return String(lines.joined(separator: "\n").prefix(20_000))
  }

  /// Every row of the log is an event. Its words are the affair of the customer, also when the problem is widened to several later on.
  func appendEvents(_ problem: IncomingProblem, to encoder: inout CopyEncoder) throws {
    let range = log.incidents[problem.index].rows
    for (index, told) in zip(range, problem.process.story) {
      var bytes = Array("{\"line\":\(log.rows[index].line),\"state\":\"\(told.state.rawValue)\"".utf8)
      bytes += ",\"\(ProcessEventPayload.customerKey)\":\(customer.rawValue)".utf8
      log.appendChanges(of: index, to: &bytes)
      bytes.append(UInt8(ascii: "}"))
      try encoder.append { row in
        row.append(problem.id)
        row.append(Int64(index - range.lowerBound + 1))
        row.append(told.event)
        row.append(JSONBytes(bytes: bytes))
        row.append(log.rows[index].at)
      }
    }
  }
}
