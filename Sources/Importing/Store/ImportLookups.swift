import Kernel
import Postgres

/// The numbers in the source of the tickets that are already there.
struct KnownTickets: Statement {
  let tenant: TenantId
  let source: String

  static let sql = "select external_key from desk.ticket where tenant_id = $1 and external_source = $2 and external_key is not null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
  }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// A contract line, by its public id.
struct LineByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select line_id, contract_id from contracts.pub_line where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> (line: Int64, contract: Int64) { (try row.next(), try row.next()) }
}

struct CalendarByName: Statement {
  let name: String

  static let sql = "select public_id from contracts.pub_calendar_version where name = $1 limit 1"

  func bind(to parameters: inout Parameters) { parameters.append(name) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

struct SLAByName: Statement {
  let name: String

  static let sql = "select sla_public_id from contracts.pub_target where sla_name = $1 limit 1"

  func bind(to parameters: inout Parameters) { parameters.append(name) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// People who are not there yet, by their keys in the source.
struct AddPersons: Statement {
  let tenant: TenantId
  let publicIds: [[UInt8]]
  let names: [String]
  let keys: [String]
  let language: Language
  let now: Instant

  static let sql = """
    insert into tenancy.person (tenant_id, public_id, name, language, external_key, recorded_at)
    select $1, p.public_id, p.name, $5, p.key, $6 from unnest($2::bytea[], $3::text[], $4::text[]) as p (public_id, name, key)
    on conflict (tenant_id, external_key) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds)
    parameters.append(names)
    parameters.append(keys)
    parameters.append(language.rawValue)
    parameters.append(now)
  }
}

struct PersonsByKey: Statement {
  let tenant: TenantId
  let keys: [String]

  static let sql = "select external_key, id from tenancy.person where tenant_id = $1 and external_key = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(keys)
  }

  static func decode(_ row: inout RowReader) throws -> (key: String, id: Int64) { (try row.next(), try row.next()) }
}

/// Sites that are not there yet, by their names.
struct AddSites: Statement {
  let tenant: TenantId
  let publicIds: [[UInt8]]
  let names: [String]
  let now: Instant

  static let sql = """
    insert into tenancy.org_unit (tenant_id, public_id, kind, name, recorded_at)
    select $1, u.public_id, 'site', u.name, $4 from unnest($2::bytea[], $3::text[]) as u (public_id, name)
    on conflict (tenant_id, (coalesce(parent_id, 0)), name) do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds)
    parameters.append(names)
    parameters.append(now)
  }
}

struct SitesByName: Statement {
  let tenant: TenantId
  let names: [String]

  static let sql = "select name, id from tenancy.org_unit where tenant_id = $1 and parent_id is null and name = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(names)
  }

  static func decode(_ row: inout RowReader) throws -> (name: String, id: Int64) { (try row.next(), try row.next()) }
}

struct NextTicketIds: Statement {
  let count: Int64

  static let sql = "select nextval('desk.ticket_id_seq') from generate_series(1, $1)"

  func bind(to parameters: inout Parameters) { parameters.append(count) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Takes `count` human numbers at once and returns the last. Whoever opens a ticket, or a problem, waits from here to the commit, so it
/// comes late.
struct ReserveNumbers: Statement {
  let tenant: TenantId
  /// `incident` or `problem`.
  let kind: String
  let count: Int64

  static let sql = """
    insert into tenancy.counter (tenant_id, kind, last) values ($1, $3, $2)
    on conflict (tenant_id, kind) do update set last = counter.last + excluded.last returning last
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(count)
    parameters.append(kind)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
