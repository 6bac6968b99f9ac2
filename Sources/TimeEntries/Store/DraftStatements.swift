import Kernel
import Postgres

/// What is recorded of time.
struct TimeDraft: Sendable {
  var staff: StaffRow
  var workType: Int64
  var ticket: Int64?
  var line: Int64?
  var worked: WorkedTime
  /// What follows from `billableSaid`, the line's rule and the kind of work; see `settle`.
  var billable = false
  /// Nil: nobody said so.
  var billableSaid: Bool?
  /// Whether no coverage is known by which it could be cut.
  var hasNoCoverage = false
  var rateClass: Int64?
  var note: String
  var invoiceText: String?
  var isParallel: Bool
  var source: String
  var lateMinutes: Int64
  var corrects: Int64?
  var withdraws = false
  var correctionReason: String?
  var purpose = TimePurpose()
}

struct InsertDraft: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let state: TimeEntryState
  let draft: TimeDraft
  let actor: Actor
  let person: Int64?
  let actorName: String
  let now: Instant

  static let sql = """
    insert into time_entries.draft
      (tenant_id, public_id, state, staff_id, staff_public_id, staff_person_id, staff_name, work_type_id, ticket_id, contract_line_id, work_date, began_at,
       ended_at, minutes, billable, billable_said, no_coverage, rate_class_id, note, invoice_text, is_parallel, source, late_minutes, author_kind, author_id,
       author_person_id, author_name, corrects, withdraws, correction_reason, recorded_at, request_id, problem_public_id, change_public_id,
       release_public_id, major_public_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31,
      $32, $33, $34, $35, $36)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(state.rawValue)
    parameters.append(draft.staff.id)
    parameters.append(draft.staff.publicId)
    parameters.append(draft.staff.person)
    parameters.append(draft.staff.name)
    parameters.append(draft.workType)
    parameters.append(draft.ticket)
    parameters.append(draft.line)
    parameters.append(draft.worked.date)
    parameters.append(draft.worked.beganAt)
    parameters.append(draft.worked.endedAt)
    parameters.append(draft.worked.minutes)
    parameters.append(draft.billable)
    parameters.append(draft.billableSaid)
    parameters.append(draft.hasNoCoverage)
    parameters.append(draft.rateClass)
    parameters.append(draft.note)
    parameters.append(draft.invoiceText)
    parameters.append(draft.isParallel)
    parameters.append(draft.source)
    parameters.append(draft.lateMinutes)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(person)
    parameters.append(actorName)
    parameters.append(draft.corrects)
    parameters.append(draft.withdraws)
    parameters.append(draft.correctionReason)
    parameters.append(now)
    parameters.append(draft.purpose.request?.id)
    parameters.append(draft.purpose.things)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Writes what may change of a draft anew; no row when another change came first.
struct UpdateDraft: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let draft: TimeDraft

  static let sql = """
    update time_entries.draft set work_type_id = $4, work_date = $5, began_at = $6, ended_at = $7, minutes = $8, billable = $9, billable_said = $10,
      no_coverage = $11, rate_class_id = $12, note = $13, invoice_text = $14, is_parallel = $15, late_minutes = $16, contract_line_id = $17,
      version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 and state <> 'submitted' returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(draft.workType)
    parameters.append(draft.worked.date)
    parameters.append(draft.worked.beganAt)
    parameters.append(draft.worked.endedAt)
    parameters.append(draft.worked.minutes)
    parameters.append(draft.billable)
    parameters.append(draft.billableSaid)
    parameters.append(draft.hasNoCoverage)
    parameters.append(draft.rateClass)
    parameters.append(draft.note)
    parameters.append(draft.invoiceText)
    parameters.append(draft.isParallel)
    parameters.append(draft.lateMinutes)
    parameters.append(draft.line)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Submits a draft or sends it back; no row when another change came first.
struct MoveDraft: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let state: TimeEntryState
  let reason: String?

  static let sql = """
    update time_entries.draft set state = $4, return_reason = $5, version = version + 1 where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
    parameters.append(reason)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when another change came first, or it is submitted.
struct DeleteDraft: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let state: TimeEntryState

  static let sql = "delete from time_entries.draft where tenant_id = $1 and id = $2 and version = $3 and state = $4 returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Remembers what a reviewer took away of somebody else's.
struct InsertDropped: Statement {
  let tenant: TenantId
  let row: TimeEntryRow
  let reason: String
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into time_entries.dropped
      (tenant_id, public_id, staff_id, staff_name, work_date, minutes, note, reason, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(row.publicId)
    parameters.append(row.staff.id)
    parameters.append(row.staff.name)
    parameters.append(row.worked.date)
    parameters.append(row.worked.minutes)
    parameters.append(row.note)
    parameters.append(reason)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }
}

/// Keeps somebody's time: `busy_overlap_exclude` refuses what overlaps.
struct InsertBusy: Statement {
  let provider: TenantId
  let customer: TenantId
  let publicId: [UInt8]
  let staff: Int64
  let from: Instant
  let to: Instant

  static let sql = """
    insert into time_entries.busy (tenant_id, customer_id, entry_public_id, staff_id, during) values ($1, $2, $3, $4, tstzrange($5, $6, '[)'))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customer)
    parameters.append(publicId)
    parameters.append(staff)
    parameters.append(from)
    parameters.append(to)
  }
}

struct DeleteBusy: Statement {
  let provider: TenantId
  let customer: TenantId
  let publicId: [UInt8]

  static let sql = "delete from time_entries.busy where tenant_id = $1 and customer_id = $2 and entry_public_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customer)
    parameters.append(publicId)
  }
}

/// Held until the transaction ends: somebody's time is written by one at a time, so that two do not fill a day beyond its end together.
struct HoldTimeOfStaff: Statement {
  let staff: Int64

  static let sql = "select true from pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('time_entries.staff.' || $1::bigint::text, 0))"

  func bind(to parameters: inout Parameters) { parameters.append(staff) }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// How many minutes somebody has on a day, for all customers.
struct MinutesOfDay: Statement {
  let staff: Int64
  let date: CalendarDate
  let from: Instant
  let to: Instant

  static let sql = "select total from finder.minutes_of_day($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(staff)
    parameters.append(date)
    parameters.append(from)
    parameters.append(to)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertBook: Statement {
  let tenant: TenantId

  static let sql = "insert into time_entries.book (tenant_id, closed_before) values ($1, '1970-01-01') on conflict do nothing"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}

/// The first day that is open. Held until the transaction ends: no month is closed meanwhile.
struct HoldBook: Statement {
  let tenant: TenantId

  static let sql = "select closed_before from time_entries.book where tenant_id = $1 for share"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> CalendarDate { try row.next() }
}

/// The same, alone: nobody records time meanwhile.
struct HoldBookForClosing: Statement {
  let tenant: TenantId

  static let sql = "select closed_before from time_entries.book where tenant_id = $1 for update"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> CalendarDate { try row.next() }
}
