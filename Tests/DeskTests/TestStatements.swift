import Kernel
import Postgres
import Testing

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

/// Events as they lie in the database.
struct StoredPayloads: Statement {
  let type: String

  static let sql = "select payload from operations.event where type = $1 order by recorded_at, seq"
  func bind(to parameters: inout Parameters) { parameters.append(type) }
  static func decode(_ row: inout RowReader) throws -> Value { try row.next() }
}

struct UnitId: Statement {
  let publicId: [UInt8]

  static let sql = "select id from tenancy.org_unit where public_id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(publicId) }
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct StaffBits: Statement {
  let account: Int64

  static let sql = "select public_id from tenancy.account where id = $1"
  func bind(to parameters: inout Parameters) { parameters.append(account) }
  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// All clocks, held until the transaction ends.
struct HeldClocks: Statement {
  static let sql = "select id from service_levels.clock for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
