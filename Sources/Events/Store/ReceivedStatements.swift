import Kernel
import Postgres
import Tenancy

/// Keeps what was delivered, in one statement. What was told before is not kept again.
struct InsertReceived: Statement {
  let provider: TenantId
  let source: Int64
  let events: [ReportedEvent]
  let publicIds: [[UInt8]]
  let now: Instant

  static let sql = """
    insert into events.received
      (tenant_id, source_id, public_id, digest, fingerprint, group_key, is_firing, labels, annotations, link, starts_at, ends_at, due_at, recorded_at)
    select $1, $2, r.public_id, r.digest, r.fingerprint, r.group_key, r.is_firing, r.labels, r.annotations, r.link, r.starts_at, r.ends_at, $3, $3
    from unnest($4::bytea[], $5::bytea[], $6::text[], $7::text[], $8::boolean[], $9::jsonb[], $10::jsonb[], $11::text[], $12::timestamptz[],
      $13::timestamptz[]) with ordinality
      r (public_id, digest, fingerprint, group_key, is_firing, labels, annotations, link, starts_at, ends_at, place)
    order by r.place
    on conflict (tenant_id, source_id, digest) do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(now)
    parameters.append(publicIds)
    parameters.append(events.map(\.digest))
    parameters.append(events.map(\.fingerprint))
    parameters.append(events.map(\.groupKey))
    parameters.append(events.map(\.isFiring))
    parameters.append(json: events.map { LabelSet.value($0.labels) })
    parameters.append(json: events.map { LabelSet.value($0.annotations) })
    parameters.append(events.map(\.link))
    parameters.append(events.map(\.startsAt))
    parameters.append(events.map(\.endsAt))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What was told once, and is told again after the source said something else of the same thing, is news: it waits again.
struct ReviveReceived: Statement {
  let provider: TenantId
  let source: Int64
  let digests: [[UInt8]]
  let now: Instant

  static let sql = """
    update events.received r set state = 'waiting', due_at = $4, recorded_at = $4, settled_at = null, attempts = 0, fault = null
    where r.tenant_id = $1 and r.source_id = $2 and r.digest = any ($3) and r.state = 'settled' and exists (
      select from events.received l
      where l.tenant_id = $1 and l.source_id = $2 and l.fingerprint = r.fingerprint and (l.recorded_at, l.id) > (r.recorded_at, r.id))
    returning r.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(digests)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What waits of a source, the oldest first. That a thing is over goes to whomever its beginning went to, whatever the rules say by now.
struct DueReceived: Statement {
  struct Found: Sendable {
    let id: Int64
    let labels: [String: String]
    let customer: TenantId?
  }

  let provider: TenantId
  let source: Int64
  let now: Instant
  let limit: Int64

  static let sql = """
    select r.id, r.labels, coalesce(r.customer_id, case when not r.is_firing then (
      select l.customer_id from events.received l
      where l.tenant_id = $1 and l.source_id = $2 and l.fingerprint = r.fingerprint and l.state = 'settled'
      order by l.recorded_at desc, l.id desc limit 1) end)
    from events.received r
    where r.tenant_id = $1 and r.source_id = $2 and r.state = 'waiting' and r.due_at <= $3 order by r.due_at, r.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), labels: LabelSet.texts(try row.next()), customer: try row.next())
  }
}

/// Those that still wait, in the order in which they came; locked, so that nobody settles them twice.
struct HoldReceived: Statement {
  struct Found: Sendable {
    let id: Int64
    let toldAt: Instant
    let event: ReportedEvent
  }

  let provider: TenantId
  let ids: [Int64]

  static let sql = """
    select r.id, r.recorded_at, r.fingerprint, r.group_key, r.is_firing, r.labels, r.annotations, r.link, r.starts_at, r.ends_at, r.digest
    from events.received r where r.tenant_id = $1 and r.id = any ($2) and r.state = 'waiting' order by r.recorded_at, r.id for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), toldAt: try row.next(),
      event: ReportedEvent(
        fingerprint: try row.next(), groupKey: try row.next(), isFiring: try row.next(), labels: LabelSet.texts(try row.next()),
        annotations: LabelSet.texts(try row.next()), link: try row.next(), startsAt: try row.next(), endsAt: try row.next(), digest: try row.next()))
  }
}

struct SettleReceived: Statement {
  let provider: TenantId
  let ids: [Int64]
  let customer: TenantId
  let now: Instant

  static let sql = """
    update events.received set state = 'settled', customer_id = $3, settled_at = $4, fault = null where tenant_id = $1 and id = any ($2) and state = 'waiting'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
    parameters.append(customer)
    parameters.append(now)
  }
}

/// Nobody's: somebody is to say whose. Those that waited still.
struct SendToTriage: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = "update events.received set state = 'triage' where tenant_id = $1 and id = any ($2) and state = 'waiting' returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What could not be settled is tried again later, and in the end shown to somebody: whether it is by now.
struct PostponeReceived: Statement {
  let provider: TenantId
  let ids: [Int64]
  let now: Instant
  let fault: String

  /// About an hour and a half after it came.
  static let mostAttempts: Int64 = 8

  static let sql = """
    update events.received set attempts = attempts + 1, fault = $4, state = case when attempts >= $5 then 'triage' else state end,
      due_at = $3::timestamptz + interval '20 seconds' * (1 << least(attempts, 10)::integer)
    where tenant_id = $1 and id = any ($2) and state = 'waiting' returning state
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
    parameters.append(now)
    parameters.append(fault)
    parameters.append(Self.mostAttempts)
  }

  static func decode(_ row: inout RowReader) throws -> Bool {
    let state: String = try row.next()
    return state == "triage"
  }
}

/// An event as the triage shows it.
struct TriageRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let source: Int64
  let sourcePublicId: [UInt8]
  let fingerprint: String
  let isFiring: Bool
  let labels: [String: String]
  let annotations: [String: String]
  let link: String?
  let startsAt: Instant
  let isInTriage: Bool
  let fault: String?
  let recordedAt: Instant

  static let select = """
    select r.id, r.public_id, r.source_id, s.public_id, r.fingerprint, r.is_firing, r.labels, r.annotations, r.link, r.starts_at, r.state = 'triage', r.fault,
      r.recorded_at
    from events.received r join events.source s on s.tenant_id = r.tenant_id and s.id = r.source_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    source = try row.next()
    sourcePublicId = try row.next()
    fingerprint = try row.next()
    isFiring = try row.next()
    labels = LabelSet.texts(try row.next())
    annotations = LabelSet.texts(try row.next())
    link = try row.next()
    startsAt = try row.next()
    isInTriage = try row.next()
    fault = try row.next()
    recordedAt = try row.next()
  }
}

/// The oldest first.
struct TriagePage: Statement {
  let provider: TenantId
  let after: Int64
  let limit: Int64

  static let sql = TriageRow.select + " where r.tenant_id = $1 and r.state = 'triage' and r.id > $2 order by r.id limit $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> TriageRow { try TriageRow(&row) }
}

struct EventByPublicId: Statement {
  let provider: TenantId
  let publicId: [UInt8]

  static let sql = TriageRow.select + " where r.tenant_id = $1 and r.public_id = $2 for update of r"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> TriageRow { try TriageRow(&row) }
}

/// They are a customer's now, and are settled like any other: the one that is named, what the source said of the same thing besides, and
/// all of the source's that have the same value of a label, where one is named.
struct AssignReceived: Statement {
  let provider: TenantId
  let source: Int64
  let event: Int64
  let fingerprint: String
  let label: String?
  let value: String?
  let customer: TenantId
  let now: Instant

  static let sql = """
    update events.received set state = 'waiting', customer_id = $5, due_at = $6, attempts = 0, fault = null
    where tenant_id = $1 and source_id = $2 and state = 'triage' and (id = $3 or fingerprint = $8 or labels ->> $4 = $7)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(event)
    parameters.append(label)
    parameters.append(customer)
    parameters.append(now)
    parameters.append(value)
    parameters.append(fingerprint)
  }
}

/// Nothing is done about it, nor about what the source says of the same thing by then.
struct IgnoreReceived: Statement {
  let provider: TenantId
  let source: Int64
  let fingerprint: String
  let now: Instant

  static let sql = """
    update events.received set state = 'ignored', settled_at = $4 where tenant_id = $1 and source_id = $2 and fingerprint = $3 and state = 'triage'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(source)
    parameters.append(fingerprint)
    parameters.append(now)
  }
}

/// How many wait for somebody, counted up to `limit`.
struct CountTriage: Statement {
  let provider: TenantId
  let limit: Int64

  static let sql = "select count(*) from (select from events.received r where r.tenant_id = $1 and r.state = 'triage' limit $2) t"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What nobody has sorted for weeks, nobody will.
struct IgnoreOldTriage: Statement {
  let provider: TenantId
  let before: Instant
  let limit: Int64
  let now: Instant

  static let sql = """
    update events.received set state = 'ignored', settled_at = $4 where tenant_id = $1 and id in (
      select r.id from events.received r where r.tenant_id = $1 and r.state = 'triage' and r.recorded_at < $2 order by r.id limit $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(before)
    parameters.append(limit)
    parameters.append(now)
  }
}

struct ForgetReceived: Statement {
  let provider: TenantId
  let before: Instant
  let limit: Int64

  static let sql = """
    delete from events.received where tenant_id = $1 and id in (
      select r.id from events.received r where r.tenant_id = $1 and r.settled_at < $2 order by r.settled_at limit $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(before)
    parameters.append(limit)
  }
}
