import Kernel
import Postgres

/// A contract line, as contracts publish it.
struct CreditedLine: Statement {
  struct Found: Sendable {
    let line: Int64
    let contract: Int64
    let contractPublicId: [UInt8]
    let currency: String
    let zone: String
  }

  let tenant: TenantId
  let publicId: PublicId

  static let sql = """
    select l.line_id, l.contract_id, c.public_id, c.currency, c.zone
    from contracts.pub_line l join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    where l.tenant_id = $1 and l.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), contract: try row.next(), contractPublicId: try row.next(), currency: try row.next(), zone: try row.next())
  }
}

struct InsertLineSchedule: Statement {
  let tenant: TenantId
  let line: Int64
  let schedule: Int64
  let validFrom: Instant
  let isAttached: Bool
  let now: Instant

  static let sql = """
    insert into credits.line_schedule (tenant_id, contract_line_id, schedule_id, valid_from, attached, recorded_at) values ($1, $2, $3, $4, $5, $6)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(schedule)
    parameters.append(validFrom)
    parameters.append(isAttached)
    parameters.append(now)
  }
}

struct LineScheduleRow: Sendable {
  let id: Int64
  let schedule: [UInt8]
  let scheduleName: String
  let validFrom: Instant
  let isAttached: Bool

  static let select = """
    select l.id, s.public_id, s.name, l.valid_from, l.attached from credits.line_schedule l join credits.schedule s on s.id = l.schedule_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    schedule = try row.next()
    scheduleName = try row.next()
    validFrom = try row.next()
    isAttached = try row.next()
  }
}

/// Whether a line has a schedule at an instant; the newest, future ones included, for a change.
struct LineScheduleAt: Statement {
  let tenant: TenantId
  let line: Int64
  let schedule: Int64
  /// Nil: the newest.
  let at: Instant?

  static let sql = """
    \(LineScheduleRow.select)
    where l.tenant_id = $1 and l.contract_line_id = $2 and l.schedule_id = $3 and ($4::timestamptz is null or l.valid_from <= $4)
    order by l.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(schedule)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> LineScheduleRow { try LineScheduleRow(&row) }
}

/// Every attachment and detachment of a line, in the order in which they were recorded.
struct LineSchedules: Statement {
  let tenant: TenantId
  let line: Int64
  let afterId: Int64
  let limit: Int64

  static let sql = "\(LineScheduleRow.select) where l.tenant_id = $1 and l.contract_line_id = $2 and l.id > $3 order by l.id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> LineScheduleRow { try LineScheduleRow(&row) }
}
