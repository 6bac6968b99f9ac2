import Kernel
import Postgres

/// Held: whoever ends one meanwhile waits, and then finds the alerts that it covered.
struct WindowsInForce: Statement {
  let tenant: TenantId
  let now: Instant

  static let sql = """
    select w.id, w.ci_public_id, w.label, w.value, w.starts_at, w.ends_at from events.maintenance_window w
    where w.tenant_id = $1 and w.starts_at <= $2 and w.ends_at > $2 order by w.ends_at desc, w.id for share
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> MaintenanceWindow {
    MaintenanceWindow(
      id: try row.next(), ci: try row.next(), label: try row.next(), value: try row.next(), startsAt: try row.next(), endsAt: try row.next())
  }
}

/// The windows of changes in force, for each CI that one touches and that is the customer's, or is shared and affects him; the one that ends last first.
struct ChangesInForce: Statement {
  struct Found: Sendable {
    let window: MaintenanceWindow
    /// What a shared CI is called; nil: it is the customer's own.
    let sharedName: String?
  }

  let tenant: TenantId
  let provider: TenantId
  let now: Instant

  static let sql = """
    select q.public_id, i.public_id, q.starts_at, q.ends_at, q.version, case when i.tenant_id <> $1 then i.name_key end
    from changes.pub_suppressed_ci q join assets.pub_ci i on i.tenant_id = q.ci_tenant_id and i.ci_id = q.ci_id
    where q.tenant_id = $2 and q.starts_at <= $3 and q.ends_at > $3 and i.tenant_id in ($1, $2)
      and (i.tenant_id = $1 or exists (
        select from assets.pub_affected_customer f where f.tenant_id = $2 and f.ci_id = q.ci_id and f.customer_id = $1))
    order by q.ends_at desc, q.change_id, q.ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(provider)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (change, ci): ([UInt8], [UInt8]) = (try row.next(), try row.next())
    return Found(
      window: MaintenanceWindow(
        id: nil, ci: ci, label: nil, value: nil, startsAt: try row.next(), endsAt: try row.next(), change: change, changeVersion: try row.next()),
      sharedName: try row.next())
  }
}

struct WindowRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let reason: String
  let ci: [UInt8]?
  let label: String?
  let value: String?
  let startsAt: Instant
  let endsAt: Instant
  let author: String
  let version: Int64

  static let select = """
    select w.id, w.public_id, w.reason, w.ci_public_id, w.label, w.value, w.starts_at, w.ends_at, w.actor_name, w.version from events.maintenance_window w
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    reason = try row.next()
    ci = try row.next()
    label = try row.next()
    value = try row.next()
    startsAt = try row.next()
    endsAt = try row.next()
    author = try row.next()
    version = try row.next()
  }
}

struct WindowByPublicId: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = WindowRow.select + " where w.tenant_id = $1 and w.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> WindowRow { try WindowRow(&row) }
}

/// The one that begins last comes first.
struct WindowPage: Statement {
  let tenant: TenantId
  let beforeAt: Instant
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    \(WindowRow.select) where w.tenant_id = $1 and (w.starts_at, w.id) < ($2, $3) order by w.starts_at desc, w.id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(beforeAt)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> WindowRow { try WindowRow(&row) }
}

struct InsertWindow: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let reason: String
  let ci: [UInt8]?
  let label: String?
  let value: String?
  let startsAt: Instant
  let endsAt: Instant
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into events.maintenance_window
      (tenant_id, public_id, reason, ci_public_id, label, value, starts_at, ends_at, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(reason)
    parameters.append(ci)
    parameters.append(label)
    parameters.append(value)
    parameters.append(startsAt)
    parameters.append(endsAt)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }
}

/// No row when another change was faster.
struct UpdateWindow: Statement {
  let tenant: TenantId
  let window: Int64
  let version: Int64
  let reason: String
  let endsAt: Instant

  static let sql = """
    update events.maintenance_window set reason = $4, ends_at = $5, version = version + 1 where tenant_id = $1 and id = $2 and version = $3
    returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(window)
    parameters.append(version)
    parameters.append(reason)
    parameters.append(endsAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// When what it covers is looked at again.
struct WakeAlerts: Statement {
  let tenant: TenantId
  let window: Int64
  let at: Instant

  static let sql = "update events.alert set wake_at = $3 where tenant_id = $1 and window_id = $2 and wake_at <> $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(window)
    parameters.append(at)
  }
}

/// Changes that were altered since alerts began to wait for them, by the customer of the alerts.
struct AlteredChanges: Statement {
  let limit: Int32

  static let sql = "select tenant_id, change_public_id, version from finder.alerts_of_altered_changes($1)"

  func bind(to parameters: inout Parameters) { parameters.append(limit) }

  static func decode(_ row: inout RowReader) throws -> (tenant: TenantId, change: [UInt8], version: Int64) {
    (try row.next(), try row.next(), try row.next())
  }
}

/// What waits for a change that was altered is looked at again, once for each version.
struct WakeAlertsOfChange: Statement {
  let tenant: TenantId
  let change: [UInt8]
  let version: Int64
  let at: Instant

  static let sql = """
    update events.alert set wake_at = $4, change_version = $3 where tenant_id = $1 and change_public_id = $2 and change_version < $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(change)
    parameters.append(version)
    parameters.append(at)
  }
}

/// A CI of the customer's that a window names.
struct CiOfWindow: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = "select c.ci_id from assets.pub_ci c where c.tenant_id = $1 and c.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
