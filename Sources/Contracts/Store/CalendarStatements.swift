import Kernel
import Operations
import Postgres

struct InsertCalendar: Statement {
  let publicId: PublicId
  let name: String
  let published: Bool
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = """
    insert into contracts.calendar (public_id, name, published, only_tenant_id, recorded_at) values ($1, $2, $3, $4, $5) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(name)
    parameters.append(published)
    parameters.append(onlyTenant)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertCalendarVersion: Statement {
  let calendar: Int64
  let validFrom: Instant
  let definition: Value
  let published: Bool
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = """
    insert into contracts.calendar_version (calendar_id, valid_from, seq, definition, definition_hash, published, only_tenant_id, recorded_at)
    values ($1, $2, \(seq), $3, sha256(convert_to(($3::jsonb)::text, 'UTF8')), $4, $5, $6)
    """

  /// Behind those that were to begin at the same instant and were withdrawn.
  static let seq = "1 + (select count(*) from contracts.calendar_version n where n.calendar_id = $1 and n.valid_from = $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(calendar)
    parameters.append(validFrom)
    parameters.append(json: definition)
    parameters.append(published)
    parameters.append(onlyTenant)
    parameters.append(now)
  }
}

/// A calendar as a change finds it.
struct CalendarHead: Statement {
  struct Head: Sendable {
    let id: Int64
    let name: String
    let published: Bool
    let onlyTenant: TenantId?
    let version: Int64
    let newestValidFrom: Instant
    let newestVersion: Int64
    /// Of the newest version, without the days of holiday sets.
    let own: Value
  }

  let publicId: PublicId
  /// The customers whose own calendars count; nil: all.
  let customers: [Int64]?

  static let sql = """
    select c.id, c.name, c.published, c.only_tenant_id, c.version, v.valid_from, v.id, coalesce(v.own_definition, v.definition)
    from contracts.calendar c join contracts.standing_calendar_version v on v.calendar_id = c.id
    where c.public_id = $1 and (c.only_tenant_id is null or $2::bigint[] is null or c.only_tenant_id = any($2))
    order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Head {
    Head(
      id: try row.next(), name: try row.next(), published: try row.next(), onlyTenant: try row.next(), version: try row.next(),
      newestValidFrom: try row.next(), newestVersion: try row.next(), own: try row.next())
  }
}

/// Says that a calendar's version does not stand.
struct WithdrawCalendarRow: Statement {
  let version: Int64
  let reason: String
  let published: Bool
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = """
    insert into contracts.calendar_version_withdrawal (calendar_version_id, reason, published, only_tenant_id, recorded_at) values ($1, $2, $3, $4, $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(version)
    parameters.append(reason)
    parameters.append(published)
    parameters.append(onlyTenant)
    parameters.append(now)
  }
}

/// Counts a change of a calendar; no row when another change came first.
struct AdvanceCalendar: Statement {
  let id: Int64
  let version: Int64
  let name: String

  static let sql = "update contracts.calendar set name = $3, version = version + 1 where id = $1 and version = $2 returning version"

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A calendar in the version in force at an instant.
struct CalendarRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let published: Bool
  let onlyFor: PublicId?
  let version: Int64
  let versionId: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let definition: Value
  /// What it says itself, where it was made from holiday sets as well.
  let own: Value?

  /// `c` is the calendar, `v` its version, `t` the customer that it is for.
  static let columns =
    "c.id, c.public_id, c.name, c.published, t.handle, t.public_id, c.version, v.id, v.valid_from, v.recorded_at, v.definition, v.own_definition"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    published = try row.next()
    onlyFor = try PublicId.customer(&row)
    version = try row.next()
    versionId = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    definition = try row.next()
    own = try row.next()
  }

  /// What a customer sees, who is `$1`: calendars that are for it alone, and those in which something was promised to it. The name of
  /// another one may tell whose it is. Null, staff: all.
  static let isSeen = """
    ($1::bigint is null or c.only_tenant_id = $1 or c.id in (
      select t.calendar_id from contracts.standing_line_version l
      join contracts.standing_sla_version s on s.sla_id = l.sla_id join contracts.sla_target t on t.sla_version_id = s.id
      where l.tenant_id = $1))
    """
}

struct CalendarAt: Statement {
  /// The customer that asks; nil: staff.
  let customer: TenantId?
  let publicId: PublicId
  let at: Instant
  let customers: [Int64]?

  static let sql = """
    select \(CalendarRow.columns)
    from contracts.calendar c
    join contracts.standing_calendar_version v on v.calendar_id = c.id
    left join tenancy.tenant t on t.id = c.only_tenant_id
    where c.public_id = $2 and v.valid_from <= $3
      and (c.only_tenant_id is null or $4::bigint[] is null or c.only_tenant_id = any($4)) and \(CalendarRow.isSeen)
    order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(customer)
    parameters.append(publicId.random)
    parameters.append(at)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> CalendarRow { try CalendarRow(&row) }
}

/// Calendars by name, each in the version in force at an instant.
struct CalendarsAt: Statement {
  /// The customer that asks; nil: staff.
  let customer: TenantId?
  let at: Instant
  let customers: [Int64]?
  let afterName: String
  let afterId: Int64
  let limit: Int64

  static let sql = """
    select \(CalendarRow.columns)
    from contracts.calendar c
    join contracts.standing_calendar_version v on v.calendar_id = c.id
      and v.valid_from = (select max(n.valid_from) from contracts.standing_calendar_version n where n.calendar_id = c.id and n.valid_from <= $2)
    left join tenancy.tenant t on t.id = c.only_tenant_id
    where (c.only_tenant_id is null or $3::bigint[] is null or c.only_tenant_id = any($3)) and (c.name, c.id) > ($4, $5)
      and \(CalendarRow.isSeen)
    order by c.name, c.id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(customer)
    parameters.append(at)
    parameters.append(customers)
    parameters.append(afterName)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> CalendarRow { try CalendarRow(&row) }
}

/// The calendars that an SLA names.
struct CalendarsOfIds: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let published: Bool
    let onlyTenant: TenantId?
    let definition: Value
  }

  let publicIds: [PublicId]
  let at: Instant
  let customers: [Int64]?

  static let sql = """
    select c.id, c.public_id, c.published, c.only_tenant_id, v.definition
    from contracts.calendar c
    join contracts.standing_calendar_version v on v.calendar_id = c.id
      and v.valid_from = (select max(n.valid_from) from contracts.standing_calendar_version n where n.calendar_id = c.id and n.valid_from <= $2)
    where c.public_id = any($1) and (c.only_tenant_id is null or $3::bigint[] is null or c.only_tenant_id = any($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicIds.map(\.random))
    parameters.append(at)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), publicId: try row.next(), published: try row.next(), onlyTenant: try row.next(), definition: try row.next())
  }
}

struct CalendarHash: Statement {
  let version: Int64

  static let sql = "select definition_hash from contracts.calendar_version where id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(version) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

struct CalendarDefinitions: Statement {
  struct Found: Sendable {
    let version: Int64
    let hash: [UInt8]
    let definition: Value
  }

  let versions: [Int64]

  static let sql = "select id, definition_hash, definition from contracts.calendar_version where id = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(versions) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(version: try row.next(), hash: try row.next(), definition: try row.next()) }
}
