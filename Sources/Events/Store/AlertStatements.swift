import Kernel
import Postgres
import Tenancy

/// One at a time settles events of a source, sends some to triage, or tells of those there. Deliveries, which only refer to the row, go on.
struct HoldSource: Statement {
  let provider: TenantId
  let source: Int64

  static let sql = "select s.id from events.source s where s.tenant_id = $1 and s.id = $2 for no key update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The alerts of a source that events are about, and those that are to wake; locked.
struct AlertsToChange: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let fingerprints: [String]
  let waking: [Int64]

  static let sql = """
    select \(Alert.columns) from events.alert a where a.tenant_id = $1 and a.source_public_id = $2 and (a.fingerprint = any ($3) or a.id = any ($4))
    order by a.id for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(fingerprints)
    parameters.append(waking)
  }

  static func decode(_ row: inout RowReader) throws -> Alert { try Alert(&row) }
}

extension Alert {
  fileprivate static let columns = """
    a.id, a.public_id, a.fingerprint, a.group_id, a.state, a.labels, a.annotations, a.link, a.starts_at, a.ends_at, a.occurrences, a.window_id, a.wake_at,
      a.changed_at, a.change_public_id, a.change_version
    """

  fileprivate init(_ row: inout RowReader) throws {
    self.init(
      id: try row.next(), publicId: try row.next(), fingerprint: try row.next(), group: try row.next(),
      state: AlertState(rawValue: try row.next()) ?? .resolved, labels: LabelSet.texts(try row.next()), annotations: LabelSet.texts(try row.next()),
      link: try row.next(), startsAt: try row.next(), endsAt: try row.next(), occurrences: try row.next(), window: try row.next(),
      wakeAt: try row.next(), changedAt: try row.next(), change: try row.next(), changeVersion: try row.next())
  }
}

struct SaveAlerts: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let alerts: [Alert]
  let now: Instant

  static let sql = """
    insert into events.alert
      (tenant_id, source_public_id, recorded_at, public_id, fingerprint, group_id, state, labels, annotations, link, starts_at, ends_at, occurrences,
       window_id, wake_at, changed_at, change_public_id, change_version)
    select $1, $2, $3, x.public_id, x.fingerprint, x.group_id, x.state, x.labels, x.annotations, x.link, x.starts_at, x.ends_at, x.occurrences, x.window_id,
      x.wake_at, x.changed_at, x.change_public_id, x.change_version
    from unnest($4::bytea[], $5::text[], $6::bigint[], $7::text[], $8::jsonb[], $9::jsonb[], $10::text[], $11::timestamptz[], $12::timestamptz[],
      $13::bigint[], $14::bigint[], $15::timestamptz[], $16::timestamptz[], $17::bytea[], $18::bigint[])
      x (public_id, fingerprint, group_id, state, labels, annotations, link, starts_at, ends_at, occurrences, window_id, wake_at, changed_at,
        change_public_id, change_version)
    on conflict (tenant_id, source_public_id, fingerprint) do update set group_id = excluded.group_id, state = excluded.state, labels = excluded.labels,
      annotations = excluded.annotations, link = excluded.link, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
      occurrences = excluded.occurrences, window_id = excluded.window_id, wake_at = excluded.wake_at, changed_at = excluded.changed_at,
      change_public_id = excluded.change_public_id, change_version = excluded.change_version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(now)
    parameters.append(alerts.map(\.publicId))
    parameters.append(alerts.map(\.fingerprint))
    parameters.append(alerts.map(\.group))
    parameters.append(alerts.map(\.state.rawValue))
    parameters.append(json: alerts.map { LabelSet.value($0.labels) })
    parameters.append(json: alerts.map { LabelSet.value($0.annotations) })
    parameters.append(alerts.map(\.link))
    parameters.append(alerts.map(\.startsAt))
    parameters.append(alerts.map(\.endsAt))
    parameters.append(alerts.map(\.occurrences))
    parameters.append(alerts.map(\.window))
    parameters.append(alerts.map(\.wakeAt))
    parameters.append(alerts.map(\.changedAt))
    parameters.append(alerts.map(\.change))
    parameters.append(alerts.map(\.changeVersion))
  }
}

/// Their incident has not been told of them.
struct MarkUntold: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let fingerprints: [String]

  static let sql = "update events.alert set is_untold = true where tenant_id = $1 and source_public_id = $2 and fingerprint = any ($3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(fingerprints)
  }
}

/// How many alerts of a group fire of which its incident has not been told.
struct CountUntold: Statement {
  let tenant: TenantId
  let group: Int64

  static let sql = "select count(*) from events.alert a where a.tenant_id = $1 and a.group_id = $2 and a.is_untold and a.state = 'firing'"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The first of them.
struct UntoldAlerts: Statement {
  let tenant: TenantId
  let group: Int64
  let limit: Int64

  static let sql = """
    select \(Alert.columns) from events.alert a where a.tenant_id = $1 and a.group_id = $2 and a.is_untold and a.state = 'firing' order by a.id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Alert { try Alert(&row) }
}

/// The incident of a group has been told, or there is none to tell.
struct ForgetUntold: Statement {
  let tenant: TenantId
  let group: Int64

  static let sql = "update events.alert set is_untold = false where tenant_id = $1 and group_id = $2 and is_untold"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(group)
  }
}

/// The incident that alerts went into.
struct PutIntoTicket: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let fingerprints: [String]
  let ticket: [UInt8]

  static let sql = "update events.alert set ticket_public_id = $4 where tenant_id = $1 and source_public_id = $2 and fingerprint = any ($3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(fingerprints)
    parameters.append(ticket)
  }
}

/// Their incident went into another one.
struct FollowTicket: Statement {
  let tenant: TenantId
  let from: [UInt8]
  let to: [UInt8]

  static let sql = "update events.alert set ticket_public_id = $3 where tenant_id = $1 and ticket_public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
  }
}

/// The CIs of a customer that are in their life and have one of these names.
struct CisByName: Statement {
  struct Found: Sendable {
    let publicId: [UInt8]
    let key: String
  }

  let tenant: TenantId
  let keys: [String]

  static let sql = """
    select c.public_id, c.name_key from assets.pub_ci c
    where c.tenant_id = $1 and c.name_key = any ($2) and c.state not in ('retired', 'disposed') order by c.ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(keys)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(publicId: try row.next(), key: try row.next()) }
}

/// Sources of alerts that are to be woken, by customer: the one whose alert waits longest comes first.
struct AlertsDue: Statement {
  typealias Found = (tenant: TenantId, source: [UInt8])

  let now: Instant
  let limit: Int32

  static let sql = "select tenant_id, source_public_id from finder.alerts_due($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { (try row.next(), try row.next()) }
}

/// Alerts of a source whose window is over, or that are to be looked at again.
struct DueAlerts: Statement {
  let tenant: TenantId
  let source: [UInt8]
  let now: Instant
  let limit: Int64

  static let sql = """
    select a.id from events.alert a where a.tenant_id = $1 and a.source_public_id = $2 and a.wake_at <= $3 order by a.wake_at, a.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// They could not be woken, and are tried again later.
struct PostponeWaking: Statement {
  let tenant: TenantId
  let ids: [Int64]
  let until: Instant

  static let sql = "update events.alert set wake_at = $3 where tenant_id = $1 and id = any ($2) and wake_at < $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
    parameters.append(until)
  }
}

/// An alert as lists show it.
struct AlertRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let sourcePublicId: [UInt8]
  let fingerprint: String
  let state: String
  let labels: [String: String]
  let annotations: [String: String]
  let link: String?
  let startsAt: Instant
  let endsAt: Instant?
  let occurrences: Int64
  let ticket: [UInt8]?
  let window: [UInt8]?
  let change: [UInt8]?
  let changedAt: Instant

  static let select = """
    select a.id, a.public_id, a.source_public_id, a.fingerprint, a.state, a.labels, a.annotations, a.link, a.starts_at, a.ends_at, a.occurrences,
      a.ticket_public_id, w.public_id, a.change_public_id, a.changed_at
    from events.alert a left join events.maintenance_window w on w.tenant_id = a.tenant_id and w.id = a.window_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    sourcePublicId = try row.next()
    fingerprint = try row.next()
    state = try row.next()
    labels = LabelSet.texts(try row.next())
    annotations = LabelSet.texts(try row.next())
    link = try row.next()
    startsAt = try row.next()
    endsAt = try row.next()
    occurrences = try row.next()
    ticket = try row.next()
    window = try row.next()
    change = try row.next()
    changedAt = try row.next()
  }
}

struct AlertByPublicId: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = AlertRow.select + " where a.tenant_id = $1 and a.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> AlertRow { try AlertRow(&row) }
}

/// What changed last comes first.
struct AlertPage: Statement {
  let tenant: TenantId
  let state: String?
  let ticket: [UInt8]?
  let beforeAt: Instant
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    \(AlertRow.select) where a.tenant_id = $1 and ($2::text is null or a.state = $2) and ($3::bytea is null or a.ticket_public_id = $3)
      and (a.changed_at, a.id) < ($4, $5)
    order by a.changed_at desc, a.id desc limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(state)
    parameters.append(ticket)
    parameters.append(beforeAt)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AlertRow { try AlertRow(&row) }
}

/// The same of those that are not over, which are few among all that ever were.
struct OpenAlertPage: Statement {
  let page: AlertPage

  static let sql = """
    \(AlertRow.select) where a.tenant_id = $1 and a.state <> 'resolved' and a.state = $2 and ($3::bytea is null or a.ticket_public_id = $3)
      and (a.changed_at, a.id) < ($4, $5)
    order by a.changed_at desc, a.id desc limit $6
    """

  func bind(to parameters: inout Parameters) { page.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> AlertRow { try AlertRow(&row) }
}

/// An incident that a filter names.
struct TicketOfAlerts: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = "select t.ticket_id from desk.pub_ticket t where t.tenant_id = $1 and t.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
