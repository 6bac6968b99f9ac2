import Kernel
import Postgres
import Tenancy

/// A running timer.
struct TimerRow: Sendable {
  let publicId: [UInt8]
  let customerHandle: TenantHandle
  let customer: [UInt8]
  let ticket: [UInt8]?
  let line: [UInt8]?
  let request: [UInt8]?
  let things: [ProvidersThing: [UInt8]]
  /// Whose these are.
  let providerHandle: TenantHandle
  let workTypeId: Int64
  let workType: String
  let note: String
  let startedAt: Instant
  let dueAt: Instant
  let forgottenAt: Instant?
}

struct TimerOfStaff: Statement {
  let provider: TenantId
  let staff: Int64

  static let sql = """
    select t.public_id, n.handle, n.public_id, t.ticket_public_id, t.line_public_id, t.request_public_id, t.problem_public_id, t.change_public_id,
      t.release_public_id, t.major_public_id, o.handle, w.id, w.code, t.note, t.started_at, t.due_at, t.forgotten_at
    from time_entries.timer t
    join time_entries.code w on w.id = t.work_type_id
    join tenancy.tenant n on n.id = t.customer_id
    join tenancy.tenant o on o.id = t.tenant_id
    where t.tenant_id = $1 and t.staff_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(staff)
  }

  static func decode(_ row: inout RowReader) throws -> TimerRow {
    TimerRow(
      publicId: try row.next(), customerHandle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), customer: try row.next(),
      ticket: try row.next(), line: try row.next(), request: try row.next(), things: try ProvidersThing.read(&row),
      providerHandle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)),
      workTypeId: try row.next(), workType: try row.next(), note: try row.next(), startedAt: try row.next(), dueAt: try row.next(),
      forgottenAt: try row.next())
  }
}

struct InsertTimer: Statement {
  let provider: TenantId
  let staff: Int64
  let publicId: PublicId
  let customer: TenantId
  let work: NamedWork
  let workType: Int64
  let note: String
  let startedAt: Instant
  let dueAt: Instant
  let now: Instant

  static let sql = """
    insert into time_entries.timer
      (tenant_id, staff_id, public_id, customer_id, ticket_public_id, line_public_id, work_type_id, note, started_at, due_at, recorded_at,
       request_public_id, problem_public_id, change_public_id, release_public_id, major_public_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(staff)
    parameters.append(publicId.random)
    parameters.append(customer)
    parameters.append(work.ticket?.random)
    parameters.append(work.line?.random)
    parameters.append(workType)
    parameters.append(note)
    parameters.append(startedAt)
    parameters.append(dueAt)
    parameters.append(now)
    parameters.append(work.request?.random)
    parameters.append(work.things.mapValues(\.random))
  }
}

/// No row when it is gone already.
struct DeleteTimer: Statement {
  let provider: TenantId
  let staff: Int64
  let publicId: [UInt8]

  static let sql = "delete from time_entries.timer where tenant_id = $1 and staff_id = $2 and public_id = $3 returning staff_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(staff)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Timers that passed their limit unnoticed.
struct DueTimers: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let staff: Int64
    let dueAt: Instant
  }

  let now: Instant
  let after: Found?
  let limit: Int32

  static let sql = "select tenant_id, staff_id, due_at from finder.due_timers($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(after?.dueAt ?? Instant(seconds: 0))
    parameters.append(after?.tenant.rawValue ?? 0)
    parameters.append(after?.staff ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), staff: try row.next(), dueAt: try row.next()) }
}

/// Marks a timer at the instant at which its limit passed, once.
struct MarkForgotten: Statement {
  let provider: TenantId
  let staff: Int64
  let now: Instant

  static let sql = """
    update time_entries.timer set forgotten_at = due_at where tenant_id = $1 and staff_id = $2 and forgotten_at is null and due_at <= $3
    returning due_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(staff)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Instant { try row.next() }
}
