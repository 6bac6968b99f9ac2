import Kernel
import Postgres

/// How many entries up to a day are not approved yet.
struct OpenTimeBefore: Statement {
  let tenant: TenantId
  let before: CalendarDate

  static let sql = "select count(*) from time_entries.draft where tenant_id = $1 and work_date < $2 and corrects is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct CloseBook: Statement {
  let tenant: TenantId
  let before: CalendarDate

  static let sql = "update time_entries.book set closed_before = $2 where tenant_id = $1 and closed_before < $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before)
  }
}

struct InsertClosing: Statement {
  let tenant: TenantId
  let month: CalendarMonth
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into time_entries.closing (tenant_id, month, actor_kind, actor_id, actor_name, recorded_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(month.firstDay)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }
}

/// The months that somebody closed, the latest first.
struct ClosedMonths: Statement {
  struct Found: Sendable {
    let month: CalendarDate
    let actorName: String
    let recordedAt: Instant
  }

  let tenant: TenantId
  let before: CalendarDate
  let limit: Int64

  static let sql = "select month, actor_name, recorded_at from time_entries.closing where tenant_id = $1 and month < $2 order by month desc limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(month: try row.next(), actorName: try row.next(), recordedAt: try row.next())
  }
}
