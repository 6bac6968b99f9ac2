import Kernel
import Postgres

/// Leaves a change to be told to all whom it concerns.
struct InsertAnnouncements: Statement {
  let provider: TenantId
  let change: Int64
  let seq: Int64

  static let sql = """
    insert into changes.announcement (tenant_id, change_id, customer_id, seq)
    select n.tenant_id, n.change_id, n.customer_id, $3::bigint from changes.concerned n where n.tenant_id = $1 and n.change_id = $2
    on conflict (tenant_id, change_id, customer_id) do update set seq = excluded.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(seq)
  }
}

/// What is to be told, after a place.
struct AnnouncementsToMake: Statement {
  struct Found: Sendable {
    let change: Int64
    let publicId: [UInt8]
    let customer: TenantId
    let seq: Int64
  }

  let provider: TenantId
  let after: (change: Int64, customer: TenantId)?
  let limit: Int64

  static let sql = """
    select a.change_id, c.public_id, a.customer_id, a.seq from changes.announcement a
    join changes.change c on c.tenant_id = a.tenant_id and c.id = a.change_id
    where a.tenant_id = $1 and (a.change_id, a.customer_id) > ($2, $3) order by a.change_id, a.customer_id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after?.change ?? 0)
    parameters.append(after?.customer ?? TenantId(0))
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(change: try row.next(), publicId: try row.next(), customer: try row.next(), seq: try row.next())
  }
}

/// Takes a piece of work; no row when more happened meanwhile, or another worker has it.
struct TakeAnnouncement: Statement {
  let provider: TenantId
  let found: AnnouncementsToMake.Found

  static let sql = """
    delete from changes.announcement where tenant_id = $1 and change_id = $2 and customer_id = $3 and seq = $4 returning change_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(found.change)
    parameters.append(found.customer)
    parameters.append(found.seq)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What a customer sees of a change.
struct NoticeRow: Sendable {
  let change: Int64
  let publicId: [UInt8]
  let number: String
  let kind: String
  let state: String
  let body: String
  let startsAt: Instant?
  let endsAt: Instant?
  let startedAt: Instant?
  let finishedAt: Instant?
  let outcome: String?
  /// Ids and names of the customer's own CIs.
  let cis: Value
  let announcedAt: Instant
  let updatedAt: Instant
}

/// Writes a notice, or what has become of it. What was never told is not told to be over; of what is not agreed to, the state alone is told.
struct KeepNotice: Statement {
  let tenant: TenantId
  let row: NoticeRow
  /// Whether its text and window are agreed to: it is written where there is none.
  let isAgreed: Bool

  static let sql = """
    insert into changes.notice
      (tenant_id, change_id, public_id, number, kind, state, body, starts_at, ends_at, started_at, finished_at, outcome, cis, announced_at, updated_at)
    select $1::bigint, $2::bigint, $3::bytea, $4::text, $5::text, $6::text, $7::text, $8::timestamptz, $9::timestamptz, $10::timestamptz,
      $11::timestamptz, $12::text, $13::jsonb, $14::timestamptz, $14::timestamptz
    where $15 or exists (select from changes.notice n where n.tenant_id = $1 and n.change_id = $2)
    on conflict (tenant_id, change_id) do update set state = excluded.state, body = case when $15 then excluded.body else notice.body end,
      starts_at = case when $15 then excluded.starts_at else notice.starts_at end,
      ends_at = case when $15 then excluded.ends_at else notice.ends_at end, cis = case when $15 then excluded.cis else notice.cis end,
      started_at = excluded.started_at, finished_at = excluded.finished_at, outcome = excluded.outcome,
      updated_at = excluded.updated_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(row.change)
    parameters.append(row.publicId)
    parameters.append(row.number)
    parameters.append(row.kind)
    parameters.append(row.state)
    parameters.append(row.body)
    parameters.append(row.startsAt)
    parameters.append(row.endsAt)
    parameters.append(row.startedAt)
    parameters.append(row.finishedAt)
    parameters.append(row.outcome)
    parameters.append(json: row.cis)
    parameters.append(row.updatedAt)
    parameters.append(isAgreed)
  }
}

/// What a customer was told, the newest first.
struct NoticePage: Statement {
  let tenant: TenantId
  let before: (at: Instant, change: Int64)?
  let limit: Int64

  static let sql = """
    select n.change_id, n.public_id, n.number, n.kind, n.state, n.body, n.starts_at, n.ends_at, n.started_at, n.finished_at, n.outcome, n.cis,
      n.announced_at, n.updated_at
    from changes.notice n
    where n.tenant_id = $1 and ($2::timestamptz is null or (n.announced_at, n.change_id) < ($2, $3))
    order by n.announced_at desc, n.change_id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before?.at)
    parameters.append(before?.change ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> NoticeRow {
    NoticeRow(
      change: try row.next(), publicId: try row.next(), number: try row.next(), kind: try row.next(), state: try row.next(), body: try row.next(),
      startsAt: try row.next(), endsAt: try row.next(), startedAt: try row.next(), finishedAt: try row.next(), outcome: try row.next(),
      cis: try row.next(), announcedAt: try row.next(), updatedAt: try row.next())
  }
}
