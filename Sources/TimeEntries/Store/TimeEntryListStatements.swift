import Kernel
import Postgres

/// What a customer's list is narrowed to, and where it goes on: the newest first.
struct TimePage: Sendable {
  let tenant: TenantId
  let state: TimeEntryState?
  let staff: Int64?
  let from: CalendarDate?
  let before: CalendarDate?
  let beforeBegan: Instant
  let beforePublic: [UInt8]
  let limit: Int64

  /// $1 to $5 narrow, $6 and $7 are the place, $8 is the limit.
  static let condition = """
    e.tenant_id = $1 and ($2::text is null or e.state = $2) and ($3::bigint is null or e.staff_id = $3) and ($4::date is null or e.work_date >= $4)
      and ($5::date is null or e.work_date < $5) and (e.began_at, e.public_id) < ($6, $7)
    """
  static let end = "order by e.began_at desc, e.public_id desc limit $8"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(state?.rawValue)
    parameters.append(staff)
    parameters.append(from)
    parameters.append(before)
    parameters.append(beforeBegan)
    parameters.append(beforePublic)
    parameters.append(limit)
  }
}

struct TimeOfCustomer: Statement {
  let page: TimePage

  static let sql = "\(TimeEntryRow.select) from time_entries.any_entry e \(TimeEntryRow.joins) where \(TimePage.condition) \(TimePage.end)"

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> TimeEntryRow { try TimeEntryRow(&row) }
}

/// Of the time that was spent on one thing, what its reader sees: all, or, as everybody who works on it may know, what is recorded for good or
/// waits to be, and his own.
struct TimeReader: Sendable {
  let seesAll: Bool
  let own: Int64?

  /// $10 and $11
  static let condition = "($10 or e.state in ('submitted', 'approved') or e.staff_id = $11)"

  func bind(to parameters: inout Parameters) {
    parameters.append(seesAll)
    parameters.append(own)
  }
}

struct TimeOfTicket: Statement {
  let page: TimePage
  let ticket: Int64
  let reader: TimeReader

  static let sql = """
    \(TimeEntryRow.select) from time_entries.any_entry e \(TimeEntryRow.joins) where \(TimePage.condition) and e.ticket_id = $9
      and \(TimeReader.condition) \(TimePage.end)
    """

  func bind(to parameters: inout Parameters) {
    page.bind(to: &parameters)
    parameters.append(ticket)
    reader.bind(to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> TimeEntryRow { try TimeEntryRow(&row) }
}

struct TimeOfRequest: Statement {
  let page: TimePage
  let request: Int64
  let reader: TimeReader

  static let sql = """
    \(TimeEntryRow.select) from time_entries.any_entry e \(TimeEntryRow.joins) where \(TimePage.condition) and e.request_id = $9
      and \(TimeReader.condition) \(TimePage.end)
    """

  func bind(to parameters: inout Parameters) {
    page.bind(to: &parameters)
    parameters.append(request)
    reader.bind(to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> TimeEntryRow { try TimeEntryRow(&row) }
}

/// Of what is the provider's own, by the column that names it.
struct TimeOfThing<Column: ThingColumn>: Statement {
  let page: TimePage
  let thing: [UInt8]
  let reader: TimeReader
  /// Nil: of all lines.
  let line: Int64?

  static var sql: String {
    """
    \(TimeEntryRow.select) from time_entries.any_entry e \(TimeEntryRow.joins) where \(TimePage.condition) and e.\(Column.name) = $9
      and \(TimeReader.condition) and ($12::bigint is null or e.contract_line_id = $12) \(TimePage.end)
    """
  }

  func bind(to parameters: inout Parameters) {
    page.bind(to: &parameters)
    parameters.append(thing)
    reader.bind(to: &parameters)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> TimeEntryRow { try TimeEntryRow(&row) }
}

protocol ThingColumn: Sendable { static var name: String { get } }
enum ProblemColumn: ThingColumn { static let name = "problem_public_id" }
enum ChangeColumn: ThingColumn { static let name = "change_public_id" }
enum ReleaseColumn: ThingColumn { static let name = "release_public_id" }
enum MajorColumn: ThingColumn { static let name = "major_public_id" }

typealias TimeOfProblem = TimeOfThing<ProblemColumn>
typealias TimeOfChange = TimeOfThing<ChangeColumn>
typealias TimeOfRelease = TimeOfThing<ReleaseColumn>
typealias TimeOfMajor = TimeOfThing<MajorColumn>

struct TimeOfLine: Statement {
  let page: TimePage
  let line: Int64

  static let sql = """
    \(TimeEntryRow.select) from time_entries.any_entry e \(TimeEntryRow.joins) where \(TimePage.condition) and e.contract_line_id = $9 \(TimePage.end)
    """

  func bind(to parameters: inout Parameters) {
    page.bind(to: &parameters)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> TimeEntryRow { try TimeEntryRow(&row) }
}

/// Where entries stand across customers, as the finder tells.
struct TimePosition: Sendable {
  let tenant: TenantId
  let publicId: [UInt8]
  let beganAt: Instant

  init(_ row: inout RowReader) throws {
    tenant = try row.next()
    publicId = try row.next()
    beganAt = try row.next()
  }

  init(tenant: TenantId, publicId: [UInt8], beganAt: Instant) {
    (self.tenant, self.publicId, self.beganAt) = (tenant, publicId, beganAt)
  }
}

/// What waits for an approval, the oldest first.
struct SubmittedTime: Statement {
  /// Nil: every customer.
  let tenants: [Int64]?
  let after: TimePosition?
  let limit: Int64

  static let sql = "select tenant_id, public_id, began_at from finder.submitted_time($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(after?.beganAt)
    parameters.append(after?.tenant)
    parameters.append(after?.publicId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TimePosition { try TimePosition(&row) }
}

/// Somebody's entries, the newest first.
struct TimeOfStaff: Statement {
  let staff: Int64
  let tenants: [Int64]?
  let before: TimePosition?
  let limit: Int64

  static let sql = "select tenant_id, public_id, began_at from finder.time_of_staff($1, $2, $3, $4, $5, $6)"

  func bind(to parameters: inout Parameters) {
    parameters.append(staff)
    parameters.append(tenants)
    parameters.append(before?.beganAt)
    parameters.append(before?.tenant)
    parameters.append(before?.publicId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TimePosition { try TimePosition(&row) }
}

/// The entries at positions that the finder gave.
struct TimeAt: Statement {
  let positions: [TimePosition]

  static let sql = """
    \(TimeEntryRow.select) from unnest($1::bigint[], $2::bytea[]) as p (tenant_id, public_id)
    join time_entries.any_entry e on e.tenant_id = p.tenant_id and e.public_id = p.public_id
    \(TimeEntryRow.joins)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant.rawValue))
    parameters.append(positions.map(\.publicId))
  }

  static func decode(_ row: inout RowReader) throws -> TimeEntryRow { try TimeEntryRow(&row) }
}
