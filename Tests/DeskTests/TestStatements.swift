import Kernel
import Postgres

/// When clocks were found breached, in the world.
struct ClockEvents: Statement {
  static let sql = "select occurred_at from operations.event where subject_kind = 'clock' and type = 'sla.breached' order by occurred_at"
  static func decode(_ row: inout RowReader) throws -> Value {
    let at: Instant = try row.next()
    return .instant(at)
  }
}

/// What waits for a consumer: the subjects.
struct OutboxSubjects: Statement {
  static let sql = "select distinct subject_kind from operations.outbox where consumer = 'scorecard' order by 1"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
