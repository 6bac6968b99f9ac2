import Kernel
import Postgres

/// Alerts that make one incident.
struct GroupRow: Sendable {
  let id: Int64
  let keyHash: [UInt8]
  var ticket: [UInt8]?
  var toldAt: Instant?

  static let columns = "g.id, g.key_hash, g.ticket_public_id, g.told_at"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    keyHash = try row.next()
    ticket = try row.next()
    toldAt = try row.next()
  }
}

struct FindGroups: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let keyHashes: [[UInt8]]
  let ids: [Int64]

  static let sql = """
    select \(GroupRow.columns) from events.alert_group g
    where g.tenant_id = $1 and g.source_public_id = $2 and (g.key_hash = any ($3) or g.id = any ($4)) order by g.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(keyHashes)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> GroupRow { try GroupRow(&row) }
}

struct InsertGroups: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let keyHashes: [[UInt8]]
  let keys: [String]
  let isStorm: Bool
  let now: Instant

  static let sql = """
    insert into events.alert_group as g (tenant_id, source_public_id, key_hash, key, is_storm, recorded_at)
    select $1, $2, k.key_hash, k.key, $5, $6 from unnest($3::bytea[], $4::text[]) k (key_hash, key)
    on conflict (tenant_id, source_public_id, key_hash) do nothing
    returning \(GroupRow.columns)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(keyHashes)
    parameters.append(keys)
    parameters.append(isStorm)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> GroupRow { try GroupRow(&row) }
}

/// How many incidents of this customer the source opened since then.
struct CountOpened: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let since: Instant

  static let sql = "select count(*) from events.alert_group g where g.tenant_id = $1 and g.source_public_id = $2 and g.opened_at > $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(since)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// How many alerts of each group fire; none is told of a group in which none does.
struct CountFiring: Statement {
  let tenant: TenantId
  let groups: [Int64]

  static let sql = """
    select a.group_id, count(*) from events.alert a where a.tenant_id = $1 and a.group_id = any ($2) and a.state = 'firing' group by a.group_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(groups)
  }

  static func decode(_ row: inout RowReader) throws -> (group: Int64, count: Int64) { (try row.next(), try row.next()) }
}

/// The group's incident from now on.
struct OpenGroup: Statement {
  let tenant: TenantId
  let group: Int64
  let ticket: [UInt8]
  let now: Instant

  static let sql = """
    update events.alert_group set ticket_public_id = $3, opened_at = $4, told_at = $4, tell_at = null where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group)
    parameters.append(ticket)
    parameters.append(now)
  }
}

/// The incident that the group's went into.
struct FollowGroup: Statement {
  let tenant: TenantId
  let group: Int64
  let ticket: [UInt8]

  static let sql = "update events.alert_group set ticket_public_id = $3 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group)
    parameters.append(ticket)
  }
}

/// The group's incident is to be told of more alerts then, if not earlier.
struct OweWord: Statement {
  let tenant: TenantId
  let group: Int64
  let tellAt: Instant

  static let sql = "update events.alert_group set tell_at = least(tell_at, $3) where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group)
    parameters.append(tellAt)
  }
}

/// Sources of groups whose incidents are to be told, by customer.
struct WordsDue: Statement {
  let now: Instant
  let limit: Int32

  static let sql = "select tenant_id, source_public_id from finder.alert_words_due($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AlertsDue.Found { (try row.next(), try row.next()) }
}

/// Groups of a source whose incidents are to be told.
struct DueGroups: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let now: Instant
  let limit: Int64

  static let sql = """
    select g.id from events.alert_group g where g.tenant_id = $1 and g.source_public_id = $2 and g.tell_at <= $3 order by g.tell_at, g.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// They could not be told, and are tried again later.
struct PostponeTelling: Statement {
  let tenant: TenantId
  let ids: [Int64]
  let until: Instant

  static let sql = "update events.alert_group set tell_at = $3 where tenant_id = $1 and id = any ($2) and tell_at < $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
    parameters.append(until)
  }
}

struct MarkTold: Statement {
  let tenant: TenantId
  let group: Int64
  let now: Instant

  static let sql = "update events.alert_group set told_at = $3, tell_at = null where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group)
    parameters.append(now)
  }
}
