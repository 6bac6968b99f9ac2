import Kernel
import Operations
import Postgres
import ServiceTime

struct InsertHolidaySet: Statement {
  let publicId: PublicId
  let name: String
  let region: String?
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = "insert into contracts.holiday_set (public_id, name, region, only_tenant_id, recorded_at) values ($1, $2, $3, $4, $5) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(name)
    parameters.append(region)
    parameters.append(onlyTenant)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertHolidaySetVersion: Statement {
  let holidaySet: Int64
  let number: Int64
  let days: HolidaySet
  let source: HolidaySource
  let now: Instant

  static let sql = """
    insert into contracts.holiday_set_version (holiday_set_id, number, days, source, recorded_at) values ($1, $2, $3, $4, $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(holidaySet)
    parameters.append(number)
    parameters.append(json: days.value)
    parameters.append(source.rawValue)
    parameters.append(now)
  }
}

/// Counts a change of a holiday set; no row when another change came first.
struct AdvanceHolidaySet: Statement {
  let id: Int64
  let version: Int64
  let name: String
  let region: String?

  static let sql = """
    update contracts.holiday_set set name = $3, region = $4, version = version + 1 where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(name)
    parameters.append(region)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A holiday set in one of its revisions.
struct HolidaySetRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let name: String
  let region: String?
  let version: Int64
  let versionId: Int64
  let number: Int64
  let days: Value
  let source: String
  let recordedAt: Instant
  /// The one customer that it is for; nil: any.
  let onlyTenant: TenantId?
  let onlyFor: PublicId?

  /// `h` is the set, `v` its revision, `t` the customer that it is for.
  static let columns = "\(identity), v.id, v.number, v.days, v.source, v.recorded_at, \(customer)"
  /// The same without the days, which a list does not show.
  static let summaryColumns = "\(identity), v.id, v.number, '[]'::jsonb, v.source, v.recorded_at, \(customer)"
  private static let identity = "h.id, h.public_id, h.name, h.region, h.version"
  private static let customer = "h.only_tenant_id, t.handle, t.public_id"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    name = try row.next()
    region = try row.next()
    version = try row.next()
    versionId = try row.next()
    number = try row.next()
    days = try row.next()
    source = try row.next()
    recordedAt = try row.next()
    onlyTenant = try row.next()
    onlyFor = try PublicId.customer(&row)
  }

  /// What is stored was checked when it was written.
  func holidaySet() throws -> HolidaySet { try HolidaySet(days) }
}

/// Holiday sets in their newest revisions, or one in the revision that is asked for.
struct HolidaySetsOfIds: Statement {
  let publicIds: [PublicId]
  /// Nil: the newest.
  let number: Int64?
  /// The customers whose own sets count; nil: all.
  let customers: [Int64]?

  static let sql = """
    select \(HolidaySetRow.columns)
    from contracts.holiday_set h
    join contracts.holiday_set_version v on v.holiday_set_id = h.id
      and v.number = coalesce($2, (select max(n.number) from contracts.holiday_set_version n where n.holiday_set_id = h.id))
    left join tenancy.tenant t on t.id = h.only_tenant_id
    where h.public_id = any($1) and (h.only_tenant_id is null or $3::bigint[] is null or h.only_tenant_id = any($3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicIds.map(\.random))
    parameters.append(number)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> HolidaySetRow { try HolidaySetRow(&row) }
}

/// Holiday sets by name, each in its newest revision, without their days.
struct HolidaySetsByName: Statement {
  let region: String?
  /// The customers whose own sets count; nil: all.
  let customers: [Int64]?
  let afterName: String
  let afterId: Int64
  let limit: Int64

  static let sql = """
    select \(HolidaySetRow.summaryColumns)
    from (
      select s.id, s.public_id, s.name, s.region, s.version, s.only_tenant_id from contracts.holiday_set s
      where ($1::text is null or s.region = $1) and (s.only_tenant_id is null or $2::bigint[] is null or s.only_tenant_id = any($2))
        and (s.name, s.id) > ($3, $4) order by s.name, s.id limit $5
    ) h
    join contracts.holiday_set_version v on v.holiday_set_id = h.id
      and v.number = (select max(n.number) from contracts.holiday_set_version n where n.holiday_set_id = h.id)
    left join tenancy.tenant t on t.id = h.only_tenant_id
    order by h.name, h.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(region)
    parameters.append(customers)
    parameters.append(afterName)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> HolidaySetRow { try HolidaySetRow(&row) }
}

/// The holiday sets that calendar versions were made from, in their order.
struct HolidaysOfCalendars: Statement {
  struct Found: Sendable {
    let calendarVersion: Int64
    let row: HolidaySetRow
  }

  let calendarVersions: [Int64]

  static let sql = """
    select p.calendar_version_id, \(HolidaySetRow.columns)
    from contracts.calendar_version_holidays p
    join contracts.holiday_set_version v on v.id = p.holiday_set_version_id
    join contracts.holiday_set h on h.id = v.holiday_set_id
    left join tenancy.tenant t on t.id = h.only_tenant_id
    where p.calendar_version_id = any($1)
    order by p.calendar_version_id, p.position
    """

  func bind(to parameters: inout Parameters) { parameters.append(calendarVersions) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(calendarVersion: try row.next(), row: try HolidaySetRow(&row)) }
}

/// The calendars whose newest version was made from an older revision of a holiday set, by name.
struct CalendarsBehindHolidaySet: Statement {
  struct Found: Sendable {
    let head: CalendarHead.Head
    let publicId: [UInt8]
    let number: Int64
    let days: Value
  }

  let holidaySet: Int64
  let newest: Int64
  /// The customers whose own calendars count; nil: all.
  let customers: [Int64]?
  /// Only these calendars; empty: all.
  var only: [PublicId] = []
  let limit: Int64

  static let sql = """
    select c.id, c.name, c.published, c.only_tenant_id, c.version, cv.valid_from, cv.id, coalesce(cv.own_definition, cv.definition), c.public_id,
      v.number, v.days
    from contracts.holiday_set_version v
    join contracts.calendar_version_holidays p on p.holiday_set_version_id = v.id
    join contracts.standing_calendar_version cv on cv.id = p.calendar_version_id
    join contracts.calendar c on c.id = cv.calendar_id
    where v.holiday_set_id = $1 and v.number < $2
      and cv.valid_from = (select max(n.valid_from) from contracts.standing_calendar_version n where n.calendar_id = cv.calendar_id)
      and (c.only_tenant_id is null or $3::bigint[] is null or c.only_tenant_id = any($3))
      and (cardinality($5::bytea[]) = 0 or c.public_id = any($5))
    order by c.name limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(holidaySet)
    parameters.append(newest)
    parameters.append(customers)
    parameters.append(limit)
    parameters.append(only.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(head: try CalendarHead.decode(&row), publicId: try row.next(), number: try row.next(), days: try row.next())
  }
}

/// A calendar's version that was made from holiday sets.
struct InsertCalendarVersionWithHolidays: Statement {
  let calendar: Int64
  let validFrom: Instant
  let plan: CalendarPlan
  let published: Bool
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = """
    insert into contracts.calendar_version
      (calendar_id, valid_from, seq, definition, definition_hash, own_definition, published, only_tenant_id, recorded_at)
    values ($1, $2, \(InsertCalendarVersion.seq), $3, sha256(convert_to(($3::jsonb)::text, 'UTF8')), $4, $5, $6, $7) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(calendar)
    parameters.append(validFrom)
    parameters.append(json: plan.definition.value)
    parameters.append(json: plan.own.value)
    parameters.append(published)
    parameters.append(onlyTenant)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertCalendarVersionHolidays: Statement {
  let calendarVersion: Int64
  let holidaySetVersions: [Int64]

  static let sql = """
    insert into contracts.calendar_version_holidays (calendar_version_id, position, holiday_set_version_id)
    select $1, position, version from unnest($2::bigint[]) with ordinality as given (version, position)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(calendarVersion)
    parameters.append(holidaySetVersions)
  }
}
