import Kernel
import Postgres

/// Something of which people are to be told by a day.
struct DueReminder: Hashable, Sendable {
  let id: Int64
  /// From when on.
  let tellOn: CalendarDate
  /// The last day on which it is valid, or by which it is to be done.
  let lastDay: CalendarDate
  let version: Int64

  init(_ row: inout RowReader) throws {
    id = try row.next()
    tellOn = try row.next()
    lastDay = try row.next()
    version = try row.next()
  }
}

/// Certifications of suppliers that we work with, the longest waiting first.
struct CertificationsToTell: Statement {
  let on: CalendarDate
  let after: DueReminder?
  let limit: Int64

  static let sql = """
    select c.id, c.tell_on, c.expires_on, c.version from suppliers.certification c join suppliers.supplier s on s.id = c.supplier_id
    where c.tell_on <= $1 and c.ended_at is null and s.state = 'active' and (c.tell_on, c.id) > ($2, $3) order by c.tell_on, c.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(on)
    parameters.append(after?.tellOn ?? CalendarDate(daysSinceEpoch: -1_000_000))
    parameters.append(after?.id ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueReminder { try DueReminder(&row) }
}

/// Open actions, the longest waiting first.
struct ActionsToTell: Statement {
  let tenant: TenantId
  let on: CalendarDate
  let after: DueReminder?
  let limit: Int64

  static let sql = """
    select c.id, c.tell_on, c.due_on, c.version from suppliers.appraisal_action c
    where c.tenant_id = $1 and c.tell_on <= $2 and c.state = 'open' and (c.tell_on, c.id) > ($3, $4) order by c.tell_on, c.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(on)
    parameters.append(after?.tellOn ?? CalendarDate(daysSinceEpoch: -1_000_000))
    parameters.append(after?.id ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> DueReminder { try DueReminder(&row) }
}

/// Takes the telling of a certification upon itself; no row when it was told, or ended, meanwhile.
struct TakeCertificationReminder: Statement {
  let due: DueReminder
  let next: CalendarDate?

  static let sql = "update suppliers.certification set tell_on = $3 where id = $1 and tell_on = $2 and ended_at is null returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(due.id)
    parameters.append(due.tellOn)
    parameters.append(next)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The same of an action; no row when it was changed meanwhile.
struct TakeActionReminder: Statement {
  let tenant: TenantId
  let due: DueReminder
  let next: CalendarDate?

  static let sql = """
    update suppliers.appraisal_action set tell_on = $4 where tenant_id = $1 and id = $2 and tell_on = $3 and version = $5 and state = 'open' returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(due.id)
    parameters.append(due.tellOn)
    parameters.append(next)
    parameters.append(due.version)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
