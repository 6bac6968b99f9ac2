import Kernel
import Postgres

struct InsertCreditSchedule: Statement {
  let publicId: PublicId
  let name: String
  let source: String?
  let note: String?
  let now: Instant

  static let sql = "insert into credits.schedule (public_id, name, recorded_at, source, note) values ($1, $2, $3, $4, $5) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(name)
    parameters.append(now)
    parameters.append(source)
    parameters.append(note)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertCreditScheduleVersion: Statement {
  let schedule: Int64
  let validFrom: Instant
  let terms: Value
  let now: Instant

  static let sql = "insert into credits.schedule_version (schedule_id, valid_from, terms, recorded_at) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(schedule)
    parameters.append(validFrom)
    parameters.append(json: terms)
    parameters.append(now)
  }
}

/// A schedule in one of its versions.
struct ScheduleRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let version: Int64
  let versionId: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let terms: Value
  let source: String?
  let note: String?

  /// `s` is the schedule, `v` its version.
  static let columns = "s.id, s.public_id, s.name, s.version, v.id, v.valid_from, v.recorded_at, v.terms, s.source, s.note"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    version = try row.next()
    versionId = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    terms = try row.next()
    source = try row.next()
    note = try row.next()
  }
}

/// The version in force at an instant; the newest, future ones included, for a change.
struct CreditScheduleAt: Statement {
  let publicId: PublicId
  /// Nil: the newest version.
  let at: Instant?

  static let sql = """
    select \(ScheduleRow.columns) from credits.schedule s join credits.schedule_version v on v.schedule_id = s.id
    where s.public_id = $1 and ($2::timestamptz is null or v.valid_from <= $2) order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> ScheduleRow { try ScheduleRow(&row) }
}

/// A schedule in every version, the first one first.
struct CreditScheduleVersions: Statement {
  let publicId: PublicId

  static let sql = """
    select \(ScheduleRow.columns) from credits.schedule s join credits.schedule_version v on v.schedule_id = s.id
    where s.public_id = $1 order by v.valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> ScheduleRow { try ScheduleRow(&row) }
}

/// Schedules by name, each in the version in force at an instant.
struct CreditSchedulesAt: Statement {
  let at: Instant
  let after: String
  let limit: Int64

  static let sql = """
    select \(ScheduleRow.columns) from credits.schedule s join credits.schedule_version v on v.schedule_id = s.id
      and v.valid_from = (select max(n.valid_from) from credits.schedule_version n where n.schedule_id = s.id and n.valid_from <= $1)
    where s.name > $2 order by s.name limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(at)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ScheduleRow { try ScheduleRow(&row) }
}

/// Counts a change; no row when another change came first.
struct AdvanceCreditSchedule: Statement {
  let id: Int64
  let version: Int64
  let name: String
  let source: String?
  let note: String?

  static let sql = """
    update credits.schedule set name = $3, source = $4, note = $5, version = version + 1 where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
    parameters.append(source)
    parameters.append(note)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertApprovalLimit: Statement {
  let currency: Currency
  let validFrom: Instant
  let minorUnits: Int64?
  let now: Instant

  static let sql = """
    insert into credits.approval_limit (currency, valid_from, limit_minor, recorded_at) values ($1, $2, $3, $4) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(currency.code)
    parameters.append(validFrom)
    parameters.append(minorUnits)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ApprovalLimitRow: Sendable {
  let id: Int64
  let currency: String
  let validFrom: Instant
  let minorUnits: Int64?

  static let columns = "id, currency, valid_from, limit_minor"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    currency = try row.next()
    validFrom = try row.next()
    minorUnits = try row.next()
  }
}

struct ApprovalLimitAt: Statement {
  let currency: String
  let at: Instant

  static let sql = """
    select \(ApprovalLimitRow.columns) from credits.approval_limit where currency = $1 and valid_from <= $2 order by valid_from desc, id desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(currency)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> ApprovalLimitRow { try ApprovalLimitRow(&row) }
}

/// Every limit there was, by currency, the newest of each first.
struct ApprovalLimits: Statement {
  let afterCurrency: String
  let beforeValidFrom: Instant
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    select \(ApprovalLimitRow.columns) from credits.approval_limit
    where currency > $1 or (currency = $1 and (valid_from, id) < ($2, $3)) order by currency, valid_from desc, id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(afterCurrency)
    parameters.append(beforeValidFrom)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ApprovalLimitRow { try ApprovalLimitRow(&row) }
}
