import Kernel
import Operations
import Postgres

/// How time on a contract line is counted.
struct TimeRuleRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let line: [UInt8]
  let validFrom: Instant
  let calendar: Int64?
  let calendarPublicId: [UInt8]?
  let rounding: TimeRounding
  let billable: Bool?
  let customerSees: Bool
  let recordedAt: Instant

  static let select = """
    select r.id, r.public_id, l.public_id, r.valid_from, r.calendar_id, c.public_id, r.step_minutes, r.minimum_minutes, r.billable, r.customer_sees,
      r.recorded_at
    from time_entries.rule r
    join contracts.pub_line l on l.tenant_id = r.tenant_id and l.line_id = r.contract_line_id
    left join contracts.pub_calendar c on c.calendar_id = r.calendar_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    line = try row.next()
    validFrom = try row.next()
    calendar = try row.next()
    calendarPublicId = try row.next()
    rounding = TimeRounding(step: try row.next(), minimum: try row.next())
    billable = try row.next()
    customerSees = try row.next()
    recordedAt = try row.next()
  }
}

struct TimeRuleByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(TimeRuleRow.select) where r.tenant_id = $1 and r.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> TimeRuleRow { try TimeRuleRow(&row) }
}

/// The rule of a line that holds at an instant.
struct TimeRuleAt: Statement {
  let tenant: TenantId
  let line: Int64
  let at: Instant

  static let sql = """
    \(TimeRuleRow.select) where r.tenant_id = $1 and r.contract_line_id = $2 and r.valid_from <= $3 order by r.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> TimeRuleRow { try TimeRuleRow(&row) }
}

/// Whether a kind of work is billed where nothing else is said.
struct WorkIsBillable: Statement {
  let workType: Int64

  static let sql = "select coalesce(billable, false) from time_entries.code where id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(workType) }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// The rules of a line, the one that begins last first.
struct TimeRulesOfLine: Statement {
  let tenant: TenantId
  let line: Int64
  let before: Instant
  let limit: Int64

  static let sql = "\(TimeRuleRow.select) where r.tenant_id = $1 and r.contract_line_id = $2 and r.valid_from < $3 order by r.valid_from desc limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TimeRuleRow { try TimeRuleRow(&row) }
}

struct InsertTimeRule: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let line: Int64
  let validFrom: Instant
  let calendar: Int64?
  let rounding: TimeRounding
  let billable: Bool?
  let customerSees: Bool
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into time_entries.rule
      (tenant_id, public_id, contract_line_id, valid_from, calendar_id, step_minutes, minimum_minutes, billable, customer_sees, actor_kind, actor_id,
       actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(line)
    parameters.append(validFrom)
    parameters.append(calendar)
    parameters.append(rounding.step)
    parameters.append(rounding.minimum)
    parameters.append(billable)
    parameters.append(customerSees)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A calendar that is for all or for this customer.
struct CalendarForTime: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select calendar_id from contracts.pub_calendar where public_id = $2 and (only_tenant_id is null or only_tenant_id = $1)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
